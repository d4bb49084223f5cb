import * as https from "node:https";
import { type LookupFunction, isIP } from "node:net";
import { type ConnectionOptions, type SecureContext, TLSSocket } from "node:tls";
import { connectionProblem } from "../../peers/connection-problem";
import { goServerIdentity } from "../../peers/server-identity";
import { proxyAgent, proxyOf } from "../../kubernetes/proxy";

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
export function probe(options: ProbeOptions): Promise<ProbeResult> {
  const { host, through, addresses, path, port = 443, trust, env, signal } = options;
  const proxy = through === undefined ? proxyOf(host, env) : undefined;
  return new Promise((fulfil) => {
    let tls: ProbeResult["tls"];
    const fail = (error: unknown): void => {
      const problem = signal.aborted ? "does not answer in time" : connectionProblem(error).reason;
      fulfil({ ...(tls && { tls }), problem });
    };
    const how: https.RequestOptions & Pick<ConnectionOptions, "secureContext"> = {
      host: through ?? host,
      port,
      path,
      servername: host,
      headers: {
        host: port === 443 ? host : `${host}:${port}`,
        accept: "*/*",
        "user-agent": "spacelift-selfhosted",
      },
      rejectUnauthorized: false,
      checkServerIdentity: goServerIdentity,
      agent: proxy === undefined ? new https.Agent({ keepAlive: false }) : proxyAgent(proxy),
      secureContext: trust,
      ...(through === undefined && { lookup: known(addresses) }),
      signal,
    };
    const request = https.get(how);
    request.on("error", fail);
    request.on("response", (response) => {
      tls = tlsOf(response.socket) ?? tls;
      response.resume();
      fulfil({
        ...(tls && { tls }),
        ...(response.statusCode !== undefined && { status: response.statusCode }),
      });
      // The headers say it all.
      response.destroy();
    });
    request.on("socket", (socket) => {
      // Tunnelled connections arrive with TLS established.
      socket.on("secureConnect", () => {
        tls = tlsOf(socket) ?? tls;
      });
    });
  });
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

function tlsOf(socket: unknown): ProbeResult["tls"] {
  if (!(socket instanceof TLSSocket)) return undefined;
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
