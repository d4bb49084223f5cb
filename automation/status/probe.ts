import { type LookupFunction, isIP } from "node:net";
import type { SecureContext, TLSSocket } from "node:tls";
import { connectionProblem } from "../../peers/connection";
import { request } from "../../peers/http";
import { proxyAgent, proxyOf } from "../../peers/proxy";

/** A request to make. */
export interface ProbeOptions {
  readonly host: string;
  readonly path: string;
  /** Address or name to connect to instead of the host, which is named all the same, by SNI and header. */
  readonly through?: string;
  /** Addresses of the host, as they were looked up. */
  readonly addresses: readonly string[];
  /** @default 443 */
  readonly port?: number;
  /** Certificates to trust. Shared between probes: reading those of a machine takes a while. */
  readonly trust: SecureContext;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** What came back. */
export interface ProbeResult {
  /** HTTP status; undefined without an answer. */
  readonly status?: number;
  /** Undefined when no TLS connection came about. */
  readonly tls?: {
    readonly trusted: boolean;
    /** ISO 8601. */
    readonly validTo?: string;
    readonly problem?: string;
    /** Whether a further certificate to trust would fix it. */
    readonly unknownAuthority?: boolean;
  };
  /** Why there was no answer. */
  readonly problem?: string;
}

/**
 * Makes a GET request as a browser would, and looks at the certificate. An untrusted one is reported instead of refused:
 * nothing but the request for a public page is sent.
 */
export async function probe(options: ProbeOptions): Promise<ProbeResult> {
  const { host, through, addresses, path, port = 443, trust, env, signal } = options;
  const proxy = through === undefined ? proxyOf(host, env) : undefined;
  let tls: ProbeResult["tls"];
  try {
    const { status } = await request({
      url: new URL(path, `https://${isIP(through ?? "") === 6 ? `[${through}]` : (through ?? host)}:${port}`),
      headers: {
        host: port === 443 ? host : `${host}:${port}`,
        accept: "*/*",
        "user-agent": "spacelift-selfhosted",
      },
      servername: host,
      secureContext: trust,
      insecure: true,
      onSecure: (socket) => {
        tls = tlsOf(socket);
      },
      agent: proxy === undefined ? undefined : proxyAgent(proxy),
      ...(through === undefined && { lookup: known(addresses) }),
      signal,
      timeoutMs: Number.POSITIVE_INFINITY,
      mostBytes: 0,
    });
    return { ...(tls && { tls }), status };
  } catch (error) {
    const problem = signal.aborted ? "does not answer in time" : connectionProblem(error).reason;
    return { ...(tls && { tls }), problem };
  }
}

/** A lookup that answers what is known already. */
const known =
  (addresses: readonly string[]): LookupFunction =>
  (_, options, give) => {
    const all = addresses.map((address) => ({ address, family: isIP(address) }));
    const [first] = all;
    if (options.all === true) give(null, all);
    else give(null, first?.address ?? "", first?.family);
  };

function tlsOf(socket: TLSSocket): ProbeResult["tls"] {
  const { valid_to: validTo } = socket.getPeerCertificate();
  return {
    trusted: socket.authorized,
    ...(validTo !== "" && { validTo: new Date(validTo).toISOString() }),
    ...(!socket.authorized && mistrust(socket)),
  };
}

function mistrust({ authorizationError }: TLSSocket): { problem: string; unknownAuthority: boolean } {
  // Declared as an error, in fact it is its code.
  const code = String(authorizationError);
  const { reason, untrusted } = connectionProblem(Object.assign(new Error(code), { code }));
  return { problem: reason, unknownAuthority: untrusted };
}
