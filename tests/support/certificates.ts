import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A self-signed certificate and its key, PEM, made by the system's OpenSSL. */
export function selfSigned(commonName: string): {
  readonly certificate: string;
  readonly privateKey: string;
} {
  const folder = mkdtempSync(join(tmpdir(), "spacelift-test-certificate-"));
  try {
    const files = { key: join(folder, "key.pem"), certificate: join(folder, "certificate.pem") };
    const args = [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-days",
      "3650",
    ];
    execFileSync(
      "openssl",
      [...args, "-subj", `/CN=${commonName}`, "-keyout", files.key, "-out", files.certificate],
      {
        stdio: "pipe",
      },
    );
    return {
      certificate: readFileSync(files.certificate, "utf8"),
      privateKey: readFileSync(files.key, "utf8"),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
