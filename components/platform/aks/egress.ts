import type { ManagedCluster } from "@pulumi/azure-native/containerservice";
import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import { parseResourceId } from "../../../config/aks/formats";

/**
 * The IPv4 addresses that AKS has given the load balancer of a cluster for what leaves it. There is one, unless more are asked
 * for outside of Pulumi (AKS, “Use a public standard load balancer”). They are in the resource group of the nodes: where the
 * deploying identity may not read there, a warning says so, and none are told.
 */
export function loadBalancerAddresses(
  { networkProfile }: ManagedCluster,
  opts: pulumi.InvokeOptions,
): pulumi.Output<readonly string[]> {
  return networkProfile.apply(async (profile) => {
    const ids = (profile?.loadBalancerProfile?.effectiveOutboundIPs ?? []).flatMap(({ id }) => id ?? []);
    const addresses = await Promise.all(ids.map((id) => ipAddress(id, opts)));
    return addresses.filter((each) => each !== undefined);
  });
}

async function ipAddress(id: string, opts: pulumi.InvokeOptions): Promise<string | undefined> {
  const parsed = parseResourceId(id);
  if (!parsed)
    throw new pulumi.RunError(`Azure tells an outbound address of the cluster whose id is no id: ${id}`);
  const { resourceGroup, name } = parsed;
  try {
    const found = await network.getPublicIPAddress(
      { resourceGroupName: resourceGroup, publicIpAddressName: name },
      opts,
    );
    return found.ipAddress;
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("AuthorizationFailed"))) throw error;
    await pulumi.log.warn(
      `egressAddresses is left empty: the deploying identity may not read the public addresses in the resource group ${resourceGroup}`,
    );
    return undefined;
  }
}
