import { text } from "node:stream/consumers";
import { cloudEndpoints } from "../../automation/azure/http";
import { proxyOf } from "../../peers/proxy";
import { answerTo } from "./azure/api/service";
import { CLIENT_SECRET, subscriptionView } from "./azure/api/view";
import { isServedByAzure } from "./azure/cluster/integration";
import { clientOf } from "./azure/config";
import type { World } from "./framework";
import { ApiServer } from "./kubernetes/api/api-server";
import { builtIn, SERVER_VERSION } from "./kubernetes/api/built-in";
import { WorldObjects } from "./kubernetes/api/world-objects";
import { servedHost } from "./kubernetes/ingress-front";
import { authorityOf, identitiesOf } from "./loopback/authority";
import { answering, type SimulatedHost, startProxy } from "./loopback/proxy";

/** Host of the API server of a simulated cluster on-premises. No DNS knows it: it is reached by the proxy. */
export const SIMULATED_API_SERVER = "kubernetes.invalid";

/** What is there of the network. */
export interface SimulatedNetwork {
  /** Environment in which commands find it. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Where the services of Azure answer, whatever the cloud. */
const azureHosts: ReadonlySet<string> = new Set(
  Object.values(cloudEndpoints).flatMap(({ resourceManager, authority }) =>
    [resourceManager, authority].map((origin) => new URL(origin).hostname),
  ),
);

/** What is simulated of the network. */
export interface NetworkOptions {
  readonly cluster: boolean;
  readonly azure: boolean;
}

/**
 * Starts the proxy by which commands reach what is simulated: Azure Resource Manager and the login to it, the API server
 * of the cluster, and at the hosts of its Ingresses what they lead to. Everything else goes where it would go without.
 */
export async function startNetwork(
  world: World,
  { cluster, azure }: NetworkOptions,
): Promise<SimulatedNetwork> {
  const server = new ApiServer({
    objects: new WorldObjects(world, builtIn),
    userOf: () => "rehearsal",
    version: () => SERVER_VERSION,
  });
  const answer = answering((request, response) => server.answer(request, response));
  const identityOf = identitiesOf(world.change(authorityOf));
  const find = (host: string): SimulatedHost | undefined => {
    if (azure && azureHosts.has(host))
      return { identity: identityOf(host), answer: answerAsAzure(world, host) };
    if (!cluster) return undefined;
    const isApiServer = host === SIMULATED_API_SERVER || world.read((state) => isServedByAzure(state, host));
    if (isApiServer) return { identity: identityOf(host), answer };
    const served = servedHost(world, host);
    // What controllers show where they have no certificate for a host.
    return served && { ...served, identity: served.identity ?? identityOf("ingress.local") };
  };
  const before = { ...process.env };
  const proxy = await startProxy({ find, upstream: (host) => proxyOf(host, before) });
  return {
    env: {
      HTTPS_PROXY: proxy.url,
      NO_PROXY: "localhost,127.0.0.1,::1",
      ...(azure && login()),
    },
    close: proxy.close,
  };
}

const answerAsAzure = (world: World, host: string): SimulatedHost["answer"] =>
  answering(async (request, response) => {
    const body = await text(request);
    const origin = `https://${host}`;
    const url = new URL(request.url ?? "/", origin);
    const [, subscription = ""] = /^\/subscriptions\/([^/]+)/.exec(url.pathname) ?? [];
    const view = world.read((state) => subscriptionView(state, subscription));
    const answer = answerTo(view, origin, url, request, body);
    response
      .writeHead(answer.status, { "content-type": "application/json; charset=utf-8", ...answer.headers })
      .end(JSON.stringify(answer.body));
  });

/** The application that deploys to the simulated Azure. */
function login(): Readonly<Record<string, string>> {
  const { tenantId, clientId } = clientOf({});
  return { ARM_TENANT_ID: tenantId, ARM_CLIENT_ID: clientId, ARM_CLIENT_SECRET: CLIENT_SECRET };
}
