import { proxyOf } from "../../kubernetes/proxy";
import { isServedByAzure } from "./azure/cluster/integration";
import type { World } from "./framework";
import { ApiServer } from "./kubernetes/api/api-server";
import { builtIn, SERVER_VERSION } from "./kubernetes/api/built-in";
import { WorldObjects } from "./kubernetes/api/world-objects";
import { servedHost } from "./kubernetes/ingress-front";
import { certificateOf } from "./loopback/authority";
import { type SimulatedHost, startProxy } from "./loopback/proxy";

/** Host of the API server of a simulated cluster on-premises. No DNS knows it: it is reached by the proxy. */
export const SIMULATED_API_SERVER = "kubernetes.invalid";

/** What is there of the network. */
export interface SimulatedNetwork {
  /** Environment in which commands find it. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Starts the proxy by which commands reach what is simulated: the API server of the cluster, and at the hosts of its
 * Ingresses what they lead to. Everything else goes where it would go without.
 */
export async function startNetwork(world: World): Promise<SimulatedNetwork> {
  const server = new ApiServer({
    objects: new WorldObjects(world, builtIn),
    userOf: () => "rehearsal",
    version: () => SERVER_VERSION,
  });
  const answer: SimulatedHost["answer"] = (request, response) => {
    void server.answer(request, response);
  };
  const find = (host: string): SimulatedHost | undefined => {
    const isApiServer = host === SIMULATED_API_SERVER || world.read((state) => isServedByAzure(state, host));
    if (!isApiServer) return servedHost(world, host);
    return { identity: world.change((state) => certificateOf(state, host)), answer };
  };
  const before = { ...process.env };
  const proxy = await startProxy({ find, upstream: (host) => proxyOf(host, before) });
  return {
    env: { HTTPS_PROXY: proxy.url, NO_PROXY: "localhost,127.0.0.1,::1" },
    close: proxy.close,
  };
}
