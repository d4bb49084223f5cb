import { authority, type KeyPair } from "./peers/authority";

/** A self-signed certificate and its key, PEM. */
export function selfSigned(commonName: string): KeyPair {
  const { certificate, privateKey } = authority(commonName);
  return { certificate, privateKey };
}
