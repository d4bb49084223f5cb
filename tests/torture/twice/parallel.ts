import type { CommandResult } from "../../../peers/run-command";
import type { Engine } from "../../../engine";
import { shuffled } from "../experiment";
import type { Reference } from "../steps/chain";
import type { Case } from "../steps/cases";
import { Installation, type Phase, type Runner } from "../steps/installation";
import { brokenState, call, isLocked, lastWords, lingering, notDone, type Wish } from "./commands";
import { type Family, runners, runs, spread, tryOf } from "./family";
import { type Moment, MomentWatch } from "./moments";

/** A second command that begins while a first one is at the same stack. */
export interface Parallel {
  readonly subject: Case;
  readonly phase: Phase;
  readonly first: Runner;
  readonly second: { readonly runner: Runner; readonly wish: Wish };
  /** When the second one begins. */
  readonly moment: Moment;
}

/**
 * Runs two commands at once; says what was not as it must be: one goes on and the other is told who holds the lock, or both go
 * on in turn, and in the end all is as after the first one alone.
 */
export async function runParallel(
  { subject, phase, first, second, moment }: Parallel,
  reference: Reference,
  engine: Engine,
): Promise<string | undefined> {
  const installation = await Installation.open(subject, phase, engine);
  const watch = new MomentWatch(reference.operations.length);
  try {
    await installation.sabotage(watch);
    let beside: Promise<CommandResult> | undefined;
    watch.await(moment, () => {
      beside = call(installation, second.runner, second.wish);
    });
    const began = await call(installation, first, phase, {
      onStart: () => {
        watch.started();
      },
      onLine: (line) => {
        watch.said(line);
      },
    });
    watch.await(undefined, () => undefined);
    if (beside === undefined) return "the second command never began";
    const other = await beside;
    const wrong =
      notToldWhy("the first", began) ??
      notToldWhy("the second", other) ??
      (began.code !== 0 && other.code !== 0 && !isLook(second.wish)
        ? `neither goes on: ${lastWords(began)}\n${lastWords(other)}`
        : undefined) ??
      (await lingering(installation)) ??
      brokenState(installation) ??
      (isLocked(installation) ? "the stack stays locked" : undefined);
    if (wrong !== undefined) return wrong;
    // Who came second may have undone what the first one did; after the first command once more, all is as it wanted it.
    const again = notDone("the first command once more", await call(installation, first, phase));
    return again ?? (await installation.complaint(reference.inventory));
  } finally {
    await installation.close();
  }
}

const isLook = (wish: Wish): boolean => wish === "preview";

/** Who does not go on says who holds the stack: user, host, process and time. */
function notToldWhy(which: string, result: CommandResult): string | undefined {
  if (result.timedOut) return `${which} does not end`;
  if (result.code === 0) return undefined;
  const words = lastWords(result);
  return /locked by/.test(words) && /pid \d+|process \d+/.test(words)
    ? undefined
    : `${which} fails, and does not say who holds the stack: ${words}`;
}

const wishes: readonly Wish[] = ["change", "remove", "preview", "refresh"];
const words: Readonly<Record<Wish, string>> = {
  install: "up",
  change: "up",
  remove: "destroy",
  preview: "preview",
  refresh: "refresh",
};
const moments: readonly Moment[] = [
  { name: "from the start", at: "start" },
  { name: "in the first half", at: "operation", share: 0.25 },
  { name: "near the end", at: "operation", share: 0.9 },
];

/** Commands that meet at one stack. */
export const parallelRuns: Family = (trial, ground) => {
  const all = runs.flatMap(({ runner: first, ...place }) =>
    runners.flatMap((runner) =>
      wishes.flatMap((wish) =>
        moments.map((moment): Parallel => ({ ...place, first, second: { runner, wish }, moment })),
      ),
    ),
  );
  const tries = spread(shuffled(all, trial.seed)).flatMap((parallel) => {
    const { subject, phase, first, second, moment } = parallel;
    const what = `${subject.name}, ${phase}, ${first} ${words[phase]}, ${second.runner} ${words[second.wish]} ${moment.name}`;
    return tryOf(trial, `${words[phase]} and ${words[second.wish]} at once`, what, async () =>
      runParallel(parallel, await ground.reference(subject, phase), trial.engine),
    );
  });
  return trial.scope === "short" ? [] : tries;
};
