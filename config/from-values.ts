import type { FileLocations } from "./files/resolve";
import { type Configuration, toSecretOutputs, withFiles } from "./load";
import { parseSettings } from "./parse";
import type { PlaintextSecrets } from "./secrets";
import type { SettingsInput } from "./settings";

/** A configuration as values, for programs that keep theirs elsewhere than in a stack of this one. */
export interface ConfigurationValues {
  /** The keys of a stack file that are no secrets; what has a default may be left out. */
  readonly settings: SettingsInput;
  /** The keys of a stack file that are secrets, in clear: they leave as secret Outputs. */
  readonly secrets?: PlaintextSecrets;
}

/**
 * Checks a configuration that is given as values, and fills in its defaults.
 *
 * @throws ConfigError with every problem
 */
export async function configurationOf(
  { settings, secrets = {} }: ConfigurationValues,
  locations: FileLocations,
): Promise<Configuration> {
  return toSecretOutputs(await withFiles(parseSettings(settings, secrets), locations));
}
