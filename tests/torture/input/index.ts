import fc from "fast-check";
import { type Experiment, isWanted } from "../experiment";
import { fileFaults, tryFile } from "./file-faults";
import { judge, MOST_MB, MOST_MS } from "./judge";
import { schemaFaults } from "./schema-faults";
import { secretFaults } from "./secret-faults";
import { pairFaults, textFaults } from "./text-faults";

/** How many of each sort the short form takes. */
const SHORT = 125;
const SHORT_FILES = 50;
const BY_CHANCE = { short: 2, whole: 12 } as const;

/** A choice by the seed. */
const chosen = <T>(faults: readonly T[], seed: number, most: number): readonly T[] =>
  fc.sample(fc.shuffledSubarray([...faults], { minLength: Math.min(most, faults.length), maxLength: most }), {
    seed,
    numRuns: 1,
  })[0] ?? [];

/** Wrong configurations and files: each is refused, by a message that names what is wrong. */
export const input: Experiment = {
  title: "Wrong configurations and files",
  method:
    "Right configurations are made wrong: by values of other types, unknown and missing keys, texts with every slip that a " +
    "keyboard, a terminal or YAML makes, and two faults at once; so are secrets, archives, kubeconfigs, certificates and " +
    "charts. What is wrong is decided by JSON schema, RFCs and documentation, not by the program. Survived means: refused " +
    "before anything is created, by a line for each problem that names the key and the remedy, without any secret, within " +
    `${MOST_MS / 1000} s and ${MOST_MB} MB.`,
  async *run(trial) {
    const { seed, scope, isOver } = trial;
    const byChance = BY_CHANCE[scope];
    const sorts = [
      schemaFaults(),
      textFaults(seed, byChance),
      secretFaults(seed, byChance),
      pairFaults(seed),
    ];
    const all = sorts.flatMap((faults) => (scope === "whole" ? faults : chosen(faults, seed, SHORT)));
    for (const fault of all) {
      if (isOver()) return;
      if (isWanted(trial, fault.subject)) yield judge(fault);
    }
    const files = scope === "whole" ? fileFaults : chosen(fileFaults, seed, SHORT_FILES);
    for (const fault of files) {
      if (isOver()) return;
      if (isWanted(trial, fault.subject)) yield await tryFile(fault);
    }
  },
};
