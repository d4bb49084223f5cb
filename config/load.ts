import * as pulumi from "@pulumi/pulumi";
import type { CompleteAks } from "./aks/parts";
import { type ConfiguredFiles, type FileLocations, resolveFiles } from "./files/resolve";
import { type ParseResult, type RawConfig, ownKey, parseConfig, parseSettings } from "./parse";
import { ConfigError } from "./problems";
import type { PlaintextSecrets, SecretName } from "./secrets";
import type { Settings, SettingsInput } from "./settings";
import { extraSecretEnvSchema, workerPoolCredentialsSchema } from "./secret-formats";

/** The secrets that are set, each a secret Output. */
export type Secrets = Readonly<Partial<Record<SecretName, pulumi.Output<string>>>>;

/** Secret variables by Secret and name. */
export type SecretEnv = Readonly<
  Record<"shared" | "server" | "drain", Readonly<Record<string, pulumi.Output<string>>>>
>;

/** Credentials of worker pools by pool. */
export type PoolCredentials = Readonly<
  Record<string, { readonly token: pulumi.Output<string>; readonly privateKey: pulumi.Output<string> }>
>;

/** The configuration of a stack, checked as a whole. */
export interface Configuration {
  readonly settings: Settings;
  /** What the section `aks` comes to, with that target. */
  readonly aks: CompleteAks | undefined;
  readonly secrets: Secrets;
  readonly files: ConfiguredFiles;
  /** `extraSecretEnv`, taken apart: the names are no secret, as they decide what is created. */
  readonly secretEnv: SecretEnv;
  /** `workerPoolCredentials`, taken apart likewise. */
  readonly poolCredentials: PoolCredentials;
  /** Variables that the engine and its providers run with. @default - those of the process */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

// The SDK marks this function internal and leaves it out of its types, yet nothing else tells whether a value is stored
// encrypted, and a secret in plain must be an error.
const { isConfigSecret } = pulumi.runtime as typeof pulumi.runtime & {
  isConfigSecret: (key: string) => boolean;
};

function rawConfig(): RawConfig {
  const values: Record<string, string> = {};
  const encrypted = new Set<string>();
  for (const [fullKey, value] of Object.entries(pulumi.runtime.allConfig())) {
    const key = ownKey(fullKey);
    if (key === undefined) continue;
    values[key] = value;
    if (isConfigSecret(fullKey)) encrypted.add(key);
  }
  return { values, encrypted };
}

const secretOutputs = (values: Readonly<Record<string, string>>): Record<string, pulumi.Output<string>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, pulumi.secret(value)]));

function secretEnv(json: string | undefined): SecretEnv {
  const env = extraSecretEnvSchema.parse(JSON.parse(json ?? "{}"));
  return {
    shared: secretOutputs(env.shared),
    server: secretOutputs(env.server),
    drain: secretOutputs(env.drain),
  };
}

function poolCredentials(json: string | undefined): PoolCredentials {
  const pools = workerPoolCredentialsSchema.parse(JSON.parse(json ?? "{}"));
  return Object.fromEntries(
    Object.entries(pools).map(([pool, { token, privateKey }]) => [
      pool,
      { token: pulumi.secret(token), privateKey: pulumi.secret(privateKey) },
    ]),
  );
}

/**
 * Reads the configuration of the running stack. The only place that touches Pulumi's configuration.
 *
 * @throws ConfigError with every problem, before anything is registered
 */
export async function loadConfiguration(locations: FileLocations): Promise<Configuration> {
  return toSecretOutputs(await withFiles(parseConfig(rawConfig()), locations));
}

/** A configuration that has passed every check, its secrets in plain text. */
export interface CheckedConfiguration extends Pick<Configuration, "settings" | "aks"> {
  readonly secrets: PlaintextSecrets;
  readonly files: ConfiguredFiles;
}

/**
 * Adds what the files hold that a configuration names.
 *
 * @throws ConfigError with every problem of the configuration, or else of its files
 */
export async function withFiles(
  parsed: ParseResult,
  locations: FileLocations,
): Promise<CheckedConfiguration> {
  if (!parsed.settings) throw new ConfigError(parsed.problems);
  const { files, problems } = await resolveFiles(parsed.settings, locations);
  if (problems.length > 0) throw new ConfigError(problems);
  return { settings: parsed.settings, aks: parsed.aks, secrets: parsed.secrets, files };
}

/** Turns the plain-text secrets of a checked configuration into secret Outputs. */
export function toSecretOutputs({ settings, aks, secrets, files }: CheckedConfiguration): Configuration {
  return {
    settings,
    aks,
    secrets: secretOutputs(secrets),
    files,
    secretEnv: secretEnv(secrets.extraSecretEnv),
    poolCredentials: poolCredentials(secrets.workerPoolCredentials),
  };
}

/** A configuration as values, for programs that keep theirs elsewhere than in a stack of this one. */
export interface ConfigurationValues {
  /** The keys of a stack file that are no secrets; what has a default may be left out. */
  readonly settings: SettingsInput;
  /** The keys of a stack file that are secrets, in plain text: they leave as secret Outputs. */
  readonly secrets?: PlaintextSecrets;
}

/**
 * Checks a configuration passed as values, and fills in its defaults.
 *
 * @throws ConfigError with every problem
 */
export async function configurationOf(
  { settings, secrets = {} }: ConfigurationValues,
  locations: FileLocations,
): Promise<Configuration> {
  return toSecretOutputs(await withFiles(parseSettings(settings, secrets), locations));
}
