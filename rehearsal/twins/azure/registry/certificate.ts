import { createHash, createSign, generateKeyPairSync, randomBytes } from "node:crypto";

/** A certificate and its key, PEM. */
export interface Certificate {
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
const name = (commonName: string): Buffer => sequence(encode(0x31, sequence(COMMON_NAME, text(commonName))));

const COMMON_NAME = Buffer.from("0603550403", "hex");
const ECDSA_WITH_SHA256 = Buffer.from("300a06082a8648ce3d040302", "hex");
const SUBJECT_ALTERNATIVE_NAME = Buffer.from("0603551d11", "hex");
const BASIC_CONSTRAINTS = Buffer.from("0603551d13", "hex");
const TRUE = Buffer.from("0101ff", "hex");

/** Makes a certificate for `localhost` and `127.0.0.1` that signs itself, valid for ten years. */
export function certifyLoopback(now = new Date()): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const from = new Date(now.getTime() - 86_400_000);
  const until = new Date(now.getTime() + 3650 * 86_400_000);
  const issuer = name("registries of a rehearsal");
  const names = sequence(encode(0x82, Buffer.from("localhost")), encode(0x87, Buffer.from([127, 0, 0, 1])));
  const extensions = encode(
    0xa3,
    sequence(
      sequence(BASIC_CONSTRAINTS, TRUE, encode(0x04, sequence(TRUE))),
      sequence(SUBJECT_ALTERNATIVE_NAME, encode(0x04, names)),
    ),
  );
  const body = sequence(
    encode(0xa0, wholeNumber(Buffer.from([2]))),
    wholeNumber(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    issuer,
    sequence(time(from), time(until)),
    issuer,
    publicKey.export({ type: "spki", format: "der" }),
    extensions,
  );
  const signature = createSign("sha256").update(body).sign(privateKey);
  const der = sequence(body, ECDSA_WITH_SHA256, bits(signature));
  return {
    certificate: toPem("CERTIFICATE", der),
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** A short text that tells one certificate from another. */
export function fingerprint({ certificate }: Certificate): string {
  return createHash("sha256").update(certificate).digest("hex").slice(0, 16);
}

function toPem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
