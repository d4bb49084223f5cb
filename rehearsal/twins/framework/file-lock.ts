import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const PATIENCE_MS = 60_000;
const NAP_MS = 2;

/** Runs a function while holding a lock file, waiting for other processes; a lock whose owner has died is taken over. */
export function withFileLock<T>(path: string, work: () => T): T {
  acquire(path);
  try {
    return work();
  } finally {
    rmSync(path, { force: true });
  }
}

function acquire(path: string): void {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    if (tryAcquire(path)) return;
    if (!ownerLives(path)) rmSync(path, { force: true });
    else if (Date.now() > deadline)
      throw new Error(`the lock ${path} is held for too long by another process`);
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, NAP_MS);
  }
}

function tryAcquire(path: string): boolean {
  // A link appears with its content, so that a lock always names its owner.
  const claim = `${path}.${process.pid}`;
  writeFileSync(claim, String(process.pid), { mode: 0o600 });
  try {
    linkSync(claim, path);
    return true;
  } catch (error) {
    if (isErrno(error, "EEXIST")) return false;
    throw error;
  } finally {
    rmSync(claim, { force: true });
  }
}

function ownerLives(path: string): boolean {
  try {
    process.kill(Number(readFileSync(path, "utf8")), 0);
    return true;
  } catch (error) {
    // No file: it has just been released. No permission: the owner belongs to someone else, but lives.
    return isErrno(error, "ENOENT") || isErrno(error, "EPERM");
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
