import { createHash } from "node:crypto";
import { PassThrough, pipeline, Readable } from "node:stream";
import { z } from "zod";
import { walkImage } from "../config/files/archive";
import { parseJson } from "../peers/json";
import { asPushError, PushError } from "./errors";
import { MANIFESTS } from "./login";
import { type PushProgress, progressMeter } from "./progress";
import {
  type Blob,
  compressor,
  feed,
  readSavedImage,
  type SavedImage,
  type SavedImageFile,
} from "./saved-image";
import { type RepositoryAccess, RegistrySession } from "./session";
import { BlobUpload, type OnSent, verified } from "./upload";

export interface PushOptions extends RepositoryAccess {
  /** `backend` or `launcher`: what progress is told of. */
  readonly role: string;
  readonly tag: string;
  readonly image: SavedImageFile;
  readonly onProgress?: (progress: PushProgress) => void;
}

export interface PushResult {
  /** `sha256:…` of the manifest. */
  readonly digest: string;
  /** Bytes of layers and configuration that the registry lacked. */
  readonly sentBytes: number;
}

/** Uploads at the same time. */
const UPLOADS = 3;

/** What of an upload may wait in memory while the next layer is read. */
const AHEAD = 12 << 20;

/**
 * Pushes one image from the archive to a registry, layer by layer, as gzip. What the registry has is not sent; when its tag
 * is this image, nothing is even read.
 *
 * @throws PushError or ArchiveError
 */
export async function pushImage(options: PushOptions): Promise<PushResult> {
  const session = await RegistrySession.open(options);
  try {
    const present = await findManifest(session, options.tag);
    if (present?.config === `sha256:${options.image.id}`) return { digest: present.digest, sentBytes: 0 };
    const image = await readSavedImage(options.image);
    const missing = await findMissing(session, [image.config, ...image.layers]);
    const sentBytes = missing.reduce((sum, { size }) => sum + size, 0);
    const onSent = progressMeter(options.role, sentBytes, options.onProgress ?? (() => undefined));
    await uploadAll(session, options.image, missing, onSent);
    return { digest: await putManifest(session, options.tag, image), sentBytes };
  } finally {
    session.close();
  }
}

const sha256 = (text: string | Buffer): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

const manifestSchema = z.object({ config: z.object({ digest: z.string() }).optional() });

/** What a tag stands for; its configuration is undefined where it is no single image. */
async function findManifest(
  session: RegistrySession,
  tag: string,
): Promise<{ readonly digest: string; readonly config: string | undefined } | undefined> {
  const { status, text } = await session.send({
    method: "GET",
    url: session.url(`manifests/${tag}`),
    headers: { accept: MANIFESTS },
    // A registry that hides repositories which do not exist yet answers 401 or 403: the push shows what is allowed.
    expect: [200, 404, 403],
    purpose: `the tag ${tag}`,
  });
  if (status !== 200) return undefined;
  return { digest: sha256(text), config: manifestSchema.safeParse(parseJson(text)).data?.config?.digest };
}

