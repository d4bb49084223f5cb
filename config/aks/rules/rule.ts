import type { Problem } from "../../problems";
import type { Rule } from "../../rules/rule";
import type { PlaintextSecrets } from "../../secrets";
import type { ReadableSettings } from "../../settings";
import type { CompleteAks } from "../parts";
import type { AksSection } from "../settings";

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
