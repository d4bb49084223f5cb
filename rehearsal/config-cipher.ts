import { createCipheriv, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { REHEARSAL_PASSPHRASE } from "./environment";

const derive = promisify(pbkdf2);
const ITERATIONS = 1_000_000;
const keys = new Map<string, Promise<Buffer>>();

/**
 * Gives the function that encrypts a configuration value as the engine's passphrase provider does (AES-256-GCM),
 * for an `encryptionsalt` the engine wrote. It spares a call of the command line for each secret,
 * and no secret passes through arguments or files on its way.
 */
export async function sealerFor(
  encryptionSalt: string,
  passphrase = REHEARSAL_PASSPHRASE,
): Promise<(clear: string) => string> {
  const [version, salt] = encryptionSalt.split(":");
  if (version !== "v1" || salt === undefined)
    throw new Error("the engine wrote an `encryptionsalt` of an unknown kind");
  const id = `${salt} ${passphrase}`;
  const pending = keys.get(id) ?? derive(passphrase, Buffer.from(salt, "base64"), ITERATIONS, 32, "sha256");
  keys.set(id, pending);
  const key = await pending;
  return (clear) => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    const sealed = Buffer.concat([cipher.update(clear, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
  };
}
