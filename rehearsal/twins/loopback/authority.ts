import {
  createPrivateKey,
  createSign,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  X509Certificate,
} from "node:crypto";
import { isIP } from "node:net";
import { table, type WorldState } from "../framework";

/** A certificate and its key, PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly privateKey: string;
}

// The few kinds of values a certificate is made of, in the encoding that certificates have (DER).
const encode = (tag: number, ...contents: Buffer[]): Buffer => {
  const body = Buffer.concat(contents);
  const size = body.length.toString(16);
  const bytes = Buffer.from(size.length % 2 === 0 ? size : `0${size}`, "hex");
  const length = body.length < 128 ? Buffer.from([body.length]) : Buffer.from([128 + bytes.length, ...bytes]);
  return Buffer.concat([Buffer.from([tag]), length, body]);
};
const sequence = (...parts: Buffer[]): Buffer => encode(0x30, ...parts);
const text = (value: string): Buffer => encode(0x0c, Buffer.from(value));
const bits = (content: Buffer): Buffer => encode(0x03, Buffer.from([0]), content);
const wholeNumber = (content: Buffer): Buffer => encode(0x02, content);
const time = (date: Date): Buffer =>
  encode(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`));
const named = (commonName: string): Buffer => sequence(encode(0x31, sequence(COMMON_NAME, text(commonName))));
const address = (ip: string): Buffer => encode(0x87, Buffer.from(ip.split(".").map(Number)));
const alternative = (name: string): Buffer =>
  isIP(name) === 4 ? address(name) : encode(0x82, Buffer.from(name));

const COMMON_NAME = Buffer.from("0603550403", "hex");
const ECDSA_WITH_SHA256 = Buffer.from("300a06082a8648ce3d040302", "hex");
const SUBJECT_ALTERNATIVE_NAME = Buffer.from("0603551d11", "hex");
const BASIC_CONSTRAINTS = Buffer.from("0603551d13", "hex");
const TRUE = Buffer.from("0101ff", "hex");

const YEARS = 10;
// A recorded world may come up where the clock is behind that of the machine it was made on.
const YEARS_BACK = 5;
const YEAR_MS = 365 * 86_400_000;

const authorities = table<KeyPair>("loopback/authority");

/** The authority that vouches for all servers of a world; made when it is first asked for. */
export function authorityOf(state: WorldState): KeyPair {
  const rows = authorities.of(state);
  const found = rows.get("world");
  if (found) return found;
  const { publicKey, privateKey } = newKeys();
  // Of two authorities with one name, which an environment inside another has, OpenSSL tries the first alone.
  const name = `simulated authority ${randomBytes(4).toString("hex")}`;
  const made = certify({ subject: name, issuer: name }, publicKey, privateKey, [
    sequence(BASIC_CONSTRAINTS, TRUE, encode(0x04, sequence(TRUE))),
  ]);
  const pair = { certificate: made, privateKey: pemOf(privateKey) };
  rows.set("world", pair);
  return pair;
}

const certificates = table<KeyPair>("loopback/certificate");

/** The certificate of a host or user: issued when it is first asked for, and the same ever after. */
export function certificateOf(state: WorldState, name: string): KeyPair {
  const rows = certificates.of(state);
  const pair = rows.get(name) ?? issueCertificate(authorityOf(state), [name]);
  rows.set(name, pair);
  return pair;
}

/** Issues one certificate for each host, when it is first asked for. */
export function identitiesOf(authority: KeyPair): (host: string) => KeyPair {
  const known = new Map<string, KeyPair>();
  return (host) => {
    const identity = known.get(host) ?? issueCertificate(authority, [host]);
    known.set(host, identity);
    return identity;
  };
}

/** Issues a certificate for names and IPv4 addresses, valid for ten years. */
export function issueCertificate(authority: KeyPair, names: readonly string[]): KeyPair {
  const { publicKey, privateKey } = newKeys();
  const extension = encode(0x04, sequence(...names.map(alternative)));
  const [first = "nobody"] = names;
  const issuer = new X509Certificate(authority.certificate).subject.replace("CN=", "");
  const certificate = certify({ subject: first, issuer }, publicKey, createPrivateKey(authority.privateKey), [
    sequence(SUBJECT_ALTERNATIVE_NAME, extension),
  ]);
  return { certificate, privateKey: pemOf(privateKey) };
}

const newKeys = (): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } =>
  generateKeyPairSync("ec", { namedCurve: "P-256" });

const pemOf = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();

function certify(
  { subject, issuer }: { readonly subject: string; readonly issuer: string },
  publicKey: KeyObject,
  signer: KeyObject,
  extensions: readonly Buffer[],
): string {
  const now = Date.now();
  const body = sequence(
    encode(0xa0, wholeNumber(Buffer.from([2]))),
    wholeNumber(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    named(issuer),
    sequence(time(new Date(now - YEARS_BACK * YEAR_MS)), time(new Date(now + YEARS * YEAR_MS))),
    named(subject),
    publicKey.export({ type: "spki", format: "der" }),
    encode(0xa3, sequence(...extensions)),
  );
  const signature = createSign("sha256").update(body).sign(signer);
  const der = sequence(body, ECDSA_WITH_SHA256, bits(signature));
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
