import { PassThrough, Readable } from "node:stream";
import { z } from "zod";
import { parseJson } from "../peers/json";
import type { EarlySink } from "./pack";
import type { RegistrySession } from "./session";
import { AHEAD, beginUpload, BlobUpload, commitUpload, digestOf, hasBlob, sendBody, UPLOADS } from "./upload";

/**
 * Uploads layers while they are compressed for the first time, before their digests are known: in a repository with nothing
 * in it, there is nothing that need not be sent. What fails here is sent once more, by the rules, when the digests are known.
 */
export class EarlyUploads {
  private readonly uploads: Promise<void>[] = [];
  private running = 0;
  /** Bytes of layers that got through. */
  sentBytes = 0;

  private constructor(private readonly session: RegistrySession) {}

  /**
   * Undefined where something may be in the registry already: another release of the image, or layers of a push that was
   * interrupted. Such a push has left a small blob that says so.
   */
  static async open(session: RegistrySession, imageId: string): Promise<EarlyUploads | undefined> {
    if (await hasTags(session)) return undefined;
    const content = Buffer.from(`push of sha256:${imageId} begun\n`);
    const digest = digestOf(content);
    if (await hasBlob(session, { digest })) return undefined;
    const upload = new BlobUpload(session, { digest, size: content.length }, () => undefined);
    await session.persist(async () => upload.send(Readable.from([content]), await upload.begin()));
    return new EarlyUploads(session);
  }

  /** Begins an upload; undefined when too many are under way. */
  begin(): EarlySink | undefined {
    if (this.running >= UPLOADS) return undefined;
    this.running += 1;
    const body = new PassThrough({ highWaterMark: AHEAD });
    let size = 0;
    // An upload that breaks off shows in what the registry lacks afterwards.
    const sent = this.send(body).catch(() => undefined);
    return {
      write: (chunk) => {
        size += chunk.length;
        return body.destroyed || body.write(chunk);
      },
      onRoom: (resume) => {
        body.once("drain", resume).once("close", resume);
      },
      end: (digest) => {
        body.end();
        const upload = sent.then(async (location) => {
          this.running -= 1;
          if (location && (await this.commit(location, digest))) this.sentBytes += size;
        });
        this.uploads.push(upload);
      },
    };
  }

  /** Waits for all of them. */
  async settle(): Promise<void> {
    await Promise.all(this.uploads);
  }

  private async send(body: Readable): Promise<URL> {
    return sendBody(this.session, await beginUpload(this.session), body, { purpose: "a layer" });
  }

  /** Whether the registry has it now. */
  private async commit(location: URL, digest: string): Promise<boolean> {
    return commitUpload(this.session, location, digest).then(
      () => true,
      () => false,
    );
  }
}

const tagsSchema = z.object({ tags: z.array(z.string()).nullish() });

/** Whether a repository has tags, as far as the registry tells: one that does not is taken to have some. */
async function hasTags(session: RegistrySession): Promise<boolean> {
  const { status, text } = await session.send({
    method: "GET",
    url: session.url("tags/list?n=1"),
    expect: [200, 400, 401, 403, 404, 405],
    purpose: "a look at the repository",
  });
  if (status !== 200) return status !== 404;
  const read = tagsSchema.safeParse(parseJson(text)).data;
  return read === undefined || (read.tags ?? []).length > 0;
}
