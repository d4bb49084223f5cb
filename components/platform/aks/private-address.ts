import * as pulumi from "@pulumi/pulumi";
import type { IngressPlatform } from "../platform";
import { serviceAnnotation } from "./public-address";
import { type GivenResource, assignRole } from "./scope";

/** A private address for the load balancer of the ingress controller. */
export interface PrivateAddressOptions {
  /** IPv4 address, free in the subnet. */
  readonly address: string;
  /** Subnet that is there. @default - that of the nodes */
  readonly subnet?: GivenResource;
}

/** What the right to put a load balancer into a subnet is assigned with. */
export interface SubnetRole {
  readonly logicalName: string;
  readonly subscriptionId: string;
  /** The identity that makes load balancers. */
  readonly clusterPrincipalId: pulumi.Input<string>;
  readonly opts: pulumi.CustomResourceOptions;
}

/**
 * The way in by a private address: a load balancer in the nodes' network, without any public address.
 *
 * @param role how the cluster gets its right on a subnet of its own; undefined when it has it
 */
export function privateIngress(
  { address, subnet }: PrivateAddressOptions,
  role: SubnetRole | undefined,
): Omit<IngressPlatform, "address"> & { readonly address: pulumi.Output<string> } {
  const assigned =
    subnet &&
    role &&
    assignRole(
      role.logicalName,
      role.subscriptionId,
      { principalId: role.clusterPrincipalId, role: "networkContributor", scope: subnet.id },
      role.opts,
    );
  return {
    defaultMode: "traefik",
    serviceAnnotations: {
      [serviceAnnotation("load-balancer-internal")]: "true",
      [serviceAnnotation("load-balancer-ipv4")]: address,
      ...(subnet && { [serviceAnnotation("load-balancer-internal-subnet")]: subnet.name }),
      [serviceAnnotation("load-balancer-health-probe-request-path")]: "/healthz",
    },
    address: pulumi.output(address),
    ready: assigned ? [assigned] : [],
  };
}
