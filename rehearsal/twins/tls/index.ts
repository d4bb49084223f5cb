import { createHash, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { defineResource, defineTwin, numeric, type Properties, text, textOf } from "../framework";
import { opensshPrivateKey, opensshPublicKey } from "./openssh";

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
