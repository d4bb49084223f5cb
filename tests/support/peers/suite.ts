/** Starts something before the first test of a suite, ends it after the last, and gives it to the tests. */
export function forSuite<T extends { readonly stop: () => Promise<void> }>(
  start: () => Promise<T>,
  timeoutMs = 300_000,
): () => T {
  let started: T | undefined;
  before(async function () {
    this.timeout(timeoutMs);
    started = await start();
  });
  after(async () => {
    await started?.stop();
  });
  return () => {
    if (started === undefined) throw new Error("not started yet");
    return started;
  };
}
