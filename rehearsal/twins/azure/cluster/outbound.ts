import { type Properties, stringAt } from "../../framework";
import type { ArmRequest } from "../arm/definition";
import { idKey } from "../arm/resource-id";
import { findResource, resources } from "../arm/tables";
import { stableUuid } from "../config";
import { freeAddress, usedAddresses } from "../network/public-ip";

/** How nodes leave their subnet, unless something else is said. */
const leavesByLoadBalancer = ({ inputs }: ArmRequest): boolean =>
  (stringAt(inputs, "networkProfile", "outboundType") ?? "loadBalancer") === "loadBalancer";

const addressId = (nodeGroupId: string, clusterId: string): string =>
  `${nodeGroupId}/providers/Microsoft.Network/publicIPAddresses/${stableUuid("outbound", clusterId)}`;

/**
 * What AKS tells of the load balancer of a cluster. Its one address is a resource of the group of the nodes, named by a GUID, and
 * told by its id alone (AKS, “Use a public standard load balancer”; ManagedClusterLoadBalancerProfile).
 */
export function describeOutbound(request: ArmRequest, nodeGroupId: string): Properties {
  if (!leavesByLoadBalancer(request)) return {};
  return {
    networkProfile: {
      loadBalancerProfile: {
        allocatedOutboundPorts: 0,
        backendPoolType: "nodeIPConfiguration",
        effectiveOutboundIPs: [{ id: addressId(nodeGroupId, request.id) }],
        managedOutboundIPs: { count: 1 },
      },
    },
  };
}

/** Makes the address, which goes with the group. */
export function makeOutboundAddress(request: ArmRequest, nodeGroupId: string): void {
  const { state, location = "" } = request;
  const id = addressId(nodeGroupId, request.id);
  if (!leavesByLoadBalancer(request) || findResource(state, id) !== undefined) return;
  resources.of(state).set(idKey(id), {
    id,
    type: "Microsoft.Network/publicIPAddresses",
    name: stableUuid("outbound", request.id),
    properties: {
      location,
      sku: { name: "Standard", tier: "Regional" },
      publicIPAllocationMethod: "Static",
      publicIPAddressVersion: "IPv4",
    },
    // From another range than what programs create, so that theirs are the same whichever comes first.
    computed: {
      ipAddress: freeAddress(usedAddresses(state), "192.0.2"),
      provisioningState: "Succeeded",
    },
  });
}
