import type { Experiment } from "./experiment";

/** Every experiment, by the name that `npm run torture -- NAME` takes. */
export const experiments: Readonly<Record<string, Experiment>> = {};
