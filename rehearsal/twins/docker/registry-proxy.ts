import type { Surroundings } from "../framework";
import { authorityOf, issueCertificate, type KeyPair } from "../loopback/authority";
import { startProxy } from "../loopback/proxy";
import { RegistryApi } from "./registry-api";

/** The simulated registries, at whatever name they have. */
export interface RegistryProxy {
  /** Environment in which a push finds them. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts a proxy on the loopback interface behind which every host is a registry, over TLS or without. */
export async function startRegistryProxy(
  surroundings: Pick<Surroundings, "world" | "clock">,
): Promise<RegistryProxy> {
  const api = new RegistryApi(surroundings);
  const authority = surroundings.world.change(authorityOf);
  const identities = new Map<string, KeyPair>();
  const proxy = await startProxy({
    find: (host, port) => {
      const identity = identities.get(host) ?? issueCertificate(authority, [host]);
      identities.set(host, identity);
      const registry = port === 443 ? host : `${host}:${port}`;
      return { identity, answer: (request, response) => void api.answer(registry, request, response) };
    },
    plain: (request, response) => void api.answer(request.headers.host ?? "", request, response),
  });
  const noExceptions = { NO_PROXY: "", no_proxy: "" };
  return { env: { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, ...noExceptions }, close: proxy.close };
}
