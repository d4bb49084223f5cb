import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Problem, setCommand } from "../problems";
import { expandPath } from "./paths";

const pemCertificates = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** What reading a file gives: the value, or the problem to report. */
export type FileResult<T> = { readonly value: T } | { readonly problem: Problem };

/**
 * Reads a certificate (chain) that is given in line or as the path of a file.
 *
 * @returns the PEM text with one certificate after another and a final line break, without anything around them.
 */
export async function readCertificates(
  key: string,
  source: string,
  projectDirectory: string,
): Promise<FileResult<string>> {
  const fail = (problem: string): FileResult<string> => ({
    problem: { key, problem, fix: setCommand(key, "./certificate.pem") },
  });
  const inline = source.includes("-----BEGIN");
  let text = source;
  if (!inline) {
    const path = expandPath(source, projectDirectory);
    try {
      text = await readFile(path, "utf8");
    } catch (error) {
      return fail(`names a file that cannot be read (${errorCode(error)}), got "${path}"`);
    }
  }
  if (text.includes("PRIVATE KEY-----")) return fail("holds a private key: give the certificate alone");
  const certificates = text.match(pemCertificates);
  if (certificates === null) return fail("holds no PEM certificate");
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch {
      // OpenSSL's words name byte offsets; which certificate it is helps more.
      return fail(`holds a certificate that cannot be read, number ${index + 1}`);
    }
  }
  return { value: `${certificates.join("\n")}\n` };
}

/** The system's error code (`ENOENT`), or the message of another error. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
