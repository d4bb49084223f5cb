import { Readable, type Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract } from "tar-stream";

/** A file of a tar: its header, and its content as a stream. */
export type TarEntry = ReturnType<typeof extract> extends AsyncIterable<infer Entry> ? Entry : never;

/** Returned by a visitor that has seen enough. */
export const ENOUGH = Symbol("enough");

/** Looks at an entry and reads what it wants of its content, which is skipped otherwise. */
export type Visit = (entry: TarEntry) => Promise<typeof ENOUGH | undefined> | undefined;

/**
 * Shows a visitor each entry of a tar, in order, without keeping anything.
 *
 * @param source the bytes of the tar
 * @param through what decompresses them, if anything has to
 * @throws what the visitor throws, or Error when the tar is damaged or ends early
 */
export async function walkTar(
  source: Readable | AsyncIterable<unknown>,
  through: readonly Transform[],
  visit: Visit,
): Promise<void> {
  const entries = extract();
  const bytes = source instanceof Readable ? source : Readable.from(source);
  let last: typeof ENOUGH | undefined;
  const isDone = (): boolean => last === ENOUGH;
  const read = async (): Promise<void> => {
    for await (const entry of entries) {
      last = await visit(entry);
      if (isDone()) break;
      entry.resume();
    }
  };
  const sides = await Promise.allSettled([pipeline([bytes, ...through, entries]), read()]);
  const failures = sides.flatMap((side) => (side.status === "rejected" ? [side.reason as Error] : []));
  // A side that fails closes the other one early, as does a visitor that has seen enough: what is said of that is no cause.
  const cause =
    failures.find((failure) => !isPrematureClose(failure)) ?? (isDone() ? undefined : failures[0]);
  if (cause !== undefined) throw cause;
}

const isPrematureClose = ({ message }: Error): boolean =>
  message === "Premature close" || message === "Writable stream closed prematurely";
