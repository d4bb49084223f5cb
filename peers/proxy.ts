import { BlockList, isIP } from "node:net";
import type { Agent } from "node:http";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";

type Env = Readonly<Record<string, string | undefined>>;

/** A proxy that cannot be used; the message does not name it, as its URL may hold a password. */
export class ProxyError extends Error {}

/**
 * The proxy to reach a host by, as `HTTPS_PROXY` (over TLS) or `HTTP_PROXY` and `NO_PROXY` say it, in the rules of Go
 * programs: names, with their subdomains, addresses and ranges.
 *
 * @returns the proxy's URL, or undefined to go directly
 */
export function proxyOf(hostname: string, env: Env, protocol = "https:"): string | undefined {
  const name = protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const proxy = env[name] ?? env[name.toLowerCase()];
  if (proxy === undefined || proxy === "") return undefined;
  if (hostname === "localhost" || /^127\.|^::1$/.test(hostname)) return undefined;
  const exceptions = (env["NO_PROXY"] ?? env["no_proxy"] ?? "").split(",").map((entry) => entry.trim());
  return exceptions.some((entry) => isException(hostname, entry)) ? undefined : proxy;
}

function isException(hostname: string, entry: string): boolean {
  if (entry === "") return false;
  if (entry === "*") return true;
  const version = isIP(hostname);
  const [network = "", bits] = entry.split("/");
  if (bits !== undefined) {
    const family = isIP(network);
    if (family === 0 || family !== version) return false;
    const range = new BlockList();
    const type = family === 4 ? "ipv4" : "ipv6";
    range.addSubnet(network, Number(bits), type);
    return range.check(hostname, type);
  }
  const name = entry.replace(/:\d+$/, "").replace(/^\*?\./, "");
  return hostname === name || (version === 0 && hostname.endsWith(`.${name}`));
}

/** How an agent uses its proxy. */
export interface ProxyAgentOptions {
  /** Whether connections are used again. @default false */
  readonly keepAlive?: boolean;
  /** `http:`: the proxy is asked for the page, as it may tunnel to nothing but TLS. @default "https:" */
  readonly protocol?: string;
}

/**
 * An agent that goes through a proxy.
 *
 * @throws ProxyError for a proxy that is not spoken to by HTTP
 */
export function proxyAgent(
  proxy: string,
  { keepAlive = false, protocol = "https:" }: ProxyAgentOptions = {},
): Agent {
  // Without a scheme, it is a host to speak HTTP to.
  const url = /^[a-z][a-z0-9+]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
  if (!URL.canParse(url) || !/^https?:/i.test(url)) {
    throw new ProxyError("the proxy that HTTPS_PROXY or HTTP_PROXY names is no http(s) URL");
  }
  return new (protocol === "http:" ? HttpProxyAgent : HttpsProxyAgent)(url, { keepAlive });
}
