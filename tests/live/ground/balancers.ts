import type { ApiClient, ApiObject } from "./api-client";
import { repeating } from "./repeating";

/**
 * Does what a cloud's controller and an ingress controller do, of which neither runs here: gives load balancers and ingresses
 * an address of the range kept for documentation.
 */
export const startBalancers = (api: ApiClient): { readonly stop: () => Promise<void> } =>
  repeating("load balancers", () => serve(api));

async function serve(api: ApiClient): Promise<void> {
  for (const service of await api.list("/api/v1/services")) {
    const spec = service["spec"] as { readonly type?: string; readonly loadBalancerIP?: string };
    if (spec.type !== "LoadBalancer" || isServed(service)) continue;
    await assign(api, "/api/v1", "services", service, spec.loadBalancerIP ?? addressOf(service));
  }
  const group = "/apis/networking.k8s.io/v1";
  const classes = new Set((await api.list(`${group}/ingressclasses`)).map(({ metadata }) => metadata.name));
  for (const ingress of await api.list(`${group}/ingresses`)) {
    const { ingressClassName = "" } = ingress["spec"] as { readonly ingressClassName?: string };
    if (isServed(ingress) || !classes.has(ingressClassName)) continue;
    await assign(api, group, "ingresses", ingress, addressOf(ingress));
  }
}

const assign = (
  api: ApiClient,
  group: string,
  resource: string,
  { metadata }: ApiObject,
  ip: string,
): Promise<void> =>
  api.patch(`${group}/namespaces/${metadata.namespace ?? ""}/${resource}/${metadata.name}/status`, {
    status: { loadBalancer: { ingress: [{ ip }] } },
  });

function isServed(object: ApiObject): boolean {
  const { loadBalancer } = (object["status"] ?? {}) as {
    readonly loadBalancer?: { readonly ingress?: readonly unknown[] };
  };
  return (loadBalancer?.ingress ?? []).length > 0;
}

/** Always the same for an object of the same name. */
function addressOf({ metadata }: ApiObject): string {
  const sum = Buffer.from(metadata.name).reduce((total, byte) => total + byte, 0);
  return `203.0.113.${(sum % 250) + 2}`;
}
