import fc from "fast-check";
import { type Experiment, isWanted } from "../experiment";
import { dials } from "./dials";
import { takeWalk, type Walk } from "./walk";

const WALKS = { short: 1, whole: 250 };
const STEPS = { short: 2, whole: 8 };

const walks = (target: Walk["target"], most: number): fc.Arbitrary<Walk> => {
  const turn = fc.tuple(fc.nat(dials[target].length - 1), fc.nat(5));
  const step = fc.record({
    turns: fc.array(turn, { minLength: 1, maxLength: 3 }),
    drift: fc.option(fc.nat(1000), { nil: undefined, freq: 2 }),
  });
  return fc.record({
    target: fc.constant(target),
    steps: fc.array(step, { minLength: Math.min(2, most), maxLength: most }),
  });
};

/** Random ways through valid configurations. */
export const sequences: Experiment = {
  title: "Sequences of changes",
  method: [
    "An installation is led through up to eight changes of its configuration, chosen by the seed among what operators change;",
    "before every third or so, an object in the cluster is deleted behind its back. Survived: no step plans to delete or replace",
    "what holds data, `up` does what `preview` said, `up --refresh` finds nothing to change after it, and in the end the services",
    "hold what they hold for a fresh installation of the last configuration.",
  ].join("\n"),
  async *run(trial) {
    const { scope, seed, engine } = trial;
    const ways = (["onprem", "aks"] as const).map((target, index) =>
      fc.sample(walks(target, STEPS[scope]), { seed: seed + index, numRuns: WALKS[scope] }),
    );
    for (let number = 0; number < WALKS[scope]; number += 1) {
      for (const way of ways) {
        const walk = way[number];
        if (walk === undefined || trial.isOver()) return;
        const kind = `walk, ${walk.target}`;
        const subject = `${walk.target} walk ${number}`;
        if (!isWanted(trial, `${kind}, ${subject}`)) continue;
        const failure = await takeWalk(walk, engine);
        yield { kind, subject, ...(failure !== undefined && { failure }) };
      }
    }
  },
};
