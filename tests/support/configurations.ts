import { generateKeyPairSync } from "node:crypto";
import type { RawConfig } from "../../config/parse";

/** A configuration as tests write it: settings as values, secrets as text. */
export interface TestConfig {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const pem = (key: typeof rsa): string => key.export({ type: "pkcs8", format: "pem" }) as string;

/** Well-formed values of every kind of secret. None occurs anywhere else by chance. */
export const samples = {
  licenseToken: `${part({ alg: "none" })}.${part({ iss: "spacelift", planted: "licence" })}.signature`,
  databaseUrl: "postgres://spacelift:planted-db%40password@db.example.com:5432/spacelift?sslmode=verify-full",
  rsaPem: pem(rsa),
  ecPem: pem(ec),
  encryptionPrivateKey: Buffer.from(pem(rsa)).toString("base64"),
};

/** The smallest configuration of the on-premises target that pushes no images. */
export const minimal: TestConfig = {
  settings: {
    target: "onprem",
    version: "v3.0.0",
    domain: "spacelift.example.com",
    images: { push: false },
    ingress: { className: "nginx" },
    tls: { mode: "acme", email: "platform@example.com" },
    onprem: {
      registry: { address: "registry.example.com", username: "spacelift" },
      objectStorage: { endpoint: "minio.example.com", adminUser: "minio" },
    },
  },
  secrets: {
    licenseToken: samples.licenseToken,
    databaseUrl: samples.databaseUrl,
    registryPassword: "planted-registry-password",
    minioAdminPassword: "planted-minio-admin-password",
  },
};

type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function merge(base: Tree, changes: Tree): Tree {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(changes)) {
    const below = merged[key];
    if (value === undefined) Reflect.deleteProperty(merged, key);
    else merged[key] = isTree(below) && isTree(value) ? merge(below, value) : value;
  }
  return merged;
}

/** A configuration with changes merged in; `undefined` takes a key away. */
export const merged = (
  base: TestConfig,
  settings: Tree,
  secrets: Readonly<Record<string, string | undefined>>,
): TestConfig => ({
  settings: merge(base.settings, settings),
  secrets: merge(base.secrets, secrets) as Record<string, string>,
});

/** {@link minimal} with changes merged in; `undefined` takes a key away. */
export function configured(
  settings: Tree = {},
  secrets: Readonly<Record<string, string | undefined>> = {},
): TestConfig {
  return merged(minimal, settings, secrets);
}

/** {@link minimal} with another object storage than MinIO, and with changes merged in. */
export function configuredS3(
  settings: Tree = {},
  secrets: Readonly<Record<string, string | undefined>> = {},
): TestConfig {
  const objectStorage = {
    kind: "s3",
    endpoint: "s3.example.com",
    adminUser: undefined,
    accessKeyId: "spacelift-access-key",
  };
  const own = { minioAdminPassword: undefined, s3SecretKey: "planted-s3-secret-key" };
  return merged(configured({ onprem: { objectStorage } }, own), settings, secrets);
}

/** The form in which the engine hands a configuration over. */
export function raw(config: TestConfig): RawConfig {
  const settings = Object.entries(config.settings).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return {
    values: { ...(Object.fromEntries(settings) as Record<string, string>), ...config.secrets },
    encrypted: new Set(Object.keys(config.secrets)),
  };
}

const prefixed = <T>(values: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`spacelift:${key}`, value]));

/** The form in which the tests' runner takes a configuration. */
export const runnable = (
  config: TestConfig,
): { config: Record<string, unknown>; secrets: Record<string, string> } => ({
  config: prefixed(config.settings),
  secrets: prefixed(config.secrets),
});
