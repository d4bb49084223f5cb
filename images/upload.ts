import { createHash } from "node:crypto";
import { type Readable, Transform } from "node:stream";
import type { Blob } from "./saved-image";
import { PushError, refusal } from "./errors";
import type { RegistryRequest, RegistrySession } from "./session";

/** Uploads of one image at the same time. */
export const UPLOADS = 3;

/** What of an upload may wait in memory while the next layer is read. */
export const AHEAD = 12 << 20;

/** `sha256:…` of some content. */
export const digestOf = (content: string | Buffer): string =>
  `sha256:${createHash("sha256").update(content).digest("hex")}`;

/** Begins an upload; gives the address to send to. */
export async function beginUpload(session: RegistrySession): Promise<URL> {
  const { address, repository } = session.access;
  const { headers } = await session.send({
    method: "POST",
    url: session.url("blobs/uploads/"),
    headers: { "content-length": "0" },
    expect: [202],
    purpose: `the repository ${repository}`,
  });
  if (!headers.location) throw new PushError(`the registry ${address} begins an upload without saying where`);
  return session.resolve(headers.location);
}

/** Sends a body once; gives the address to go on with. */
export async function sendBody(
  session: RegistrySession,
  url: URL,
  body: Readable,
  { purpose, headers = {} }: Pick<RegistryRequest, "purpose" | "headers">,
): Promise<URL> {
  const sent = await session.sendOnce({
    method: "PATCH",
    url,
    headers: { "content-type": "application/octet-stream", ...headers },
    body,
    expect: [201, 202, 204],
    purpose,
  });
  return session.resolve(sent.headers.location ?? url.href);
}

/** Whether the registry has a blob, of its size where it tells. */
export async function hasBlob(
  session: RegistrySession,
  { digest, size }: Pick<Blob, "digest"> & Partial<Pick<Blob, "size">>,
): Promise<boolean> {
  const { status, headers } = await session.send({
    method: "HEAD",
    url: session.url(`blobs/${digest}`),
    expect: [200, 307, 404],
    purpose: `the layer ${digest}`,
  });
  if (status !== 200) return status === 307;
  return size === undefined || Number(headers["content-length"] ?? size) === size;
}

/**
 * Ends an upload: the registry compares what it has with the digest. One that is asked a second time, as its answer got lost,
 * knows nothing of the upload any more: then the blob itself tells.
 *
 * @throws PushError, worth another upload where this one is lost
 */
export async function commitUpload(session: RegistrySession, location: URL, digest: string): Promise<void> {
  const url = new URL(location);
  url.searchParams.set("digest", digest);
  const purpose = `the layer ${digest}`;
  const answer = await session.send({
    method: "PUT",
    url,
    headers: { "content-length": "0" },
    expect: [201, 204, 400, 404],
    purpose,
    patience: "commitMs",
  });
  if (answer.status < 300 || (await hasBlob(session, { digest }))) return;
  const { address } = session.access;
  if (answer.status === 404) throw new PushError(`the registry ${address} lost the upload of ${purpose}`, {});
  throw refusal(address, purpose, answer);
}

/** Hears of bytes that went out, and of those that went for nothing. */
export type OnSent = (bytes: number) => void;

/**
 * The upload of one blob, in one request for all of it, as Docker sends it: registries that take nothing else, and those
 * that take no pieces, take this. An upload that breaks off is taken up where the registry has it, if it still does.
 */
export class BlobUpload {
  private location: URL | undefined;
  private accounted = 0;

  constructor(
    private readonly session: RegistrySession,
    private readonly blob: Pick<Blob, "digest" | "size">,
    private readonly onSent: OnSent,
  ) {}

  /** Begins, or finds out where to go on: the number of bytes that the registry has. */
  async begin(): Promise<number> {
    const offset = (this.location && (await this.kept(this.location))) ?? (await this.start());
    this.onSent(offset - this.accounted);
    this.accounted = offset;
    return offset;
  }

  /**
   * Sends the bytes from an offset on, and has the registry compare the whole with its digest.
   *
   * @throws PushError that says whether to `begin` again
   */
  async send(body: Readable, offset: number): Promise<void> {
    const { digest, size } = this.blob;
    const location = this.location;
    if (location === undefined) throw new Error("an upload begins before it sends");
    const counted = body.pipe(
      new Transform({
        transform: (chunk: Buffer, _, done) => {
          this.accounted += chunk.length;
          this.onSent(chunk.length);
          done(null, chunk);
        },
      }),
    );
    body.once("error", (error) => counted.destroy(error));
    counted.once("close", () => body.destroy());
    this.location = await sendBody(this.session, location, counted, {
      purpose: `the layer ${digest}`,
      headers: {
        "content-length": String(size - offset),
        ...(offset > 0 && { "content-range": `${offset}-${size - 1}` }),
      },
    });
    await commitUpload(this.session, this.location, digest);
  }

  /** How much of an upload the registry has; undefined when it knows of none any more. */
  private async kept(location: URL): Promise<number | undefined> {
    const purpose = "the rest of a layer";
    const { status, headers } = await this.session.send({
      method: "GET",
      url: location,
      expect: [204, 202, 200, 400, 404, 405, 416],
      purpose,
    });
    this.location = status < 300 && headers.location ? this.session.resolve(headers.location) : this.location;
    const [, last] = /^(?:bytes=)?0-(\d+)$/.exec(headers["range"] ?? "") ?? [];
    if (status >= 300 || last === undefined) return undefined;
    const bytes = Number(last) === 0 ? 0 : Number(last) + 1;
    return bytes < this.blob.size ? bytes : undefined;
  }

  private async start(): Promise<number> {
    this.location = await beginUpload(this.session);
    return 0;
  }
}

/** Leaves out the bytes that are there already, and makes sure that the whole is what it was said to be. */
export function verified({ digest }: Pick<Blob, "digest">, skip: number): Transform {
  const hash = createHash("sha256");
  let left = skip;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      const rest = chunk.subarray(Math.min(left, chunk.length));
      left -= chunk.length - rest.length;
      done(null, rest);
    },
    flush(done) {
      const isSame = `sha256:${hash.digest("hex")}` === digest;
      done(isSame ? null : new PushError("the archive changed while it was read; push again"));
    },
  });
}
