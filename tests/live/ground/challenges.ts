import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ApiClient, ApiObject } from "./api-client";

interface IngressSpec {
  readonly rules?: readonly {
    readonly host?: string;
    readonly http?: {
      readonly paths: readonly {
        readonly path?: string;
        readonly backend: { readonly service?: { readonly name: string } };
      }[];
    };
  }[];
}

/** Where HTTP-01 challenges are answered. */
export interface ChallengeServer {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/**
 * Answers HTTP-01 challenges as an ingress controller and cert-manager's solver pods do together, of which neither runs here:
 * from host and path to the Ingress, its Service and a pod, and there what the pod was told to say. It takes requests to any
 * host, and those of clients that take it for a proxy.
 */
export async function startChallengeServer(api: ApiClient): Promise<ChallengeServer> {
  const server: Server = createServer((request, response) => {
    const { host, pathname } = new URL(request.url ?? "/", `http://${request.headers.host ?? ""}`);
    void answer(api, host.replace(/:\d+$/, ""), pathname)
      .catch((error: unknown) => ({ status: 500, text: String(error) }))
      .then(({ status, text }) => {
        response.writeHead(status, { "content-type": "text/plain" }).end(text);
      });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  api: ApiClient,
  host: string,
  path: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const missing = (what: string): { readonly status: number; readonly text: string } => ({
    status: 404,
    text: `no ${what} for ${host}${path}`,
  });
  for (const ingress of await api.list("/apis/networking.k8s.io/v1/ingresses")) {
    const service = serviceFor(ingress["spec"] as IngressSpec, host, path);
    if (service === undefined) continue;
    const namespace = `/api/v1/namespaces/${ingress.metadata.namespace ?? ""}`;
    const found = await api.find(`${namespace}/services/${service}`);
    const { selector = {} } = (found?.["spec"] ?? {}) as {
      readonly selector?: Readonly<Record<string, string>>;
    };
    const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
    if (labels.length === 0) return missing("service with a selector");
    const [pod] = await api.list(`${namespace}/pods?labelSelector=${encodeURIComponent(labels.join(","))}`);
    return pod === undefined ? missing("pod") : (saidBy(pod, host, path) ?? missing("answer"));
  }
  return missing("ingress");
}

function serviceFor(spec: IngressSpec, host: string, path: string): string | undefined {
  const paths = (spec.rules ?? [])
    .filter((rule) => rule.host === host)
    .flatMap((rule) => rule.http?.paths ?? []);
  return paths.find((entry) => entry.path === path)?.backend.service?.name;
}

/** What the solver in a pod answers, by the arguments it was started with. */
function saidBy(
  pod: ApiObject,
  host: string,
  path: string,
): { readonly status: number; readonly text: string } | undefined {
  const { containers } = pod["spec"] as {
    readonly containers: readonly { readonly args?: readonly string[] }[];
  };
  const args = new Map(
    containers
      .flatMap(({ args: given = [] }) => given)
      .map((arg) => {
        const [name = "", ...value] = arg.replace(/^--/, "").split("=");
        return [name, value.join("=")] as const;
      }),
  );
  const key = args.get("key");
  if (args.get("domain") !== host || !path.endsWith(`/${args.get("token") ?? ""}`)) return undefined;
  return key === undefined ? undefined : { status: 200, text: key };
}
