import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate and its key, PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly privateKey: string;
}

/** A certificate authority of the tests'. */
export interface Authority extends KeyPair {
  /**
   * Issues a certificate.
   *
   * @param names subject alternative names as OpenSSL writes them: `DNS:localhost`, `IP:127.0.0.1`; none: no such extension
   */
  readonly issue: (names: readonly string[], days?: number) => KeyPair;
}

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** Makes an authority with the system's OpenSSL. */
export function authority(commonName: string): Authority {
  const own = inFolder((folder) => {
    const subject = ["-subj", `/CN=${commonName}`, "-addext", "basicConstraints=critical,CA:TRUE"];
    openssl(folder, ["req", "-x509", ...newKey, "-days", "30", ...subject, "-keyout", "key", "-out", "crt"]);
    return pair(folder);
  });
  return { ...own, issue: (names, days = 30) => inFolder((folder) => issue(folder, own, names, days)) };
}

function issue(folder: string, own: KeyPair, names: readonly string[], days: number): KeyPair {
  writeFileSync(join(folder, "ca.crt"), own.certificate);
  writeFileSync(join(folder, "ca.key"), own.privateKey);
  writeFileSync(join(folder, "ext"), names.length === 0 ? "" : `subjectAltName=${names.join(",")}\n`);
  openssl(folder, ["req", "-new", ...newKey, "-subj", "/CN=localhost", "-keyout", "key", "-out", "csr"]);
  const by = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"];
  openssl(folder, [
    "x509",
    "-req",
    "-in",
    "csr",
    ...by,
    "-days",
    String(days),
    "-extfile",
    "ext",
    "-out",
    "crt",
  ]);
  return pair(folder);
}

const openssl = (cwd: string, args: readonly string[]): void => {
  execFileSync("openssl", args, { cwd, stdio: "pipe" });
};

const pair = (folder: string): KeyPair => ({
  certificate: readFileSync(join(folder, "crt"), "utf8"),
  privateKey: readFileSync(join(folder, "key"), "utf8"),
});

function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "spacelift-test-authority-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
