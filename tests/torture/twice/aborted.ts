import type { CommandResult } from "../../../peers/run-command";
import type { Trial } from "../experiment";
import type { Reference } from "../steps/chain";
import { Installation, type Phase, type Runner } from "../steps/installation";
import type { Case } from "../steps/cases";
import { brokenState, call, isLocked, lastWords, lingering, notDone } from "./commands";
import { type Moment, MomentWatch } from "./moments";
import { type Next, wayOn } from "./recovery";

export type EndSignal = "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGKILL";

/** A run that is ended by a signal at a moment. */
export interface Abort {
  readonly signal: EndSignal;
  readonly moment: Moment;
}

/** Runs of a phase, each ended by a signal. */
export interface AbortedRuns {
  readonly subject: Case;
  readonly phase: Phase;
  readonly runner: Runner;
  readonly reference: Reference;
  readonly aborts: readonly Abort[];
}

/** What became of the runs. */
export interface AbortedResult {
  /** Those that were ended, with what was wrong right after that. */
  readonly struck: readonly { readonly abort: Abort; readonly failure?: string }[];
  /** What was not as it must be in the end, whoever has brought it about. */
  readonly failure?: string;
}

/** Ends one run after the other on one installation, lets the last go on to its end, and looks whether all is as without. */
export async function runAborted(
  runs: AbortedRuns,
  { engine, isOver }: Pick<Trial, "engine" | "isOver">,
): Promise<AbortedResult> {
  const { subject, phase, aborts, reference } = runs;
  const installation = await Installation.open(subject, phase, engine);
  const watch = new MomentWatch(reference.operations.length);
  const struck: { abort: Abort; failure?: string }[] = [];
  try {
    await installation.sabotage(watch);
    let next: Next = { runner: runs.runner, args: [] };
    for (const abort of aborts) {
      if (struck.length > 0 && isOver()) break;
      const ended = await abortOnce(installation, next, abort, watch);
      if (!ended.isStruck) {
        const failure = notDone("a run that nobody ended", ended.result);
        if (failure !== undefined) return { struck, failure };
        continue;
      }
      const failure = await wrongAfter(installation, next.runner, abort, ended.result);
      struck.push({ abort, ...(failure !== undefined && { failure }) });
      const way = await wayOn(installation, runs.runner);
      if (typeof way === "string") return { struck, failure: way };
      next = way;
    }
    watch.await(undefined, () => undefined);
    const failure = notDone(
      "the next run",
      await call(installation, next.runner, phase, { args: next.args }),
    );
    if (failure !== undefined) return { struck, failure };
    const complaint = await installation.complaint(reference.inventory);
    return complaint === undefined ? { struck } : { struck, failure: complaint };
  } finally {
    await installation.close();
  }
}

async function abortOnce(
  installation: Installation,
  { runner, args }: Next,
  { signal, moment }: Abort,
  watch: MomentWatch,
): Promise<{ readonly result: CommandResult; readonly isStruck: boolean }> {
  let process_ = 0;
  let isStruck = false;
  watch.await(moment, () => {
    try {
      process.kill(process_, signal);
      isStruck = true;
    } catch {
      // It has ended in the meantime: there was nothing to end.
    }
  });
  const result = await call(installation, runner, installation.phase, {
    args,
    onStart: (pid) => {
      process_ = pid;
      watch.started();
    },
    onLine: (line) => {
      watch.said(line);
    },
  });
  watch.await(undefined, () => undefined);
  return { result, isStruck };
}

/** Says what is wrong right after a run was ended. */
async function wrongAfter(
  installation: Installation,
  runner: Runner,
  { signal }: Abort,
  result: CommandResult,
): Promise<string | undefined> {
  const left = await lingering(installation);
  if (left !== undefined) return left;
  const broken = brokenState(installation);
  if (broken !== undefined) return broken;
  if (result.timedOut) return "does not end when it is asked to";
  const isDead = result.killedBy === signal;
  if (runner === "pulumi" || isDead) {
    // Before it listens, and by SIGKILL, a process is simply gone.
    return isDead && signal !== "SIGKILL" && runner === "spacelift" && isLocked(installation)
      ? `${signal} leaves the stack locked`
      : undefined;
  }
  if (isLocked(installation)) return `leaves the stack locked, though it had time to release it`;
  const isSaid = result.code === 130 && /SPACELIFT_CANCELLED/.test(result.stdout);
  return result.code === 0 || isSaid
    ? undefined
    : `ends with ${result.code ?? "no code"} and says\n${lastWords(result)}`;
}
