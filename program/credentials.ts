import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { EncryptionKey } from "../components/spacelift/encryption-key";
import type { Kept, SecretString } from "../components/platform/platform";
import type { Configuration } from "../config/load";

/** Secrets of the installation, given or generated. */
export interface Credentials {
  /** Left out where the administrator cannot log in. */
  readonly adminPassword?: SecretString;
  readonly encryptionPrivateKey: SecretString;
  /** Whether the encryption key was generated: nobody has a copy of it then. */
  readonly generatedKey: boolean;
  /** What a destroy leaves behind. */
  readonly kept: readonly Kept[];
}

const generatedPassword = (): SecretString =>
  pulumi.secret(new random.RandomPassword("admin-password", { length: 32, special: false }).result);

/** Takes the secrets that are given and generates the others, once. */
export function createCredentials({ settings, secrets }: Configuration): Credentials {
  const admin = settings.adminLogin ? { adminPassword: secrets.adminPassword ?? generatedPassword() } : {};
  if (secrets.encryptionPrivateKey) {
    return {
      ...admin,
      encryptionPrivateKey: secrets.encryptionPrivateKey,
      generatedKey: false,
      kept: [],
    };
  }
  const key = new EncryptionKey("encryption-key", { protectData: settings.protectData });
  return {
    ...admin,
    encryptionPrivateKey: key.privateKey,
    generatedKey: true,
    kept: settings.protectData
      ? [
          {
            what: "the generated encryption key, in the stack's state",
            remove: "pulumi config set spacelift:protectData false, then pulumi up",
          },
        ]
      : [],
  };
}
