import { lookup } from "node:dns/promises";

/** Gives the addresses of a host name; none when it does not exist. Rejects when nobody can be asked. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

/** Asks as every other program of this machine would, its hosts file included. */
export const systemResolver: ResolveHost = async (host) => {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOTFOUND") return [];
    throw error;
  }
};

/** Why a peer could not be talked to. */
export interface ConnectionProblem {
  /** `network`: no way there, or nobody answers. `certificate`: the peer cannot prove who it is. */
  readonly kind: "network" | "certificate";
  /** Whether another CA to trust would fix it. */
  readonly untrusted: boolean;
  /** Whether the peer answers, but without TLS. */
  readonly withoutTls?: boolean;
  /** What is wrong, in words that follow the peer's name; no secret. */
  readonly reason: string;
}

const NO_TLS = "does not speak TLS there";

const network: Readonly<Record<string, string>> = {
  ENOTFOUND: "has a name that does not resolve",
  EAI_AGAIN: "has a name that cannot be resolved: the name server does not answer",
  ECONNREFUSED: "refuses the connection: nothing listens there",
  ECONNRESET: "closes the connection",
  EPIPE: "closes the connection",
  EHOSTUNREACH: "cannot be reached: no route to the host",
  ENETUNREACH: "cannot be reached: no route to the network",
  ETIMEDOUT: "does not answer in time",
  EACCES: "may not be opened by this user",
  ENOENT: "does not exist",
  EPROTO: NO_TLS,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
};

const untrusted: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "has a self-signed certificate",
  SELF_SIGNED_CERT_IN_CHAIN: "has a certificate of a CA that is not trusted",
  UNABLE_TO_GET_ISSUER_CERT: "has a certificate of a CA that is not trusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "has a certificate of a CA that is not trusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "has a certificate of a CA that is not trusted, or does not send the certificates in between",
  CERT_SIGNATURE_FAILURE: "has a certificate that the trusted CA of that name did not sign",
};

const invalid: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "has a certificate that has expired",
  CERT_NOT_YET_VALID: "has a certificate that is not valid yet",
};

/** Puts what went wrong with a connection into words. An error that is none of a connection comes out as its message. */
export function connectionProblem(error: unknown): ConnectionProblem {
  const code = codeOf(error);
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return { kind: "certificate", untrusted: false, reason: `has a certificate ${identityProblem(error)}` };
  }
  const distrust = untrusted[code];
  if (distrust !== undefined) return { kind: "certificate", untrusted: true, reason: distrust };
  const defect = invalid[code];
  if (defect !== undefined) return { kind: "certificate", untrusted: false, reason: defect };
  const reason = network[code] ?? `fails: ${messageOf(error)}`;
  return { kind: "network", untrusted: false, reason, ...(reason === NO_TLS && { withoutTls: true }) };
}

/** The code of an error; of several attempts at once, that of the first. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const identityProblem = (error: unknown): string =>
  error instanceof Error && "reason" in error && typeof error.reason === "string"
    ? error.reason
    : "for another name";
