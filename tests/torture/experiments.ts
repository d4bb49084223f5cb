import type { Experiment } from "./experiment";
import { input } from "./input";
import { secrets } from "./secrets";
import { steps } from "./steps";
import { surroundings } from "./surroundings";
import { twice } from "./twice";
import { sequences } from "./walks";

/**
 * Every experiment, by the name that `npm run torture -- NAME` takes. Those that soon come to their end are first: what
 * they leave of their time is for the rest.
 */
export const experiments: Readonly<Record<string, Experiment>> = {
  secrets,
  input,
  surroundings,
  twice,
  steps,
  sequences,
};
