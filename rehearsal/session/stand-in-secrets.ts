import { stringify } from "yaml";
import { configNamespace } from "../../config/problems";
import { isSecretName, type SecretName } from "../../config/secrets";
import type { SettingsInput } from "../../config/settings";
import { StackFile } from "./stack-file";
import { standInKubeconfig } from "./stand-in-kubeconfig";
import { standIns } from "./stand-ins";

/** Makes up the secrets that settings call for: the same values on every run. */
export function standInSecrets(settings: SettingsInput): Partial<Record<SecretName, string>> {
  const config = Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`${configNamespace}:${key}`, value]),
  );
  const file = new StackFile(stringify({ config }), configNamespace);
  const secrets: Partial<Record<SecretName, string>> = {};
  for (const { key, needed, make } of standIns) {
    if (isSecretName(key) && needed(file)) secrets[key] = make();
  }
  if (settings.target === "onprem") secrets.kubeconfig = standInKubeconfig();
  return secrets;
}
