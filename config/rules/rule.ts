import { type Problem, removeCommand } from "../problems";
import { type SecretName, secretKeys } from "../secrets";
import type { Settings } from "../settings";

/** The secrets of a stack that are set, in clear: only for checks, never to be kept. */
export type ClearSecrets = Readonly<Partial<Record<SecretName, string>>>;

/** Settings as far as they could be read: what a rule sees. */
export type ReadableSettings = Partial<Settings>;

/**
 * A rule over several keys. It sees the settings that could be read, so that it can speak up beside other problems, and
 * stays silent about what could not.
 */
export type Rule = (settings: ReadableSettings, secrets: ClearSecrets) => readonly Problem[];

/** The problem of a secret that another choice calls for. */
export const missingSecret = (name: SecretName, why: string): Problem => ({
  key: name,
  problem: `is missing: ${why}`,
  fix: secretKeys[name].fix,
});

/** The problem of a secret that nothing would use. */
export const uselessSecret = (name: SecretName, why: string): Problem => ({
  key: name,
  problem: `has no use: ${why}`,
  fix: removeCommand(name),
});
