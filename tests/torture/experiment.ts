import fc from "fast-check";
import type { Engine } from "../../engine";

/** What became of one fault. */
export interface Outcome {
  /** Class of the fault, a line of the figures: `refused with 409`. */
  readonly kind: string;
  /** What was broken, precisely enough to break it again with `--only`: `onprem create platform-storage-states`. */
  readonly subject: string;
  /** How it was not survived; absent when it was. */
  readonly failure?: string;
  /** Why this failure is known and stays; it is published, and does not fail the run. */
  readonly exception?: string;
}

/** How much is tried. */
export interface Trial {
  /** Everything that is chosen by chance follows from it. */
  readonly seed: number;
  /** Everything, or a choice by the seed that ends in a minute or two. */
  readonly scope: "whole" | "short";
  /** Tells when the time is over: an experiment then ends, and its figures say how far it came. */
  readonly isOver: () => boolean;
  /** Only what has this text in `<kind>, <subject>`. */
  readonly only?: string | undefined;
  readonly engine: Engine;
  /** Receives a line for people. */
  readonly say: (line: string) => void;
}

/** One way to break an installation, many times over. */
export interface Experiment {
  /** Heading of its figures. */
  readonly title: string;
  /** What is done and what counts as survived, for the figures: Markdown. */
  readonly method: string;
  run(trial: Trial): AsyncIterable<Outcome>;
}

/** Whether something is to be tried, by `<kind>, <subject>`. */
export const isWanted = ({ only }: Pick<Trial, "only">, fault: string): boolean =>
  only === undefined || fault.includes(only);

/** The same items in another order, by the seed. */
export function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  const all = fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });
  return fc.sample(all, { seed, numRuns: 1 })[0] ?? [];
}

/** The first of each, then the second of each: what is cut short has tried something of all. */
export function inTurn<T>(queues: readonly (readonly T[])[]): readonly T[] {
  const longest = Math.max(0, ...queues.map(({ length }) => length));
  return Array.from({ length: longest }, (_, turn) =>
    queues.flatMap((queue) => queue.slice(turn, turn + 1)),
  ).flat();
}
