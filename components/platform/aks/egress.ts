import type { ManagedCluster } from "@pulumi/azure-native/containerservice";
import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import { parseResourceId } from "../../../config/aks/formats";

/**
 * The IPv4 addresses that AKS has given the load balancer of a cluster for what leaves it. There is one, unless more are asked
 * for outside of Pulumi (AKS, “Use a public standard load balancer”).
 */
export function loadBalancerAddresses(
  { networkProfile }: ManagedCluster,
  opts: pulumi.InvokeOptions,
): pulumi.Output<readonly string[]> {
  return networkProfile.apply((profile) => {
    const ids = (profile?.loadBalancerProfile?.effectiveOutboundIPs ?? []).flatMap(({ id }) => id ?? []);
    return pulumi
      .all(ids.map((id) => ipAddress(id, opts)))
      .apply((addresses) => addresses.filter((each) => each !== undefined));
  });
}

function ipAddress(id: string, opts: pulumi.InvokeOptions): pulumi.Output<string | undefined> {
  const parsed = parseResourceId(id);
  if (!parsed)
    throw new pulumi.RunError(`Azure tells an outbound address of the cluster whose id is no id: ${id}`);
  const { resourceGroup, name } = parsed;
  return network
    .getPublicIPAddressOutput({ resourceGroupName: resourceGroup, publicIpAddressName: name }, opts)
    .apply(({ ipAddress: known }) => known);
}
