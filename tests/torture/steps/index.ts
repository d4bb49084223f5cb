import { type Experiment, inTurn, isWanted, type Outcome, shuffled, type Trial } from "../experiment";
import { type Case, cases } from "./cases";
import { type Reference, referenceOf, runChain } from "./chain";
import { exceptionFor, isServed, outside, reported, type RunEnd, stepKey, type StepFault } from "./faults";
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
    const subjects = trial.scope === "short" ? cases.slice(0, MAIN) : cases;
    const queues = subjects.flatMap((subject) => phases.map((phase) => new Queue(subject, phase, trial)));
    // In turn, so that what is cut short has tried something of everything.
    for (let turn = 0; queues.some(({ length }) => turn < length); turn += 1) {
      for (const queue of queues) {
        if (trial.isOver()) return;
        const round = await queue.at(turn);
        if (round !== undefined) yield* survive(round, trial);
      }
    }
  },
};

/** The rounds of a phase, which are known once it was run without faults. */
class Queue {
  private rounds: readonly Round[] | undefined;

  constructor(
    private readonly subject: Case,
    private readonly phase: Phase,
    private readonly trial: Trial,
  ) {}

  get length(): number {
    return this.rounds?.length ?? 1;
  }

  async at(turn: number): Promise<Round | undefined> {
    const { subject, phase, trial } = this;
    this.rounds ??= roundsOf(subject, phase, await referenceOf(subject, phase, trial.engine), trial);
    return this.rounds[turn];
  }
}

/** Faults that are tried one after another on one installation. */
interface Round {
  readonly subject: Case;
  readonly phase: Phase;
  readonly runner: Runner;
  readonly reference: Reference;
  readonly faults: ReadonlyMap<string, StepFault>;
}

/** Operations that meet all of some faults in the end, a round for each. */
interface Group {
  readonly keys: readonly string[];
  readonly faults: readonly StepFault[];
  readonly runner: Runner;
}

/** How many operations are hit by what ends a run, where not all are. */
const SAMPLE = 12;

/** How many cases, the first, stand for their target: the short form tries them, and the whole kills the engine at each step. */
const MAIN = 2;

/** The rounds of a phase; the short form takes the first of those that fail quickly. */
function roundsOf(subject: Case, phase: Phase, reference: Reference, trial: Trial): readonly Round[] {
  const { seed, scope } = trial;
  const served = reference.operations.filter(({ operation }) => operation !== "read").filter(isServed);
  // The order in which they were carried out is that of the machine, not of the seed.
  const keys = shuffled([...new Set(served.map(stepKey))].sort(), seed);
  const groups =
    scope === "short"
      ? quickGroups(keys, 2, seed)
      : [...quickGroups(keys, SAMPLE, seed), ...slowGroups(keys, cases.indexOf(subject) < MAIN)];
  const fits = (key: string, { kind, stage }: StepFault): boolean =>
    isWanted(trial, `${phase}: ${kind}, ${subject.name}: ${key}`) &&
    // What is deleted does not become ready.
    (stage !== "unready" || !key.startsWith("delete "));
  const rounds = groups.map(({ keys: hit, faults, runner }) =>
    faults.slice(0, scope === "short" ? 1 : undefined).map((_, turn) => ({
      subject,
      phase,
      runner,
      reference,
      faults: new Map(paired(hit, faults, turn).filter(([key, fault]) => fits(key, fault))),
    })),
  );
  return inTurn(rounds).filter(({ faults }) => faults.size > 0);
}

const isLost = ({ stage }: StepFault): boolean => stage === "after";
const ending = (...ends: readonly RunEnd[]): readonly StepFault[] =>
  outside.filter(({ end }) => end !== undefined && ends.includes(end));

/** What is refused or late at each operation, and what ends a run at some of them. */
const quickGroups = (keys: readonly string[], sample: number, seed: number): readonly Group[] => [
  {
    keys,
    faults: shuffled(
      reported.filter((fault) => !isLost(fault)),
      seed,
    ),
    runner: "pulumi",
  },
  {
    keys: keys.slice(0, sample),
    faults: shuffled(ending("engine", "backend", "SIGINT", "SIGTERM", "SIGHUP"), seed),
    runner: "spacelift",
  },
];

const slowGroups = (keys: readonly string[], isMain: boolean): readonly Group[] => [
  // What is known not to be survived begins an installation anew each time.
  { keys: keys.slice(0, SAMPLE), faults: reported.filter(isLost), runner: "pulumi" },
  // The program of an embedding run is part of the embedding process, and cannot be killed alone.
  { keys: keys.slice(0, SAMPLE), faults: ending("program"), runner: "pulumi" },
  // The engine waits minutes for providers that it did not start itself, as those of a rehearsal.
  { keys: keys.slice(0, 1), faults: ending("providers"), runner: "spacelift" },
  ...(isMain ? [{ keys: keys.slice(SAMPLE), faults: ending("engine"), runner: "spacelift" as const }] : []),
];

/** Gives each operation one of the faults, and in each further turn the next. */
const paired = (
  keys: readonly string[],
  faults: readonly StepFault[],
  turn: number,
): readonly (readonly [string, StepFault])[] =>
  keys.flatMap((key, index) => {
    const fault = faults[(index + turn) % faults.length];
    return fault === undefined ? [] : [[key, fault] as const];
  });

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
