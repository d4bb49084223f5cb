import type { Surroundings } from "../framework";
import { authorityOf, identitiesOf } from "../loopback/authority";
import { answering, startProxy } from "../loopback/proxy";
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
  const identityOf = identitiesOf(surroundings.world.change(authorityOf));
  const proxy = await startProxy({
    find: (host, port) => {
      const registry = port === 443 ? host : `${host}:${port}`;
      const answer = answering((request, response) => api.answer(registry, request, response));
      return { identity: identityOf(host), answer };
    },
    plain: answering((request, response) => api.answer(request.headers.host ?? "", request, response)),
  });
  const noExceptions = { NO_PROXY: "", no_proxy: "" };
  return { env: { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, ...noExceptions }, close: proxy.close };
}
