import { BlockList, isIP } from "node:net";
import type { Agent } from "node:http";
import { HttpsProxyAgent } from "https-proxy-agent";
import { KubeError } from "./kube-error";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The proxy to reach a host over TLS by, as `HTTPS_PROXY` and `NO_PROXY` say it, in the rules of Go programs: names, with
 * their subdomains, addresses and ranges.
 *
 * @returns the proxy's URL, or undefined to go directly
 */
export function proxyOf(hostname: string, env: Env): string | undefined {
  const proxy = env["HTTPS_PROXY"] ?? env["https_proxy"];
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

/**
 * An agent that tunnels through a proxy.
 *
 * @throws KubeError of kind `configuration` for a proxy that is not spoken to by HTTP
 */
export function proxyAgent(proxy: string): Agent {
  // Without a scheme, it is a host to speak HTTP to.
  const url = /^[a-z][a-z0-9+]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
  if (!URL.canParse(url) || !/^https?:/i.test(url)) {
    // The URL itself stays out of the message: it may hold a password.
    throw new KubeError("configuration", "the proxy of the kubeconfig or of HTTPS_PROXY is no http(s) URL");
  }
  return new HttpsProxyAgent(url);
}
