import { stringify } from "yaml";
import { configNamespace } from "../../config/problems";
import { isSecretName, secretKeys } from "../../config/secrets";
import { type SettingsInput, settingsKeys, settingsShape } from "../../config/settings";

/** A value the engine has encrypted. */
export interface SealedValue {
  readonly secure: string;
}

/**
 * Words the `config` of a stack file: every key in the order of the reference page with its description above it, the
 * secrets last.
 */
export function stackFileText(
  settings: SettingsInput,
  secrets: Readonly<Record<string, SealedValue>>,
): string {
  const blocks = [
    ...settingsKeys.flatMap((key) => {
      const value = settings[key];
      return value === undefined ? [] : [block(describe(key), { [`${configNamespace}:${key}`]: value })];
    }),
    ...Object.entries(secrets).map(([key, value]) => block(describeSecret(key), { [key]: value })),
  ];
  return ["# docs/configuration.md describes every key.", "config:", blocks.join("\n")].join("\n");
}

function block(description: string, entry: Readonly<Record<string, unknown>>): string {
  return [`# ${description}`, ...stringify(entry, { lineWidth: 0 }).trimEnd().split("\n")]
    .map((line) => `  ${line}\n`)
    .join("");
}

const describe = (key: keyof typeof settingsShape): string => settingsShape[key].meta()?.description ?? key;

function describeSecret(fullKey: string): string {
  const key = fullKey.slice(configNamespace.length + 1);
  return `Secret. ${isSecretName(key) ? secretKeys[key].description : key}`;
}
