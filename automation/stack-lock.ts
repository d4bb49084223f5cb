import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** A lock that a run of the engine has put on a stack, in a state backend that keeps files (`file://`, `s3://`, …). */
export interface StackLock {
  /** User that ran the engine. */
  readonly user: string;
  /** Host name of its machine. */
  readonly host: string;
  /** Process of the engine there. */
  readonly pid: number;
  /** When it locked the stack, RFC 3339. */
  readonly since: string;
  /**
   * Whether the process still runs: `gone` when this is its machine and no engine of that number is left, so that the
   * lock can be released; `elsewhere` when it ran on another machine and nobody here can know.
   */
  readonly holder: "running" | "gone" | "elsewhere";
}

// As the engine words it (pkg/backend/diy/lock.go, checkForLock).
const LOCK = /created by (\S+)@(\S+) \(pid (\d+)\) at (\S+)/g;

/** The locks that an error of the engine names. */
export function locksIn(text: string, thisHost = hostname(), isEngine = runsEngine): readonly StackLock[] {
  return [...text.matchAll(LOCK)].map(([, user = "", host = "", number = "", since = ""]) => {
    const pid = Number(number);
    const holder = host !== thisHost ? "elsewhere" : isEngine(pid) ? "running" : "gone";
    return { user, host, pid, since, holder };
  });
}

/** Words a lock, to follow "locked by". */
export function describeLock({ user, host, pid, since, holder }: StackLock): string {
  const state = {
    running: "which still runs",
    gone: "which is gone",
    elsewhere: "on another machine than this one",
  }[holder];
  return `${user}@${host} since ${since} (process ${pid}, ${state})`;
}

/** Whether a process of this machine is an engine: numbers are given again to other programs. */
function runsEngine(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process may not be asked, but is there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  try {
    return /pulumi/.test(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
  } catch {
    // Not every system shows what its processes are.
    return true;
  }
}
