import type { Installation, Runner } from "../steps/installation";
import { call, isLocked, lastWords, pendingCount } from "./commands";

/** How the next run goes on after one that did not end. */
export interface Next {
  readonly runner: Runner;
  readonly args: readonly string[];
}

/**
 * Finds out how the next run goes on, and takes the lock away as the command line says it.
 *
 * @returns a text when nothing says it, or it does not work
 */
export async function wayOn(installation: Installation, runner: Runner): Promise<Next | string> {
  const isPending = (await pendingCount(installation)) > 0;
  // docs/operations.md: `pulumi` alone does not find out what was made.
  const next = isPending ? "spacelift" : runner;
  if (!isLocked(installation)) return { runner: next, args: [] };
  const refused = await call(installation, next, installation.phase);
  const words = lastWords(refused);
  if (refused.code === 0) return "a stack that is locked is changed";
  if (next === "spacelift")
    return refused.code === 4 && words.includes("--release-lock")
      ? { runner: next, args: ["--release-lock"] }
      : `the lock is there, and nothing says how to take it away: ${words}`;
  if (!words.includes("pulumi cancel")) return `nothing says how to take the lock away: ${words}`;
  const { stack, subject } = installation;
  const cancel = ["cancel", "--yes", "--non-interactive", "--stack", subject.stack];
  const cancelled = await stack.run("pulumi", cancel);
  return cancelled.code === 0 ? { runner: next, args: [] } : `pulumi cancel fails: ${cancelled.stderr}`;
}
