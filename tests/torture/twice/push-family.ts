import { shuffled } from "../experiment";
import { archiveChanges } from "./archive-changes";
import { type Family, type Try, tryOf } from "./family";
import { changeUnderPush, interruptions, interruptPush } from "./pushes";

/** More than a push makes: what comes after its end is not met. */
const REQUESTS = 20;
const SHORT = 8;

/** Pushes that are interrupted at each of their requests, and whose archive changes then. */
export const interruptedPushes: Family = (trial) => {
  const requests = Array.from({ length: REQUESTS }, (_, index) => index + 1);
  const all = requests.flatMap((request): readonly Try[] => [
    ...interruptions.flatMap((how) =>
      tryOf(trial, `push: ${how}`, `request ${request}`, () => interruptPush(how, request)),
    ),
    ...Object.entries(archiveChanges).flatMap(([name, change]) =>
      tryOf(trial, `archive ${name}, while it is pushed`, `request ${request}`, () =>
        changeUnderPush(change, request),
      ),
    ),
  ]);
  const tries = shuffled(all, trial.seed);
  return trial.scope === "short" ? tries.slice(0, SHORT) : inBatches(tries);
};

/** Each takes a second or two, as much as twenty of them take what a run of the engine does. */
const BATCH = 8;

function inBatches(tries: readonly Try[]): readonly Try[] {
  return Array.from(
    { length: Math.ceil(tries.length / BATCH) },
    (_, index) =>
      async function* () {
        for (const each of tries.slice(index * BATCH, (index + 1) * BATCH)) yield* each();
      },
  );
}