/** What the registry lacks, each once. */
async function findMissing(session: RegistrySession, blobs: readonly Blob[]): Promise<readonly Blob[]> {
  const unique = [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
  const found = await Promise.all(
    unique.map(async ({ digest, size }) => {
      const { status, headers } = await session.send({
        method: "HEAD",
        url: session.url(`blobs/${digest}`),
        expect: [200, 307, 404],
        purpose: `the layer ${digest}`,
      });
      return (status !== 404 && Number(headers["content-length"] ?? size) === size) || status === 307;
    }),
  );
  return unique.filter((_, index) => found[index] !== true);
}

/** Uploads what was kept in memory at once, and the rest as the archive is read, again and again until all is there. */
async function uploadAll(
  session: RegistrySession,
  file: SavedImageFile,
  missing: readonly Blob[],
  onSent: OnSent,
): Promise<void> {
  const slots = new Slots(UPLOADS);
  const small = missing.flatMap(({ content, ...blob }) => (content ? [{ blob, content }] : []));
  await Promise.all(
    small.map(({ blob, content }) =>
      slots.use(async () => {
        const upload = new BlobUpload(session, blob, onSent);
        await session.persist(async () => {
          const offset = await upload.begin();
          await upload.send(Readable.from(pieces(content.subarray(offset))), offset);
        });
      }),
    ),
  );
  const pending = new Map(
    missing
      .filter(({ content }) => content === undefined)
      .map((blob) => [blob.file, { blob, upload: new BlobUpload(session, blob, onSent) }] as const),
  );
  for (let attempt = 0; pending.size > 0;) {
    const before = pending.size;
    const problem = await uploadPass(session, file, pending, slots);
    if (problem === undefined) {
      if (pending.size === 0) return;
      throw new PushError("the archive changed while it was read; push again");
    }
    if (problem.retry === undefined) throw problem;
    // Each layer that got through shows that the registry is there.
    attempt = pending.size < before ? 0 : attempt;
    await session.pauseAfter(problem, attempt);
    attempt += 1;
  }
}

interface Pending {
  readonly blob: Blob;
  readonly upload: BlobUpload;
}

/** Reads the image once, sends what is pending, and leaves what did not get through; returns why. */
async function uploadPass(
  session: RegistrySession,
  file: SavedImageFile,
  pending: Map<string, Pending>,
  slots: Slots,
): Promise<PushError | undefined> {
  const problems: PushError[] = [];
  const uploads: Promise<void>[] = [];
  const note = (error: unknown): void => {
    problems.push(asPushError(error, session.access.address));
  };
  await walkImage(file, async (entry) => {
    const found = pending.get(entry.header.name);
    if (found === undefined || problems.some(({ retry }) => retry === undefined)) return undefined;
    const { blob, upload } = found;
    const slot = await slots.take();
    try {
      const offset = await upload.begin();
      const source = blob.compression === "none" ? compressor() : new PassThrough();
      const ahead = new PassThrough({ highWaterMark: AHEAD });
      pipeline(source, verified(blob, offset), ahead, () => undefined);
      uploads.push(
        upload
          .send(ahead, offset)
          .then(() => void pending.delete(blob.file), note)
          .finally(slot),
      );
      await feed(entry, source);
    } catch (error) {
      note(error);
      slot();
    }
    return undefined;
  });
  await Promise.all(uploads);
  return problems.find(({ retry }) => retry === undefined) ?? problems[0];
}

function* pieces(content: Buffer, size = 256 << 10): Generator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

/** Lets a number of tasks run at the same time. */
class Slots {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  /** Waits for a slot; the function it gives returns it. */
  async take(): Promise<() => void> {
    if (this.free === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.free -= 1;
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    };
  }

  async use(work: () => Promise<void>): Promise<void> {
    const slot = await this.take();
    await work().finally(slot);
  }
}

const DOCKER = {
  manifest: "application/vnd.docker.distribution.manifest.v2+json",
  config: "application/vnd.docker.container.image.v1+json",
  layer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
};
// Docker's own form knows no zstd.
const OCI = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
};

/** Gives the image its tag, and reads it back. */
async function putManifest(
  session: RegistrySession,
  tag: string,
  { config, layers }: SavedImage,
): Promise<string> {
  const types = layers.some(({ compression }) => compression === "zstd") ? OCI : DOCKER;
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: types.manifest,
    config: { mediaType: types.config, size: config.size, digest: config.digest },
    layers: layers.map(({ size, digest, compression }) => ({
      mediaType: compression === "zstd" ? types.layer.replace("gzip", "zstd") : types.layer,
      size,
      digest,
    })),
  });
  const digest = sha256(manifest);
  await session.send({
    method: "PUT",
    url: session.url(`manifests/${tag}`),
    headers: { "content-type": types.manifest },
    body: manifest,
    expect: [200, 201],
    purpose: `the tag ${tag}`,
  });
  const stored = await session.persist(async () => {
    const found = await findManifest(session, tag);
    // Registries with several nodes may need a moment.
    if (found === undefined)
      throw new PushError(`the registry ${session.access.address} lost the tag ${tag}`, {});
    return found.digest;
  });
  if (stored !== digest) {
    throw new PushError(
      `the registry ${session.access.address} has ${stored} for the tag ${tag}, not ${digest} as pushed; is somebody else pushing it?`,
    );
  }
  const incomplete = await findMissing(session, [config, ...layers]);
  if (incomplete[0]) {
    throw new PushError(
      `the registry ${session.access.address} lost the layer ${incomplete[0].digest}; push again`,
    );
  }
  return digest;
}
