import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lock } from "proper-lockfile";

/** How a lock is waited for. */
export interface LockOptions {
  /** Called once when somebody else holds the lock. */
  readonly onWait: () => void;
  /** How often the lock is tried. @default 300 */
  readonly retryMs?: number;
  /** Age after which the lock of a dead process is taken over. @default 60000 */
  readonly staleMs?: number;
}

/**
 * Runs a piece of work while no other process on this machine runs one under the same path. A holder that is kept from
 * renewing its lock for as long as makes it stale loses it and works on, beside whoever takes it: what the work comes to
 * must be put in place in one step.
 */
export async function withLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const release = await acquire(path, options);
  try {
    return await work();
  } finally {
    await release();
  }
}

async function acquire(path: string, options: LockOptions): Promise<() => Promise<void>> {
  let told = false;
  let lost = false;
  // Without it the library throws where nobody can catch.
  const onCompromised = (): void => {
    lost = true;
  };
  for (;;) {
    try {
      const release = await lock(path, { realpath: false, stale: options.staleMs ?? 60_000, onCompromised });
      return async () => {
        if (!lost) await release();
      };
    } catch (error) {
      if (!isHeld(error)) throw error;
      if (!told) options.onWait();
      told = true;
      await sleep(options.retryMs ?? 300);
    }
  }
}

function isHeld(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ELOCKED";
}
