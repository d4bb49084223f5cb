import { createPrivateKey } from "node:crypto";
import { z } from "zod";
import { parseJson } from "../peers/json";
import { dnsLabel, envName } from "./formats";
import { structureProblems } from "./structure";
import { kubeconfigProblem } from "../kubernetes/kubeconfig-text";

/** A check of a secret: says what is wrong without ever repeating the value. */
export type Check = (value: string) => string | undefined;

/** A value that goes into one line: no line breaks or surrounding blanks, as a careless paste brings them. */
export const oneLine: Check = (value) => {
  if (value !== value.trim() || /[\r\n]/.test(value)) return "must be on one line without surrounding blanks";
  // A terminal adds some around what is pasted, and no variable of a process takes a zero.
  return /[^\P{Cc}\t]/u.test(value)
    ? "must be without control characters, as a paste may add them"
    : undefined;
};

/** A password somebody types into the login form. */
export const adminPassword: Check = (value) =>
  oneLine(value) ?? (value.length < 12 ? "must have at least 12 characters" : undefined);

/** A JSON web token: three base64url parts, the first two JSON. */
export const jwt: Check = (value) => {
  const bad = oneLine(value);
  if (bad !== undefined) return bad;
  const parts = value.split(".");
  const isObject = (part: string): boolean => {
    const decoded = parseJson(Buffer.from(part, "base64url").toString("utf8"));
    return typeof decoded === "object" && decoded !== null;
  };
  // The decoder passes over what is none of its letters: quotation marks, blanks.
  return parts.length === 3 && /^[\w.-]+$/.test(value) && parts.slice(0, 2).every(isObject)
    ? undefined
    : "must be a JWT: three parts with dots between them";
};

/** base64, on one line, of an unencrypted PEM file with an RSA key of at least 2048 bits. */
export const encryptionPrivateKey: Check = (value) => {
  if (value.includes("-----BEGIN"))
    return "must be the base64 of the PEM file on one line, not the PEM itself";
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return "must be base64 on one line";
  const pem = Buffer.from(value, "base64").toString("utf8");
  if (pem.includes("ENCRYPTED")) return "must be a key without passphrase";
  return rsaProblem(pem);
};

function rsaProblem(pem: string): string | undefined {
  let key;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The reason OpenSSL gives says nothing to the reader and could quote the input.
    return "must be the base64 of a PEM private key";
  }
  if (key.asymmetricKeyType !== "rsa") return "must be an RSA key";
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return bits < 2048 ? `must be an RSA key of 4096 bits, got ${bits}` : undefined;
}

/** Any unencrypted PEM private key. */
export const privateKey: Check = (value) => {
  if (value.includes("ENCRYPTED")) return "must be a key without passphrase";
  try {
    createPrivateKey(value);
    return undefined;
  } catch {
    // As above: the parser's words could quote the key.
    return "must be a PEM private key";
  }
};

/** A kubeconfig's content rather than its path. */
export const kubeconfig: Check = (value) => {
  const problem = kubeconfigProblem(value);
  return problem === "holds no `clusters` and `users`"
    ? "must be the content of a kubeconfig, with `clusters` and `users`; a path belongs into `onprem.kubernetes.kubeconfigPath`"
    : problem;
};

function json(schema: z.ZodType, shape: string): Check {
  return (value) => {
    const parsed = parseJson(value);
    const isRight = structureProblems("", parsed).length === 0 && schema.safeParse(parsed).success;
    return isRight ? undefined : `must be JSON of the form ${shape}`;
  };
}

/** Credentials of pools by name. */
export const workerPoolCredentialsSchema = z.record(
  dnsLabel,
  z.strictObject({ token: z.base64().min(1), privateKey: z.base64().min(1) }),
);

/** JSON of {@link workerPoolCredentialsSchema}. */
export const workerPoolCredentials = json(
  workerPoolCredentialsSchema,
  '{"<pool>": {"token": "<base64>", "privateKey": "<base64>"}}',
);

const environment = z.record(envName, z.string()).default({});

/** Secret variables of the three Secrets. */
export const extraSecretEnvSchema = z.strictObject({
  shared: environment,
  server: environment,
  drain: environment,
});

/** JSON of {@link extraSecretEnvSchema}. */
export const extraSecretEnv = json(
  extraSecretEnvSchema,
  '{"shared": {"NAME": "value"}, "server": {}, "drain": {}}',
);
