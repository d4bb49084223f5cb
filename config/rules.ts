import { aksRules } from "./rules/aks";
import { onpremRules } from "./rules/onprem";
import { platformNeutralRules } from "./rules/neutral";
import type { Problem } from "./problems";
import type { ClearSecrets, ReadableSettings } from "./parse";

/**
 * A rule over several keys. It sees the settings that could be read, so that it can speak up beside other problems, and
 * stays silent about what could not.
 */
export type Rule = (settings: ReadableSettings, secrets: ClearSecrets) => readonly Problem[];

/** Every rule that spans keys. */
export const rules: readonly Rule[] = [...platformNeutralRules, ...onpremRules, ...aksRules];
