import { createHash, createPublicKey, generateKeyPair, type KeyObject, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { defineResource, defineTwin, numeric, type Properties, text, textOf } from "./framework";

const generate = promisify(generateKeyPair);
const CURVES: Readonly<Record<string, string>> = {
  P224: "secp224r1",
  P256: "P-256",
  P384: "P-384",
  P521: "P-521",
};

async function drawKey(inputs: Properties): Promise<KeyObject> {
  switch (textOf(inputs["algorithm"])) {
    case "RSA":
      return (await generate("rsa", { modulusLength: Number(inputs["rsaBits"]) })).privateKey;
    case "ECDSA":
      return (await generate("ec", { namedCurve: CURVES[textOf(inputs["ecdsaCurve"])] ?? "secp224r1" }))
        .privateKey;
    default:
      return (await generate("ed25519")).privateKey;
  }
}

function describeKey(inputs: Properties, key: KeyObject): Properties {
  const publicKey = createPublicKey(key);
  const pkcs8 = pem(key, "pkcs8");
  const traditional = { RSA: "pkcs1", ECDSA: "sec1" } as const;
  const algorithm = textOf(inputs["algorithm"]);
  const described: Properties = {
    ...inputs,
    privateKeyPem: algorithm === "RSA" || algorithm === "ECDSA" ? pem(key, traditional[algorithm]) : pkcs8,
    privateKeyPemPkcs8: pkcs8,
    publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
  const ssh = opensshPublicKey(publicKey);
  if (ssh === undefined) return described;
  const blob = Buffer.from(ssh.split(" ")[1] ?? "", "base64");
  const md5 = createHash("md5").update(blob).digest("hex").match(/../g)?.join(":") ?? "";
  return {
    ...described,
    privateKeyOpenssh: opensshPrivateKey(key),
    publicKeyOpenssh: `${ssh}\n`,
    publicKeyFingerprintMd5: md5,
    publicKeyFingerprintSha256: `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`,
  };
}

function pem(key: KeyObject, type: "pkcs1" | "pkcs8" | "sec1"): string {
  // The type has been chosen to suit the algorithm of the key.
  return key.export({ type: type, format: "pem" }).toString();
}

const privateKey = defineResource({
  inputs: {
    algorithm: text({ required: true, oneOf: ["RSA", "ECDSA", "ED25519"] }),
    rsaBits: numeric({ integer: true, min: 512 }),
    ecdsaCurve: text({ oneOf: Object.keys(CURVES) }),
  },
  computed: [
    "privateKeyOpenssh",
    "privateKeyPem",
    "privateKeyPemPkcs8",
    "publicKeyFingerprintMd5",
    "publicKeyFingerprintSha256",
    "publicKeyOpenssh",
    "publicKeyPem",
  ],
  secretOutputs: ["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"],
  normalise: (inputs) => ({ ecdsaCurve: "P224", rsaBits: 2048, ...inputs }),
  async create(inputs) {
    const outputs = describeKey(inputs, await drawKey(inputs));
    return { id: createHash("sha1").update(textOf(outputs["publicKeyPem"])).digest("hex"), outputs };
  },
});

/** Simulates the tls provider; its keys are real ones. */
export const tlsTwin = defineTwin({
  package: "tls",
  version: "5.6.1",
  config: {},
  resources: { "tls:index/privateKey:PrivateKey": privateKey },
});

/** Renders a public key as OpenSSH does, without comment or line end; `undefined` for kinds OpenSSH does not know. */
export function opensshPublicKey(key: KeyObject): string | undefined {
  const blob = publicBlob(key);
  return blob === undefined ? undefined : `${blob.kind} ${blob.bytes.toString("base64")}`;
}

/** Renders an RSA or Ed25519 private key in the container of OpenSSH, unencrypted; others as PKCS#8. */
export function opensshPrivateKey(key: KeyObject): string {
  const blob = publicBlob(createPublicKey(key));
  const secret = blob === undefined ? undefined : privateFields(key, blob);
  if (blob === undefined || secret === undefined)
    return key.export({ type: "pkcs8", format: "pem" }).toString();
  const check = randomBytes(4);
  const body = Buffer.concat([check, check, secret, string("")]);
  const padding = Buffer.from(Array.from({ length: (8 - (body.length % 8)) % 8 }, (_, index) => index + 1));
  const container = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    string("none"),
    string("none"),
    string(""),
    Buffer.from([0, 0, 0, 1]),
    string(blob.bytes),
    string(Buffer.concat([body, padding])),
  ]);
  const lines = container.toString("base64").match(/.{1,70}/g) ?? [];
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join(
    "\n",
  );
}

interface Blob {
  readonly kind: string;
  readonly bytes: Buffer;
}

function publicBlob(key: KeyObject): Blob | undefined {
  const jwk = key.export({ format: "jwk" });
  if (key.asymmetricKeyType === "rsa") return blobOf("ssh-rsa", [integer(jwk.e), integer(jwk.n)]);
  if (key.asymmetricKeyType === "ed25519") return blobOf("ssh-ed25519", [string(bytes(jwk.x))]);
  const curve = { "P-256": "nistp256", "P-384": "nistp384", "P-521": "nistp521" }[jwk.crv ?? ""];
  if (key.asymmetricKeyType !== "ec" || curve === undefined) return undefined;
  const point = Buffer.concat([Buffer.from([4]), bytes(jwk.x), bytes(jwk.y)]);
  return blobOf(`ecdsa-sha2-${curve}`, [string(curve), string(point)]);
}

function privateFields(key: KeyObject, blob: Blob): Buffer | undefined {
  const jwk = key.export({ format: "jwk" });
  if (key.asymmetricKeyType === "rsa") {
    const numbers = [jwk.n, jwk.e, jwk.d, jwk.qi, jwk.p, jwk.q].map(integer);
    return Buffer.concat([string(blob.kind), ...numbers]);
  }
  if (key.asymmetricKeyType === "ed25519") {
    const open = bytes(jwk.x);
    return Buffer.concat([string(blob.kind), string(open), string(Buffer.concat([bytes(jwk.d), open]))]);
  }
  return undefined;
}

function blobOf(kind: string, parts: readonly Buffer[]): Blob {
  return { kind, bytes: Buffer.concat([string(kind), ...parts]) };
}

function bytes(base64url: string | undefined): Buffer {
  return Buffer.from(base64url ?? "", "base64url");
}

/** A length and then the bytes. */
function string(content: string | Buffer): Buffer {
  const data = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, data]);
}

/** An unsigned number, with a zero in front where its highest bit would read as a sign. */
function integer(base64url: string | undefined): Buffer {
  const data = bytes(base64url);
  return string((data[0] ?? 0) > 127 ? Buffer.concat([Buffer.from([0]), data]) : data);
}
