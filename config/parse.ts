import type { z } from "zod";
import { completeAks } from "./aks/complete";
import type { CompleteAks } from "./aks/parts";
import { aksRules } from "./aks/rules";
import { explain, unknownKey } from "./explain";
import { onpremRules } from "./onprem/rules";
import { configNamespace, type Problem, removeCommand } from "./problems";
import { structureProblems } from "./structure";
import { brokerRules } from "./rules/broker";
import { ingressRules } from "./rules/ingress";
import { bucketRules } from "./rules/buckets";
import { generalRules } from "./rules/general";
import { networkRules } from "./rules/network";
import { releaseRules } from "./rules/releases";
import type { Rule } from "./rules/rule";
import { workerRules } from "./rules/workers";
import { isSecretName, type PlaintextSecrets, secretKeys, type SecretName, secretNames } from "./secrets";
import {
  type ReadableSettings,
  type Settings,
  type SettingsKey,
  settingsKeys,
  settingsShape,
} from "./settings";

/** Every rule that spans keys. */
const rules: readonly Rule[] = [
  ...generalRules,
  ...releaseRules,
  ...bucketRules,
  ...ingressRules,
  ...brokerRules,
  ...networkRules,
  ...workerRules,
  ...onpremRules,
  ...aksRules,
];

/** The configuration of a stack as the engine hands it over. */
export interface RawConfig {
  /** Values by key without namespace: strings as they are, everything else as JSON. */
  readonly values: Readonly<Record<string, string>>;
  /** Which of the keys are stored encrypted. */
  readonly encrypted: ReadonlySet<string>;
}

export type ParseResult =
  | {
      readonly settings: Settings;
      /** What the section `aks` comes to, with that target. */
      readonly aks: CompleteAks | undefined;
      readonly secrets: PlaintextSecrets;
      readonly problems: readonly [];
    }
  | {
      readonly settings?: undefined;
      readonly secrets: PlaintextSecrets;
      readonly problems: readonly Problem[];
    };

// Pulumi.yaml gives every key an empty default, so that the engine leaves reporting what is missing to this program.
const isSet = (value: string | undefined): value is string =>
  value !== undefined && value !== "" && value !== "{}" && value !== "[]";

const isStringSchema = (name: SettingsKey): boolean =>
  settingsShape[name].safeParse("").error?.issues[0]?.code !== "invalid_type";

function decode(name: SettingsKey, raw: string): unknown {
  if (isStringSchema(name)) return raw;
  try {
    return JSON.parse(raw);
  } catch {
    // Not JSON: hand the text to the schema, which says what it wants instead.
    return raw;
  }
}

/** Values by key, as far as they are set. */
type Values = Readonly<Record<string, unknown>>;

/** Takes out what must not be encrypted, and turns text into values. Adds what it refuses to `problems`. */
export function decodeSettings(
  raw: RawConfig,
  problems: Problem[],
): { values: Values; refused: Set<string> } {
  const values: Record<string, unknown> = {};
  const refused = new Set<string>();
  for (const name of settingsKeys) {
    const value = raw.values[name];
    if (!isSet(value)) continue;
    if (raw.encrypted.has(name)) {
      // Not read any further: an explanation would quote what is inside.
      refused.add(name);
      problems.push({
        key: name,
        problem:
          "must not be encrypted: what is inside would reach the state in clear; secrets have keys of their own",
        fix: `${removeCommand(name)} and set it again without --secret`,
      });
    } else {
      values[name] = decode(name, value);
    }
  }
  return { values, refused };
}

function readSettings(values: Values, refused: ReadonlySet<string>, problems: Problem[]): ReadableSettings {
  const settings: Record<string, unknown> = {};
  for (const name of settingsKeys) {
    if (refused.has(name)) continue;
    const odd = structureProblems(name, values[name]);
    problems.push(...odd);
    if (odd.length > 0) continue;
    const schema: z.ZodType = settingsShape[name];
    const result = schema.safeParse(values[name]);
    if (result.success) settings[name] = result.data;
    else problems.push(...explain(name, schema, values[name], result.error));
  }
  return settings;
}

function readSecrets(values: Readonly<Record<string, string>>, problems: Problem[]): PlaintextSecrets {
  const secrets: Partial<Record<SecretName, string>> = {};
  for (const name of secretNames) {
    const value = values[name];
    if (!isSet(value)) continue;
    secrets[name] = value;
    const bad = secretKeys[name].check(value);
    if (bad !== undefined) problems.push({ key: name, problem: bad, fix: secretKeys[name].fix });
  }
  return secrets;
}

function conclude(settings: ReadableSettings, secrets: PlaintextSecrets, problems: Problem[]): ParseResult {
  const isAks = settings.target === "aks" && settings.aks !== undefined;
  const aks = isAks ? completeAks(settings.aks, settings, secrets) : undefined;
  for (const rule of rules) problems.push(...rule(settings, secrets, aks));
  return problems.length === 0
    ? // Every key was read without a problem, so none is missing.
      { settings: settings as Settings, aks, secrets, problems: [] }
    : { secrets, problems };
}

/**
 * Reads and checks a whole configuration.
 *
 * @returns the settings with every default filled in, or every problem there is: unknown keys, formats, missing values,
 * secrets stored in plain and choices that contradict each other.
 */
export function parseConfig(raw: RawConfig): ParseResult {
  const problems: Problem[] = [];
  const known: readonly string[] = [...settingsKeys, ...secretNames];
  for (const key of Object.keys(raw.values)) {
    if (!known.includes(key)) problems.push(unknownKey([key], known));
  }
  const { values, refused } = decodeSettings(raw, problems);
  const settings = readSettings(values, refused, problems);
  for (const name of secretNames) {
    if (isSet(raw.values[name]) && !raw.encrypted.has(name)) {
      problems.push({ key: name, problem: "is a secret but stored in plain", fix: secretKeys[name].fix });
    }
  }
  return conclude(settings, readSecrets(raw.values, problems), problems);
}

/**
 * Checks settings and secrets that an embedding program gives apart: the rules of {@link parseConfig}, for values
 * instead of a stack file.
 */
export function parseSettings(given: Values, secrets: Values): ParseResult {
  const problems: Problem[] = [];
  for (const key of Object.keys(given)) {
    if (isSecretName(key)) {
      problems.push({ key, problem: "is a secret", fix: `give \`${key}\` among the secrets` });
    } else if (!settingsKeys.some((name) => name === key)) {
      problems.push(unknownKey([key], settingsKeys));
    }
  }
  const texts: Record<string, string> = {};
  for (const [key, value] of Object.entries(secrets)) {
    if (!isSecretName(key)) problems.push(unknownKey([key], secretNames));
    else if (typeof value === "string") texts[key] = value;
    else if (value !== undefined) {
      problems.push({
        key,
        problem: `must be a string, got a ${typeof value}`,
        fix: `give \`${key}\` as text`,
      });
    }
  }
  return conclude(readSettings(given, new Set(), problems), readSecrets(texts, problems), problems);
}

/** The namespace and name of a full key, or undefined when it belongs to another namespace. */
export function ownKey(fullKey: string): string | undefined {
  const prefix = `${configNamespace}:`;
  return fullKey.startsWith(prefix) ? fullKey.slice(prefix.length) : undefined;
}
