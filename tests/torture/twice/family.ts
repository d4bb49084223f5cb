import fc from "fast-check";
import { inTurn, isWanted, type Outcome, type Trial } from "../experiment";
import { type Case, cases as stepCases } from "../steps/cases";
import { type Reference, referenceOf } from "../steps/chain";
import type { Phase, Runner } from "../steps/installation";

/** Something that is tried, and what came of it. */
export type Try = () => AsyncIterable<Outcome>;

/** What is tried in one way: each item is one piece of work, so that the time can be shared among the ways. */
export type Family = (trial: Trial, ground: Ground) => readonly Try[];

/** One fault as something to try; nothing when it is not wanted. */
export function tryOf(
  trial: Trial,
  kind: string,
  subject: string,
  survive: () => Promise<string | undefined>,
  exceptionOf: (failure: string) => string | undefined = () => undefined,
): readonly Try[] {
  if (!isWanted(trial, `${kind}, ${subject}`)) return [];
  return [
    async function* () {
      yield outcomeOf(kind, subject, await survive(), exceptionOf);
    },
  ];
}

/** What became of a fault, with why it is known, if it is. */
export function outcomeOf(
  kind: string,
  subject: string,
  failure: string | undefined,
  exceptionOf: (failure: string) => string | undefined,
): Outcome {
  if (failure === undefined) return { kind, subject };
  const exception = exceptionOf(failure);
  return { kind, subject, failure, ...(exception !== undefined && { exception }) };
}

/** Something that happens to a target in a phase. */
export interface Placed {
  readonly subject: Case;
  readonly phase: Phase;
}

/**
 * The same items, one of each place in turn: what all families try in a turn begins from one reference, and who is cut short has
 * tried every way there.
 */
export const spread = <T extends Placed>(items: readonly T[]): readonly T[] =>
  inTurn(
    places.map(({ subject, phase }) =>
      items.filter((item) => item.subject === subject && item.phase === phase),
    ),
  );

/** Numbers from 0 up to 1, by the seed. */
export function chanceOf(seed: number): () => number {
  const numbers = fc.sample(fc.integer({ min: 0, max: 999 }), { seed, numRuns: 200 });
  let next = 0;
  return () => (numbers[next++ % numbers.length] ?? 0) / 1000;
}

/** Both targets; a change is an upgrade, for which other images are pushed. */
export const cases: readonly Case[] = stepCases.slice(0, 2).map((each) => ({
  ...each,
  change: {
    ...each.change,
    config: { ...each.change.config, version: each.stack === "aks" ? "v5.1.1" : "v3.1.0" },
  },
}));

const phases: readonly Phase[] = ["install", "change", "remove"];
const places: readonly Placed[] = cases.flatMap((subject) => phases.map((phase) => ({ subject, phase })));

export const runners: readonly Runner[] = ["spacelift", "pulumi"];

/** Each phase of each target, by each command. */
export const runs: readonly (Placed & { readonly runner: Runner })[] = places.flatMap((place) =>
  runners.map((runner) => ({ ...place, runner })),
);

/** What several things that are tried have in common. */
export class Ground {
  private readonly references = new Map<string, Promise<Reference>>();

  constructor(private readonly trial: Trial) {}

  /** What a phase does and leaves without faults. */
  reference(subject: Case, phase: Phase): Promise<Reference> {
    const key = `${subject.name} ${phase}`;
    const known =
      this.references.get(key) ?? referenceOf(subject, phase, this.trial.engine, { isJudged: false });
    this.references.set(key, known);
    return known;
  }
}
