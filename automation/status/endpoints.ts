import { type SecureContext, createSecureContext } from "node:tls";
import type { Settings } from "../../config/settings";
import { systemResolver } from "../../peers/connection";
import { proxyOf } from "../../peers/proxy";
import { machineCas } from "../../peers/trust";
import { type ProbeResult, probe } from "./probe";
import type { EndpointStatus } from "./report";

/** What the endpoints are reached with. */
export interface EndpointOptions {
  /** Further certificates to trust, PEM. */
  readonly authorities: readonly string[];
  /** Addresses of the Ingress, to fall back to. */
  readonly ingressAddresses: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Port to connect to. @default 443 */
  readonly port?: number;
  /** Looks a name up; empty when it is unknown. @default - the system's resolver */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

interface Endpoint {
  readonly name: EndpointStatus["name"];
  readonly host: string;
  readonly path: string;
}

/** What clients connect to. The pods' own probes are not reachable from outside: their readiness is in the workloads. */
function endpointsOf({ domain, vcsGateway }: Pick<Settings, "domain" | "vcsGateway">): readonly Endpoint[] {
  return [
    { name: "ui", host: domain, path: "/" },
    // Read by clouds that trust the tokens of runs.
    { name: "federation", host: domain, path: "/.well-known/openid-configuration" },
    ...(vcsGateway ? [{ name: "vcs-gateway" as const, host: vcsGateway.domain, path: "/" }] : []),
  ];
}

/** Connects to everything that clients connect to, by name, or by the Ingress's address while DNS does not know the name. */
export async function readEndpoints(
  settings: Pick<Settings, "domain" | "vcsGateway">,
  options: EndpointOptions,
): Promise<readonly EndpointStatus[]> {
  const trust = createSecureContext({ ca: [...(await machineCas(options.env, ...options.authorities))] });
  return Promise.all(endpointsOf(settings).map((endpoint) => check(endpoint, trust, options)));
}

async function check(
  { name, host, path }: Endpoint,
  trust: SecureContext,
  options: EndpointOptions,
): Promise<EndpointStatus> {
  const started = performance.now();
  const { resolve = systemResolver, ingressAddresses, env, signal, port } = options;
  // Unknown, or nobody to ask: either way the name leads nowhere from here.
  const addresses = await resolve(host).catch(() => []);
  const [fallback] = ingressAddresses;
  const common = { name, url: `https://${host}${path}` };
  const finish = (): number => Math.round(performance.now() - started);
  const reach = (through?: string): Promise<ProbeResult> =>
    probe({
      host,
      path,
      env,
      signal,
      trust,
      ...(port !== undefined && { port }),
      addresses,
      ...(through !== undefined && { through }),
    });
  const isUnknown = addresses.length === 0;
  // A proxy looks names up by itself, in a DNS that may know more.
  const named = isUnknown && proxyOf(host, env) === undefined ? undefined : await reach();
  // One that knows no more refuses the tunnel: TLS never comes about.
  const byIngress = isUnknown && named?.tls === undefined && fallback !== undefined;
  const result = byIngress ? await reach(fallback) : named;
  if (!result) {
    const reason = `DNS does not know ${host}, and the Ingress has no address`;
    return { ...common, via: "dns", ok: false, reason, addresses, milliseconds: finish() };
  }
  return {
    ...common,
    via: byIngress ? "ingress" : "dns",
    ...judge(name, result),
    ...(result.status !== undefined && { status: result.status }),
    ...(result.tls && { tls: result.tls }),
    addresses: byIngress ? ingressAddresses : addresses,
    milliseconds: finish(),
  };
}

function judge(
  name: Endpoint["name"],
  { status, tls, problem }: ProbeResult,
): Pick<EndpointStatus, "ok" | "reason"> {
  if (tls && !tls.trusted) return { ok: false, reason: `it ${tls.problem ?? "is not trusted"}` };
  // It speaks gRPC alone: to have come as far as TLS, or to a complaint about the protocol, is all that can be seen.
  if (name === "vcs-gateway" && tls && (status === undefined || ![404, 502, 503, 504].includes(status))) {
    return { ok: true, reason: "it accepts TLS connections" };
  }
  if (status === undefined) return { ok: false, reason: `it ${problem ?? "does not answer"}` };
  if (status === 404) return { ok: false, reason: "the ingress controller does not know it (404)" };
  if (status >= 500)
    return { ok: false, reason: `it answers ${status}: no server is behind it, or it fails` };
  return { ok: true, reason: `it answers ${status}` };
}
