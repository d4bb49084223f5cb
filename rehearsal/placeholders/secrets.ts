import { createHmac } from "node:crypto";
import { stringify } from "yaml";
import { configNamespace } from "../../config/problems";
import { isSecretName, type SecretName } from "../../config/secrets";
import type { SettingsInput } from "../../config/settings";
import { StackFile } from "../stack-file";

/** A secret that a rehearsal makes up where the stack file has none it could read. */
export interface PlaceholderSecret {
  /** Key of the secret in the project's namespace. */
  readonly key: string;
  /** What the value is, for the console. */
  readonly what: string;
  /** Whether this stack needs it. */
  readonly needed: (config: StackFile) => boolean;
  /** Package whose real provider must be given the real value instead. */
  readonly belongsTo?: string;
  /** The value: the same on every run, so that a second run has nothing to change. */
  readonly make: () => string;
}

const onprem = (config: StackFile): boolean => config.get("target") === "onprem";

const password = (purpose: string): string =>
  createHmac("sha256", "stand-in of a rehearsal").update(purpose).digest("base64url").slice(0, 24);

const base64Json = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** An unsigned token in the shape of a licence; it expires in 2099. */
const licence = (): string =>
  [
    base64Json({ alg: "RS256", typ: "JWT" }),
    base64Json({ iss: "rehearsal", sub: "stand-in", iat: 1_735_689_600, exp: 4_070_908_800 }),
    Buffer.from("unsigned").toString("base64url"),
  ].join(".");

/** A URL whose password needs percent-encoding, as generated passwords do. */
const databaseUrl = (): string => {
  const secret = encodeURIComponent(`${password("database")}@/`);
  const query = "sslmode=verify-full&statement_cache_capacity=0";
  return `postgres://spacelift:${secret}@postgres.example.com:5432/spacelift?${query}`;
};

export const secrets: readonly PlaceholderSecret[] = [
  // The vendor issues the licence; a fresh clone has none.
  { key: "licenseToken", what: "an unsigned licence token", needed: () => true, make: licence },
  // On-premises, the database exists already.
  { key: "databaseUrl", what: "the URL of a database nobody runs", needed: onprem, make: databaseUrl },
  // MinIO's administrator creates buckets and the service user.
  {
    key: "minioAdminPassword",
    what: "the password of MinIO's administrator",
    needed: (config) => onprem(config) && config.get("onprem.objectStorage.adminUser") !== undefined,
    belongsTo: "minio",
    make: () => password("minio"),
  },
  // Another server with the API of S3 has access keys.
  {
    key: "s3SecretKey",
    what: "the secret key of the object storage",
    needed: (config) => onprem(config) && config.get("onprem.objectStorage.kind") === "s3",
    belongsTo: "minio",
    make: () => password("s3"),
  },
  {
    key: "s3AdminSecretKey",
    what: "the secret key that creates the buckets",
    needed: (config) => onprem(config) && config.get("onprem.objectStorage.adminAccessKeyId") !== undefined,
    belongsTo: "minio",
    make: () => password("s3-admin"),
  },
  // Images are pushed and pulled with the registry's credentials.
  {
    key: "registryPassword",
    what: "the password of the registry",
    needed: (config) => onprem(config) && config.get("onprem.registry.username") !== undefined,
    belongsTo: "docker",
    make: () => password("registry"),
  },
];

/** Makes up the secrets that settings call for: the same values on every run. */
export function secretsFor(settings: SettingsInput, kubeconfig: string): Partial<Record<SecretName, string>> {
  const config = Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`${configNamespace}:${key}`, value]),
  );
  const file = new StackFile(stringify({ config }), configNamespace);
  const found: Partial<Record<SecretName, string>> = {};
  for (const { key, needed, make } of secrets) {
    if (isSecretName(key) && needed(file)) found[key] = make();
  }
  if (settings.target === "onprem") found.kubeconfig = kubeconfig;
  return found;
}
