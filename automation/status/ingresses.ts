import type { ClusterReader, Ingress } from "./cluster-reader";
import type { IngressStatus } from "./report";

/** Reads the Ingresses of Spacelift. */
export const readIngresses = async (reader: ClusterReader): Promise<readonly IngressStatus[]> =>
  (await reader.ingresses()).map(ingress);

function ingress({ metadata, spec, status }: Ingress): IngressStatus {
  const published = status?.loadBalancer?.ingress ?? [];
  return {
    name: metadata.name,
    ...(spec.ingressClassName !== undefined && { className: spec.ingressClassName }),
    hosts: (spec.rules ?? []).flatMap(({ host }) => host ?? []),
    addresses: published.flatMap(({ ip, hostname }) => ip ?? hostname ?? []),
  };
}
