import { setTimeout as sleep } from "node:timers/promises";

const EVERY_MS = 300;

/** Does a piece of work over and over, as a controller does, until it is stopped. */
export function repeating(what: string, work: () => Promise<void>): { readonly stop: () => Promise<void> } {
  const ending = new AbortController();
  const loop = (async () => {
    while (!ending.signal.aborted) {
      await work().catch((error: unknown) => {
        // The cluster may be on its way down; while it is up, whoever waits for the outcome says what is missing.
        if (!ending.signal.aborted) process.stderr.write(`    ${what}: ${String(error)}\n`);
      });
      await sleep(EVERY_MS);
    }
  })();
  return {
    stop: async () => {
      ending.abort();
      await loop;
    },
  };
}
