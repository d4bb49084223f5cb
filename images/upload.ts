import { createHash } from "node:crypto";
import { type Readable, Transform } from "node:stream";
import type { Blob } from "./saved-image";
import { PushError } from "./errors";
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

/** Ends an upload: the registry compares what it has with the digest. */
export const commitRequest = (location: URL, digest: string): RegistryRequest => {
  const url = new URL(location);
  url.searchParams.set("digest", digest);
  return {
    method: "PUT",
    url,
    headers: { "content-length": "0" },
    expect: [201, 204],
    purpose: `the layer ${digest}`,
  };
};

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
    await this.session.send(commitRequest(this.location, digest));
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
