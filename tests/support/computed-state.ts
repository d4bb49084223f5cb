import { generateKeyPairSync } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { azureComputed } from "./azure-state";

// One key for all tests: making one takes a second.
const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

/** Values of the generated secrets, to be looked for where they must not be. */
export const generated = {
  password: (name: string): string => `generated-password-of-${name}`,
  bytes: Buffer.alloc(32, "generated-bytes").toString("base64"),
  privateKeyPem: key.export({ type: "pkcs8", format: "pem" }) as string,
};

type State = Readonly<Record<string, unknown>>;

const computed: Readonly<Record<string, (name: string, inputs: State) => State>> = {
  ...azureComputed,
  "random:index/randomPassword:RandomPassword": (name) => ({
    result: pulumi.secret(generated.password(name)),
  }),
  "random:index/randomBytes:RandomBytes": () => ({ base64: pulumi.secret(generated.bytes) }),
  "tls:index/privateKey:PrivateKey": () => ({ privateKeyPemPkcs8: pulumi.secret(generated.privateKeyPem) }),
  "command:local:Command": () => ({ stdout: "sha256:0123" }),
  "kubernetes:core/v1:Secret": (name, { metadata }) => ({
    // Without a name, the provider makes one up.
    metadata: { name: `${name}-1a2b3c4d`, ...(metadata as object) },
  }),
  "kubernetes:batch/v1:Job": () => ({ status: { completionTime: "2026-01-01T00:00:00Z" } }),
  "kubernetes:helm.sh/v3:Release": (_, inputs) => ({ status: { status: "deployed", name: inputs["name"] } }),
};

/** What the provider of a type adds to the inputs, with secrets marked as it marks them. */
export function computedState(type: string, name: string, inputs: State): State {
  return computed[type]?.(name, inputs) ?? {};
}
