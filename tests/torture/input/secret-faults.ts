import { createPrivateKey, createPublicKey } from "node:crypto";
import { secretNames, type SecretName } from "../../../config/secrets";
import { minimal, raw, samples } from "../../support/configurations";
import { selfSigned } from "../../support/certificates";
import { spoiled } from "./edits";
import type { Fault } from "./judge";
import type { Oracle } from "./oracles";

const { certificate } = selfSigned("planted.example.com");

const parsesAs =
  (check: (text: string) => unknown): Oracle =>
  (text) => {
    try {
      return check(text) !== false;
    } catch {
      return false;
    }
  };

const isOneLine: Oracle = (text) => text === text.trim() && !/[^\P{Cc}\t]/u.test(text);

const isJwt = parsesAs((text) => {
  const parts = text.split(".");
  const isObject = (part: string): boolean =>
    /^[\w-]+$/.test(part) && typeof JSON.parse(Buffer.from(part, "base64url").toString()) === "object";
  return parts.length === 3 && parts.slice(0, 2).every(isObject) && isOneLine(text);
});

/** With one host, a database URL is one of the URL standard. */
const isDatabaseUrl = parsesAs((text) => {
  const { protocol, username, password, hostname, pathname, hash } = new URL(text);
  const parts = [username, password, pathname.slice(1)].map((part) => decodeURIComponent(part));
  return (
    isOneLine(text) &&
    /^postgres(ql)?:$/.test(protocol) &&
    hostname !== "" &&
    hash === "" &&
    parts.every((part) => part !== "" && !/\p{Cc}/u.test(part)) &&
    !pathname.slice(1).includes("/")
  );
});

const isPrivateKey = parsesAs((text) => createPrivateKey(text));

const isEncryptionKey = parsesAs((text) => {
  const { asymmetricKeyType } = createPrivateKey(Buffer.from(text, "base64"));
  return asymmetricKeyType === "rsa" && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
});

const isJson = parsesAs((text) => typeof JSON.parse(text) === "object" && JSON.parse(text) !== null);

interface SecretFormat {
  readonly isRight: Oracle;
  readonly sample: string;
  /** What is wrong by its content, and is none of the slips. */
  readonly wrong?: readonly string[];
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const publicKey = createPublicKey(samples.rsaPem).export({ type: "spki", format: "pem" }) as string;
const passphrase = createPrivateKey(samples.rsaPem).export({
  type: "pkcs8",
  format: "pem",
  cipher: "aes-256-cbc",
  passphrase: "planted",
}) as string;
const wrongKeys = [
  publicKey,
  passphrase,
  certificate,
  "-----BEGIN PRIVATE KEY-----\nplanted\n-----END PRIVATE KEY-----\n",
];
const line: SecretFormat = { isRight: isOneLine, sample: "planted-secret-of-length" };

/** Aliases that double at every level. */
export const aliasBomb = ["a: &a0 [x, x, x, x, x, x, x, x, x, x]"]
  .concat(
    Array.from(
      { length: 9 },
      (_, index) => `b${index}: &a${index + 1} [${Array(10).fill(`*a${index}`).join(", ")}]`,
    ),
  )
  .concat("clusters: *a9", "users: *a9", "")
  .join("\n");

const formats: Readonly<Record<SecretName, SecretFormat>> = {
  licenseToken: { isRight: isJwt, sample: samples.licenseToken, wrong: [`Bearer ${samples.licenseToken}`] },
  databaseUrl: { isRight: isDatabaseUrl, sample: samples.databaseUrl },
  databaseReadOnlyUrl: { isRight: isDatabaseUrl, sample: samples.databaseUrl },
  adminPassword: { ...line, wrong: ["planted"] },
  encryptionPrivateKey: {
    isRight: isEncryptionKey,
    sample: samples.encryptionPrivateKey,
    wrong: [samples.rsaPem, ...[samples.ecPem, samples.encryptionPrivateKey, ...wrongKeys].map(base64)],
  },
  kubeconfig: {
    isRight: () => true,
    sample: "clusters: []\nusers: [{name: planted}]\n",
    wrong: [
      ...["~/.kube/config", "planted", "clusters: [", "clusters: []\nusers:\n\t- planted\n", "[1]", "null"],
      ...["clusters: []\nclusters: [planted]\nusers: []\n", "users: [planted]\n", aliasBomb],
      ...["[".repeat(200_000), "- ".repeat(200_000), "\n".repeat(400_000), "x".repeat(5_000_000)],
      `clusters: []\nusers: [{${Array.from({ length: 30_000 }, () => "planted: 1").join(", ")}}]\n`,
      base64("clusters: []\nusers: [{name: planted}]\n"),
      ...["clusters: []\nusers: []\n---\nplanted: 1\n", "%YAML 9\nplanted", "\u0000\u0001planted"],
    ],
  },
  registryPassword: line,
  minioAdminPassword: line,
  minioSecretKey: line,
  s3SecretKey: line,
  s3AdminSecretKey: line,
  tlsPrivateKey: {
    isRight: isPrivateKey,
    sample: samples.rsaPem,
    wrong: [...wrongKeys, base64(samples.rsaPem)],
  },
  caPrivateKey: {
    isRight: isPrivateKey,
    sample: samples.ecPem,
    wrong: [...wrongKeys, base64(samples.ecPem)],
  },
  slackClientSecret: line,
  slackSigningSecret: line,
  workerApiKeySecret: line,
  workerPoolCredentials: {
    isRight: isJson,
    sample: `{"gpu": {"token": "${base64("planted")}", "privateKey": "${base64("planted")}"}}`,
    wrong: [
      ...[
        '{"gpu": "planted"}',
        '{"gpu": {}}',
        '{"GPU": {"token": "eA==", "privateKey": "eA=="}}',
        '["planted"]',
      ],
      ...[
        '{"gpu": {"token": "", "privateKey": ""}}',
        '{"__proto__": {"token": "eA==", "privateKey": "eA=="}}',
      ],
      ...[
        `{"gpu": ${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
        '{"gpu": {"token": "not base64 planted", "privateKey": "eA=="}}',
      ],
    ],
  },
  extraSecretEnv: {
    isRight: isJson,
    sample: '{"shared": {"NAME": "planted"}}',
    wrong: [
      ...[
        '{"shared": "planted"}',
        '{"shared": {"NAME": 1}}',
        '{"shared": {"MY-NAME": "planted"}}',
        "NAME=planted",
      ],
      ...[
        '{"all": {"NAME": "planted"}}',
        '{"shared": {"__proto__": "planted"}}',
        '{"shared": {"NAME": null}}',
      ],
    ],
  },
};

const { values, encrypted } = raw(minimal);

function faultOf(name: SecretName, text: string, index: number): Fault {
  return {
    kind: "a wrong secret",
    subject: `${name} ${index}`,
    raw: { values: { ...values, [name]: text }, encrypted: new Set([...encrypted, name]) },
    keys: [name],
  };
}

/** Secrets that are wrong: never shown, and those stored in plain refused whatever they are. */
export const secretFaults = (seed: number, byChance: number): readonly Fault[] =>
  secretNames.flatMap((name) => {
    const { isRight, sample, wrong = [] } = formats[name];
    const texts = spoiled(sample, seed, byChance).filter((text) => text !== "" && !isRight(text));
    const plain: Fault = {
      kind: "a secret in plain",
      subject: name,
      raw: {
        values: { ...values, [name]: sample },
        encrypted: new Set([...encrypted].filter((each) => each !== name)),
      },
      keys: [name],
    };
    return [plain, ...[...wrong, ...texts].map((text, index) => faultOf(name, text, index))];
  });
