import type { CompleteAks } from "../aks/parts";
import type { AksSection } from "../aks/settings";
import { type Problem, removeCommand } from "../problems";
import { type PlaintextSecrets, secretKeys, type SecretName } from "../secrets";
import type { ReadableSettings } from "../settings";

/**
 * A rule over several keys. It sees the settings that could be read, so that it can speak up beside other problems, and
 * stays silent about what could not.
 *
 * @param aks what the section `aks` comes to; undefined for the other target, or when it could not be read
 */
export type Rule = (
  settings: ReadableSettings,
  secrets: PlaintextSecrets,
  aks: CompleteAks | undefined,
) => readonly Problem[];

export const uselessKey = (key: string, why: string): Problem => ({
  key,
  problem: `has no use: ${why}`,
  fix: removeCommand(key),
});

/** The problem of a secret that another choice calls for. */
export const missingSecret = (name: SecretName, why: string): Problem => ({
  key: name,
  problem: `is missing: ${why}`,
  fix: secretKeys[name].fix,
});

/** What a rule of the Azure target sees. */
export interface AksFacts {
  /** The section as the operator wrote it. */
  readonly section: AksSection;
  /** What it comes to. */
  readonly complete: CompleteAks;
  readonly settings: ReadableSettings;
  readonly secrets: PlaintextSecrets;
}

/** A rule of the Azure target alone. */
export const aksRule =
  (rule: (facts: AksFacts) => readonly Problem[]): Rule =>
  (settings, secrets, complete) =>
    settings.aks && complete ? rule({ section: settings.aks, complete, settings, secrets }) : [];

/** A rule of the on-premises target alone, given its section. */
export const onpremRule =
  (
    rule: (
      section: NonNullable<ReadableSettings["onprem"]>,
      settings: ReadableSettings,
      secrets: PlaintextSecrets,
    ) => readonly Problem[],
  ): Rule =>
  (settings, secrets) =>
    settings.target === "onprem" && settings.onprem ? rule(settings.onprem, settings, secrets) : [];

/** The mode of the ingress controller, chosen or the target's default. */
export const ingressMode = ({ ingress, target }: ReadableSettings): string =>
  ingress?.mode ?? (target === "aks" ? "traefik" : "existing");
