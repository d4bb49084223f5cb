import { setTimeout as sleep } from "node:timers/promises";

const END_MS = 100_000;

/** Waits for a condition, however busy the machine is; rejects when it does not come. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + END_MS;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not so within ${END_MS / 1000} s: ${condition.toString()}`);
    await sleep(10);
  }
}
