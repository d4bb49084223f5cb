import { once } from "node:events";
import { PassThrough, pipeline, Readable, type Writable } from "node:stream";
import { walkImage } from "../config/files/archive";
import type { TarEntry } from "../config/files/tar";
import { asPushError, PushError } from "./errors";
import { compressor } from "./pack";
import type { Blob, SavedImageFile } from "./saved-image";
import type { RegistrySession } from "./session";
import { AHEAD, BlobUpload, hasBlob, type OnSent, UPLOADS, verified } from "./upload";

/** What the registry lacks, each once. */
export async function findMissing(
  session: RegistrySession,
  blobs: readonly Blob[],
): Promise<readonly Blob[]> {
  const unique = [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
  const found = await Promise.all(unique.map((blob) => hasBlob(session, blob)));
  return unique.filter((_, index) => found[index] !== true);
}

/** Uploads what was kept in memory at once, and the rest as the archive is read, again and again until all is there. */
export async function uploadAll(
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

/** Writes a file of an image to a stream. A stream that ends early leaves the rest of the image readable. */
async function feed(entry: TarEntry, sink: Writable): Promise<void> {
  for await (const chunk of entry as AsyncIterable<Buffer>) {
    if (sink.destroyed || sink.write(chunk)) continue;
    const settled = new AbortController();
    const options = { signal: settled.signal };
    await Promise.race([once(sink, "drain", options), once(sink, "close", options)]).catch(() => undefined);
    settled.abort();
  }
  if (!sink.destroyed) sink.end();
}
