import { setSecretCommand, setSecretFromFile } from "./problems";
import { databaseUrl } from "./database-url";
import * as formats from "./secret-formats";

/** What a secret is, how it is checked and how it is set. */
export interface SecretKey {
  readonly description: string;
  /** What is wrong with a value, or undefined. The text never holds the value. */
  readonly check: (value: string) => string | undefined;
  readonly fix: string;
}

const secret = (key: string, description: string, check: SecretKey["check"], file?: string): SecretKey => ({
  description,
  check,
  fix: file === undefined ? setSecretCommand(key) : setSecretFromFile(key, file),
});

/**
 * Every secret of a stack. They are flat keys of their own, because a secret inside an object reaches the state in
 * clear.
 */
export const secretKeys = {
  licenseToken: secret(
    "licenseToken",
    "Licence of this installation: the JWT that Spacelift sent.",
    formats.jwt,
  ),
  databaseUrl: secret(
    "databaseUrl",
    "`postgres://user:password@host/database?sslmode=verify-full`; user and password percent-encoded. Required on-prem; on AKS, a database of yours instead of a new one.",
    databaseUrl,
  ),
  databaseReadOnlyUrl: secret("databaseReadOnlyUrl", "The same for a read replica.", databaseUrl),
  adminPassword: secret(
    "adminPassword",
    "Password of the administrator for the first login. Generated when left out.",
    formats.adminPassword,
  ),
  encryptionPrivateKey: {
    ...secret(
      "encryptionPrivateKey",
      "RSA key (4096 bits, unencrypted PKCS#8 PEM, base64 on one line) that encrypts what the database holds. Generated when left out. Losing or changing it makes the installation unusable.",
      formats.encryptionPrivateKey,
    ),
    fix: "run `base64 -w 0 spacelift.key | pulumi config set --secret spacelift:encryptionPrivateKey`",
  },
  kubeconfig: secret(
    "kubeconfig",
    "Content of the kubeconfig, instead of a path.",
    formats.kubeconfig,
    "kubeconfig.yaml",
  ),
  registryPassword: secret("registryPassword", "Password of `onprem.registry.username`.", formats.oneLine),
  minioAdminPassword: secret(
    "minioAdminPassword",
    "Password of `onprem.objectStorage.adminUser`.",
    formats.oneLine,
  ),
  minioSecretKey: secret(
    "minioSecretKey",
    "Secret key of `onprem.objectStorage.accessKeyId` on MinIO.",
    formats.oneLine,
  ),
  s3SecretKey: secret(
    "s3SecretKey",
    "Secret key of `onprem.objectStorage.accessKeyId` with `kind: s3`.",
    formats.oneLine,
  ),
  s3AdminSecretKey: secret(
    "s3AdminSecretKey",
    "Secret key of `onprem.objectStorage.adminAccessKeyId`.",
    formats.oneLine,
  ),
  tlsPrivateKey: secret(
    "tlsPrivateKey",
    "Key of `tls.certificate` with mode `provided`, as PEM.",
    formats.privateKey,
    "tls.key",
  ),
  caPrivateKey: secret(
    "caPrivateKey",
    "Key of `tls.certificate` with mode `ca`, as PEM.",
    formats.privateKey,
    "ca.key",
  ),
  slackClientSecret: secret("slackClientSecret", "Client secret of the Slack app.", formats.oneLine),
  slackSigningSecret: secret("slackSigningSecret", "Signing secret of the Slack app.", formats.oneLine),
  workerApiKeySecret: secret("workerApiKeySecret", "Secret of `workers.apiKeyId`.", formats.oneLine),
  workerPoolCredentials: secret(
    "workerPoolCredentials",
    'Credentials of pools made by hand in the UI: JSON `{"<pool>": {"token": "…", "privateKey": "…"}}`, the token as downloaded and the key as base64 of the PEM.',
    formats.workerPoolCredentials,
    "worker-pools.json",
  ),
  extraSecretEnv: secret(
    "extraSecretEnv",
    'Further variables that are secret: JSON `{"shared": {}, "server": {}, "drain": {}}`, each a map of strings.',
    formats.extraSecretEnv,
    "extra-env.json",
  ),
} as const satisfies Record<string, SecretKey>;

/** The name of a secret. */
export type SecretName = keyof typeof secretKeys;

/** The secrets of a stack that are set, in plain text: only for checks, never to be kept. */
export type PlaintextSecrets = Readonly<Partial<Record<SecretName, string>>>;

/** All secrets in the order of the reference page. */
export const secretNames = Object.keys(secretKeys) as readonly SecretName[];

/** Tells whether a key is the name of a secret. */
export const isSecretName = (key: string): key is SecretName => Object.hasOwn(secretKeys, key);
