import { type Experiment, inTurn } from "../experiment";
import { abortedRuns } from "./aborts";
import { changingArchives } from "./changing";
import { clockJumps } from "./clock";
import { fullDisks } from "./disk";
import { parallelRuns } from "./parallel";
import { interruptedPushes } from "./push-family";
import { type Family, Ground } from "./family";

/** The ways of doing something a second time, those that are quick first. */
const families: readonly Family[] = [
  interruptedPushes,
  abortedRuns,
  parallelRuns,
  changingArchives,
  fullDisks,
  clockJumps,
];

/** Whatever is interrupted, done twice at once or disturbed is done again, and comes to the same. */
export const twice: Experiment = {
  title: "Twice the same",
  method: [
    "Commands, as processes of their own, are interrupted and run again. `spacelift` and `pulumi` are ended by each signal at twenty",
    "moments of an installation, an upgrade and a destroy, from their start to their last words, five runs after one another; two",
    "commands meet at one stack; pushes are ended, and their registry dies, at each of their requests; archives change between the",
    "plan and the push, or are still being written; disks are full but for some bytes; clocks are set. Survived: the state can be read,",
    "nothing goes on running, the lock is gone or the command line says how to take it away, and what fails says why; then the same",
    "command comes to its end, `up` and `refresh` find nothing to change, nothing is pending, the services hold what they hold",
    "without faults, a registry gets only what it lacks and has whole images, and no secret was printed.",
  ].join("\n"),
  async *run(trial) {
    const ground = new Ground(trial);
    for (const next of inTurn(families.map((family) => family(trial, ground)))) {
      if (trial.isOver()) return;
      yield* next();
    }
  },
};
