import fc from "fast-check";
import { type Experiment, isWanted, type Outcome, type Trial } from "../experiment";
import { type Case, cases } from "./cases";
import { type Reference, referenceOf, runChain } from "./chain";
import { exceptionFor, isServed, outside, reported, stepKey, type StepFault } from "./faults";
import type { Phase, Runner } from "./installation";

const phases: readonly Phase[] = ["install", "change", "remove"];

/** Each operation of each resource fails once, in every way. */
export const steps: Experiment = {
  title: "Every step fails once",
  method: [
    "Each operation on each resource fails once while Spacelift is installed, changed and removed. The same command is run",
    "again until it succeeds. Survived: every further failure is one that was made to happen; then `up` and `refresh` find",
    "nothing to change, no operation is pending in the state, the services hold what they hold without faults, and no secret",
    "was printed. Where the run was ended from outside, it is `spacelift up` or `spacelift destroy` that is run; otherwise plain",
    "`pulumi`.",
  ].join("\n"),
  async *run(trial) {
    for (const subject of trial.scope === "short" ? cases.slice(0, MAIN) : cases) {
      for (const phase of phases) {
        if (trial.isOver()) return;
        const reference = await referenceOf(subject, phase, trial.engine);
        for (const round of roundsOf(subject, phase, reference, trial)) {
          if (trial.isOver()) return;
          yield* survive(round, trial);
        }
      }
    }
  },
};

/** Faults that are tried one after another on one installation. */
interface Round {
  readonly subject: Case;
  readonly phase: Phase;
  readonly runner: Runner;
  readonly reference: Reference;
  readonly faults: ReadonlyMap<string, StepFault>;
}

/** How many operations are hit by what ends a run, where not all are. */
const SAMPLE = { short: 2, whole: 12 };

/** How many cases, the first, stand for their target: the short form tries them, and the whole kills the engine at each step. */
const MAIN = 2;

function roundsOf(subject: Case, phase: Phase, reference: Reference, trial: Trial): Round[] {
  const { seed, scope } = trial;
  const served = reference.operations.filter(({ operation }) => operation !== "read").filter(isServed);
  // The order in which they were carried out is that of the machine, not of the seed.
  const keys = [...new Set(served.map(stepKey))].sort();
  const fits = (key: string, { kind, stage }: StepFault): boolean =>
    isWanted(trial, `${phase}: ${kind}, ${subject.name}: ${key}`) &&
    // What is deleted does not become ready.
    (stage !== "unready" || !key.startsWith("delete "));
  const roundOf = (pairs: readonly (readonly [string, StepFault])[]): Round => ({
    subject,
    phase,
    // The program of an embedding run is part of the embedding process, and cannot be killed alone.
    runner: pairs.some(([, { end }]) => end !== undefined && end !== "program") ? "spacelift" : "pulumi",
    reference,
    faults: new Map(pairs.filter(([key, fault]) => fits(key, fault))),
  });
  const chosen = (count: number, salt: number): readonly string[] =>
    shuffled(keys, seed + salt).slice(0, count);
  const rounds =
    scope === "short"
      ? [
          // What is known not to be survived begins a chain anew each time.
          roundOf(
            paired(
              keys,
              shuffled(
                reported.filter(({ stage }) => stage !== "after"),
                seed,
              ),
            ),
          ),
          roundOf(paired(chosen(SAMPLE.short, 1), shuffled(outside.filter(isQuick), seed))),
        ]
      : [
          ...reported.map((fault) => roundOf(paired(keys, [fault]))),
          ...outside.map((fault, index) => {
            const isEach = fault.end === "engine" && cases.indexOf(subject) < MAIN;
            return roundOf(paired(isEach ? keys : chosen(SAMPLE.whole, index), [fault]));
          }),
        ];
  return rounds.filter(({ faults }) => faults.size > 0);
}

/** Whether a run ends at once: the engine waits minutes for providers that are gone, and the program is none of an embedding run. */
const isQuick = ({ end }: StepFault): boolean => end !== "program" && end !== "providers";

/** Gives each operation the next of the faults, in turn. */
const paired = (
  keys: readonly string[],
  faults: readonly StepFault[],
): readonly (readonly [string, StepFault])[] =>
  keys.flatMap((key, index) => {
    const fault = faults[index % faults.length];
    return fault === undefined ? [] : [[key, fault] as const];
  });

/** The same items in another order, by the seed. */
function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  const all = fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });
  return fc.sample(all, { seed, numRuns: 1 })[0] ?? [];
}

/** Tries the faults of a round; those that one of them keeps from being tried get an installation of their own. */
async function* survive(round: Round, trial: Trial): AsyncIterable<Outcome> {
  const { subject, phase, reference, runner } = round;
  const { engine, isOver } = trial;
  let faults = round.faults;
  const outcome = (key: string, failure?: string): Outcome => {
    const fault = faults.get(key);
    const tried = { kind: `${phase}: ${fault?.kind ?? ""}`, subject: `${subject.name}: ${key}` };
    if (failure === undefined) return tried;
    const exception = fault && exceptionFor(fault, failure);
    return { ...tried, failure, ...(exception !== undefined && { exception }) };
  };
  while (faults.size > 0 && !trial.isOver()) {
    const { struck, failure } = await runChain(subject, phase, faults, {
      engine,
      runner,
      reference,
      isOver,
    });
    if (struck.length === 0) {
      if (failure !== undefined) throw new Error(`${subject.name}, ${phase}: ${failure.text}`);
      return;
    }
    if (failure !== undefined && failure.keys === undefined && struck.length > 1) {
      const half = struck.slice(0, struck.length / 2);
      for (const part of [half, struck.filter((key) => !half.includes(key))])
        yield* survive({ ...round, faults: pick(faults, part) }, trial);
    } else {
      const guilty = new Set(failure?.keys ?? (failure ? struck : []));
      for (const key of struck) {
        // What was met on the way to a failure may still fail in the end: it is tried again without the guilty.
        if (failure !== undefined && !guilty.has(key)) continue;
        yield outcome(key, failure?.text);
      }
      if (failure !== undefined) {
        faults = new Map([...faults].filter(([key]) => !guilty.has(key)));
        continue;
      }
    }
    faults = new Map([...faults].filter(([key]) => !struck.includes(key)));
  }
}

const pick = (
  faults: ReadonlyMap<string, StepFault>,
  keys: readonly string[],
): ReadonlyMap<string, StepFault> => new Map([...faults].filter(([key]) => keys.includes(key)));
