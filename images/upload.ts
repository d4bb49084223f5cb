import { createHash } from "node:crypto";
import { type Readable, Transform } from "node:stream";
import type { Blob } from "./saved-image";
import { PushError } from "./errors";
import type { RegistrySession } from "./session";

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
    const sent = await this.session.sendOnce({
      method: "PATCH",
      url: location,
      headers: {
        "content-type": "application/octet-stream",
        "content-length": String(size - offset),
        ...(offset > 0 && { "content-range": `${offset}-${size - 1}` }),
      },
      body: counted,
      expect: [201, 202, 204],
      purpose: `the layer ${digest}`,
    });
    const url = this.session.resolve(sent.headers.location ?? location.href);
    this.location = url;
    const whole = new URL(url);
    whole.searchParams.set("digest", digest);
    await this.session.send({
      method: "PUT",
      url: whole,
      headers: { "content-length": "0" },
      expect: [201, 204],
      purpose: `the layer ${digest}`,
    });
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
    const { headers } = await this.session.send({
      method: "POST",
      url: this.session.url("blobs/uploads/"),
      headers: { "content-length": "0" },
      expect: [202],
      purpose: `the repository ${this.session.access.repository}`,
    });
    if (!headers.location) {
      throw new PushError(
        `the registry ${this.session.access.address} begins an upload without saying where`,
      );
    }
    this.location = this.session.resolve(headers.location);
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
