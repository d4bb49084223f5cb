import { z } from "zod";
import { parseJson } from "../peers/json";
import { EarlyUploads } from "./early-upload";
import { NO_REGISTRY, PushError } from "./errors";
import { MANIFESTS } from "./login";
import { type PushProgress, progressMeter } from "./progress";
import { readSavedImage, type SavedImage, type SavedImageFile } from "./saved-image";
import { type RepositoryAccess, RegistrySession } from "./session";
import { findMissing, uploadAll } from "./transfer";
import { digestOf } from "./upload";

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
    const { role, image: file, tag, onProgress = () => undefined } = options;
    const early = await EarlyUploads.open(session, file.id);
    const image = await readSavedImage(
      file,
      early && { begin: () => early.begin(), onRead: progressMeter(role, onProgress) },
    );
    await early?.settle();
    const missing = await findMissing(session, [image.config, ...image.layers]);
    const total = missing.reduce((sum, { size }) => sum + size, 0);
    const meter = progressMeter(role, onProgress);
    let sent = 0;
    await uploadAll(session, file, missing, (bytes) => {
      sent += bytes;
      // What is left after early uploads is small, and not worth a second count.
      if (early === undefined || missing.some(({ content }) => content === undefined)) meter(sent, total);
    });
    return { digest: await putManifest(session, tag, image), sentBytes: total + (early?.sentBytes ?? 0) };
  } finally {
    session.close();
  }
}

const manifestSchema = z.object({
  schemaVersion: z.number(),
  config: z.object({ digest: z.string() }).optional(),
});

/** What a tag stands for; its configuration is undefined where it is no single image. */
async function findManifest(
  session: RegistrySession,
  tag: string,
): Promise<{ readonly digest: string; readonly config: string | undefined } | undefined> {
  const { status, text, isCut } = await session.send({
    method: "GET",
    url: session.url(`manifests/${tag}`),
    headers: { accept: MANIFESTS },
    // A registry that hides repositories which do not exist yet answers 401 or 403: the push shows what is allowed.
    expect: [200, 404, 403],
    purpose: `the tag ${tag}`,
  });
  if (status !== 200) return undefined;
  const manifest = isCut ? undefined : manifestSchema.safeParse(parseJson(text)).data;
  if (manifest === undefined) {
    const { address } = session.access;
    throw new PushError(
      `the registry ${address} answers with something else than a manifest for the tag ${tag}: ${NO_REGISTRY}`,
    );
  }
  return { digest: digestOf(text), config: manifest.config?.digest };
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
  const digest = digestOf(manifest);
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
