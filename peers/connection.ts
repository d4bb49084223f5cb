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
  ABORT_ERR: "does not answer in time",
  HPE_HEADER_OVERFLOW: "answers with a head that is too large",
  ERR_BODY_TOO_LARGE: "answers with far more than was asked for: too much to read",
};

/** What OpenSSL says about a handshake, in its code or in its message, and what that means. */
const handshakes: readonly (readonly [RegExp, string])[] = [
  [/wrong version number|packet length too long|http request|record layer failure/, NO_TLS],
  [
    /alert protocol version|unsupported protocol|version too low/,
    "speaks old versions of TLS alone: 1.2 is the least",
  ],
  [
    /handshake failure|no shared cipher|insufficient security/,
    "ends the TLS handshake: it has no cipher in common with this machine, or asks for a client certificate",
  ],
  [
    /certificate required|alert bad certificate|alert certificate unknown|alert unknown ca/,
    "asks for a client certificate that it trusts",
  ],
  [/unrecognized name/, "serves no host of that name over TLS"],
];

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
  const reason = network[code] ?? protocolProblem(code, error) ?? `fails: ${messageOf(error)}`;
  return { kind: "network", untrusted: false, reason, ...(reason === NO_TLS && { withoutTls: true }) };
}

/** Whether an error is one of a connection or of what is spoken on it, and none of a program. */
export function isConnectionError(error: unknown): boolean {
  const code = codeOf(error);
  return (
    code === "ERR_TLS_CERT_ALTNAME_INVALID" ||
    [network, untrusted, invalid].some((known) => code in known) ||
    protocolProblem(code, error) !== undefined
  );
}

/** What is wrong with the language of a peer: of HTTP by the parser's code, of TLS by OpenSSL's words. */
function protocolProblem(code: string, error: unknown): string | undefined {
  if (code.startsWith("HPE_")) return "does not speak HTTP there";
  if (code !== "EPROTO" && !code.startsWith("ERR_SSL_")) return undefined;
  const words = `${code.replaceAll("_", " ")} ${messageOf(error)}`.toLowerCase();
  return handshakes.find(([said]) => said.test(words))?.[1] ?? "does not get through a TLS handshake";
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
