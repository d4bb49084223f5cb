import { createHmac } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { Env } from "./env";

/** Annotation of a pod that changes with the variables it was started with. */
export const checksumAnnotation = "spacelift.io/env-checksum";

/**
 * A checksum over variables, keyed, so that nobody who can read pods may test guesses of a secret against it.
 *
 * @returns 64 hexadecimal digits, the same for the same variables in any order
 */
export function envChecksum(
  key: string,
  ...environments: readonly Readonly<Record<string, string>>[]
): string {
  const hmac = createHmac("sha256", key);
  for (const environment of environments) {
    const sorted = Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1));
    hmac.update(JSON.stringify(sorted));
    hmac.update("\n");
  }
  return hmac.digest("hex");
}

/** {@link envChecksum} of variables that may not be known yet. Secret, like what it is made of. */
export function envChecksumOutput(
  key: pulumi.Output<string>,
  ...environments: readonly Env[]
): pulumi.Output<string> {
  return pulumi
    .all([key, pulumi.all([...environments])])
    .apply(([plainKey, plain]) => envChecksum(plainKey, ...plain));
}
