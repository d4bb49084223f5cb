import { isWanted, type Outcome, shuffled, type Trial } from "../experiment";
import type { Case } from "../steps/cases";
import { leftOfHelm } from "../steps/faults";
import type { Phase, Runner } from "../steps/installation";
import { type Abort, type AbortedRuns, type EndSignal, runAborted } from "./aborted";
import { cases, chanceOf, type Family, type Ground, outcomeOf, runs, spread, type Try } from "./family";
import { momentsOf } from "./moments";

const signals: readonly EndSignal[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"];

/** At how many moments a run is ended by each signal. */
const MOMENTS = 20;
/** So many runs are ended one after the other on one installation. */
const CHAIN = 5;

/** Runs that are ended by signals; the short form tries each signal once, one after the other. */
export const abortedRuns: Family = (trial, ground) => {
  if (trial.scope === "short") {
    const [subject] = cases;
    return subject === undefined
      ? []
      : chain(trial, ground, { subject, phase: "install", runner: "spacelift", signals, part: 0 });
  }
  const all = runs.flatMap((run) =>
    signals.flatMap((_, shift) =>
      Array.from({ length: MOMENTS / CHAIN }, (__, part): Chain => ({
        ...run,
        signals: [...signals.slice(shift), ...signals.slice(0, shift)],
        part,
      })),
    ),
  );
  return spread(shuffled(all, trial.seed)).flatMap((which) => chain(trial, ground, which));
};

interface Chain {
  readonly subject: Case;
  readonly phase: Phase;
  readonly runner: Runner;
  /** Those of the moments in turn: all chains together try each at each moment. */
  readonly signals: readonly EndSignal[];
  readonly part: number;
}

const kindOf = ({ phase }: Chain, { signal }: Abort): string =>
  `${{ install: "installation", change: "upgrade", remove: "destroy" }[phase]} ended by ${signal}`;

const subjectOf = ({ subject, runner }: Chain, { moment }: Abort): string =>
  `${subject.name}, ${runner}, ${moment.name}`;

/** Runs that are ended at every so manieth moment, so that each chain goes from the start of the phase to its end. */
function chain(trial: Trial, ground: Ground, which: Chain): readonly Try[] {
  const { subject, phase, runner, part } = which;
  const moments = momentsOf(runner, phase, MOMENTS, chanceOf(trial.seed));
  const chosen =
    trial.scope === "short"
      ? shuffled(moments, trial.seed).slice(0, signals.length)
      : moments.filter((_, index) => index % (MOMENTS / CHAIN) === part);
  const aborts = moments
    .filter((moment) => chosen.includes(moment))
    .map((moment, index): Abort => ({
      moment,
      signal: which.signals[index % which.signals.length] ?? "SIGINT",
    }))
    .filter((abort) => isWanted(trial, `${kindOf(which, abort)}, ${subjectOf(which, abort)}`));
  if (aborts.length === 0) return [];
  return [
    async function* () {
      const reference = await ground.reference(subject, phase);
      yield* survive({ subject, phase, runner, reference, aborts }, which, trial);
    },
  ];
}

/** Tries the runs of a chain; where it is not clear whose fault it was, its halves. */
async function* survive(runs: AbortedRuns, which: Chain, trial: Trial): AsyncIterable<Outcome> {
  const { struck, failure } = await runAborted(runs, trial);
  const outcome = (abort: Abort, text?: string): Outcome =>
    outcomeOf(kindOf(which, abort), subjectOf(which, abort), text, leftOfHelm);
  if (failure !== undefined && struck.length > 1 && !trial.isOver()) {
    const middle = struck.length >> 1;
    for (const half of [struck.slice(0, middle), struck.slice(middle)])
      yield* survive({ ...runs, aborts: half.map(({ abort }) => abort) }, which, trial);
    return;
  }
  if (failure !== undefined && struck.length === 0)
    throw new Error(`${which.subject.name}, ${which.phase}, ended by nobody: ${failure}`);
  for (const each of struck) yield outcome(each.abort, each.failure ?? failure);
}
