import type { Experiment } from "./experiment";
import { input } from "./input";
import { secrets } from "./secrets";
import { steps } from "./steps";
import { surroundings } from "./surroundings";
import { twice } from "./twice";
import { sequences } from "./walks";

/** Every experiment, by the name that `npm run torture -- NAME` takes. */
export const experiments: Readonly<Record<string, Experiment>> = {
  steps,
  sequences,
  secrets,
  input,
  surroundings,
  twice,
};
