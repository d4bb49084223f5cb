import { generateKeyPairSync, randomBytes } from "node:crypto";
import { asn1, md, pkcs12, pki } from "node-forge";

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
   * @param days how long it is valid; negative: it has expired
   * @param inDays when it becomes valid. @default 0
   */
  readonly issue: (names: readonly string[], days?: number, inDays?: number) => KeyPair;
  /** Makes an authority that this one vouches for. */
  readonly intermediate: (commonName: string) => Authority;
}

interface Wanted {
  readonly commonName: string;
  readonly days: number;
  readonly inDays?: number;
  readonly extensions: readonly object[];
  /** Who signs. @default - the certificate itself */
  readonly issuer?: KeyPair;
}

const DAY_MS = 86_400_000;

/** Makes an authority; no program of the machine is needed for it. */
export const authority = (commonName: string): Authority => authorityBy(commonName);

function authorityBy(commonName: string, issuer?: KeyPair): Authority {
  const constraint = { name: "basicConstraints", cA: true, critical: true };
  const own = certify({ commonName, days: 30, extensions: [constraint], ...(issuer && { issuer }) });
  const issue: Authority["issue"] = (names, days = 30, inDays = 0) => {
    const altNames = names.map(alternative);
    const extensions = names.length === 0 ? [] : [{ name: "subjectAltName", altNames }];
    return certify({ commonName: "localhost", days, inDays, extensions, issuer: own });
  };
  return { ...own, issue, intermediate: (name) => authorityBy(name, own) };
}

/** A certificate and its key as a PKCS #12 archive. */
export function pkcs12Archive({ certificate, privateKey }: KeyPair, password: string): Buffer {
  const archive = pkcs12.toPkcs12Asn1(
    pki.privateKeyFromPem(privateKey),
    [pki.certificateFromPem(certificate)],
    password,
    { algorithm: "3des" },
  );
  return Buffer.from(asn1.toDer(archive).getBytes(), "binary");
}

function certify({ commonName, days, inDays = 0, extensions, issuer }: Wanted): KeyPair {
  const pem = { type: "pkcs8", format: "pem" } as const;
  // Node's own keys: those of node-forge take seconds.
  const pair = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: pem,
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const made = pki.createCertificate();
  made.publicKey = pki.publicKeyFromPem(pair.publicKey);
  // A leading zero bit: a serial number is positive.
  made.serialNumber = `01${randomBytes(15).toString("hex")}`;
  made.validity.notBefore = new Date(Date.now() + (days < 0 ? 2 * days : inDays) * DAY_MS);
  made.validity.notAfter = new Date(Date.now() + (inDays + days) * DAY_MS);
  const subject = [{ name: "commonName", value: commonName }];
  made.setSubject(subject);
  made.setIssuer(issuer ? pki.certificateFromPem(issuer.certificate).subject.attributes : subject);
  made.setExtensions([...extensions]);
  made.sign(pki.privateKeyFromPem(issuer?.privateKey ?? pair.privateKey), md.sha256.create());
  return { certificate: pki.certificateToPem(made).replaceAll("\r\n", "\n"), privateKey: pair.privateKey };
}

const DNS_NAME = 2;
const ADDRESS = 7;

function alternative(name: string): object {
  const [kind, value] = name.split(/:(.*)/s);
  if (kind === "DNS") return { type: DNS_NAME, value };
  if (kind === "IP") return { type: ADDRESS, ip: value };
  throw new Error(`${name} is neither DNS: nor IP:`);
}
