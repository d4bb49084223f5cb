import { readFile } from "node:fs/promises";
import { isNoCommand, runCommand } from "../../peers/run-command";
import { CredentialProblem, type Env } from "./credentials";

const variable = "ARM_CLIENT_CERTIFICATE_PATH";

/**
 * Reads a certificate with its private key, PEM or PKCS#12 as Pulumi's provider takes them, and gives PEM. PKCS#12 is
 * opened by the system's OpenSSL; nothing is written anywhere.
 *
 * @throws CredentialProblem `certificate`
 */
export async function readCertificate(path: string, password: string | undefined, env: Env): Promise<string> {
  let content;
  try {
    content = await readFile(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    throw new CredentialProblem(
      "certificate",
      `the file of ${variable} cannot be read (${code})`,
      `set ${variable} to a PEM or PKCS#12 file`,
    );
  }
  const pem = content.includes("-----BEGIN ") ? content.toString("utf8") : await opened(path, password, env);
  if (pem.includes("-----BEGIN CERTIFICATE-----") && /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem))
    return pem;
  throw new CredentialProblem(
    "certificate",
    `the file of ${variable} does not hold both a certificate and its private key`,
    `set ${variable} to a PEM or PKCS#12 file with both`,
  );
}

async function opened(path: string, password: string | undefined, env: Env): Promise<string> {
  const args = ["pkcs12", "-in", path, "-nodes", "-passin", "env:SPACELIFT_PKCS12_PASSWORD"];
  const withPassword = { ...env, SPACELIFT_PKCS12_PASSWORD: password ?? "" };
  try {
    return await openssl(args, withPassword);
  } catch {
    // OpenSSL 3 needs to be asked for the ciphers of older files.
    return openssl([...args, "-legacy"], withPassword);
  }
}

async function openssl(args: readonly string[], env: Env): Promise<string> {
  const { code, stdout } = await runCommand("openssl", args, { env: { ...env } }).catch((error: unknown) => {
    if (!isNoCommand(error)) throw error;
    throw new CredentialProblem(
      "certificate",
      `the file of ${variable} is PKCS#12, and there is no openssl here to open it`,
      "install OpenSSL, or give the certificate as PEM",
    );
  });
  if (code === 0) return stdout;
  throw new CredentialProblem(
    "certificate",
    `the file of ${variable} is neither PEM, nor PKCS#12 that the password opens`,
    "set ARM_CLIENT_CERTIFICATE_PASSWORD to its password, or give the certificate as PEM",
  );
}
