import * as network from "@pulumi/azure-native/network";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import type { ExistingResource, IngressAddress, NewResource } from "../../../config/aks/parts";
import { SpaceliftComponent } from "../../component";
import type { IngressPlatform } from "../platform";
import { type AzureScope, assignRole } from "./scope";

export interface PublicAddressArgs {
  readonly scope: Omit<AzureScope, "resourceGroupName">;
  readonly address: NewResource | ExistingResource;
  /** Name of the resource group that a new address has to itself. */
  readonly resourceGroupName: string;
  readonly addressName: string;
  readonly zones: readonly string[];
  /** The identity that puts the address on load balancers. */
  readonly clusterPrincipalId: pulumi.Input<string>;
  /** Give it the right to; `false`: it has it. A new resource group has given nobody a role. */
  readonly assignRole: boolean;
}

/** A public address, new or existing. */
interface FoundAddress {
  readonly ip: pulumi.Output<string>;
  readonly name: string;
  readonly group: { readonly id: pulumi.Input<string>; readonly name: pulumi.Output<string> };
  readonly created: readonly pulumi.Resource[];
}

/** Tags that the cluster writes on an address it uses (cloud-provider-azure, `pkg/consts`). */
const clusterTags = ["k8s-azure-service", "k8s-azure-cluster-name", "k8s-azure-dns-label-service"];

/** The name of an annotation with which a Service tells Azure about its load balancer. */
export const serviceAnnotation = (name: string): string => `service.beta.kubernetes.io/azure-${name}`;

/** Where a port of the controller's Service says that it is HTTP, Azure asks for a path: for `/` it would get a 404. */
export const ingressProbe = { [serviceAnnotation("load-balancer-health-probe-request-path")]: "/healthz" };

/**
 * A static address of a load balancer. It lies in a resource group of its own: outside that of the nodes, with
 * which it would be deleted, and apart from everything else, because the cluster gets its role on the whole group.
 */
export class PublicAddress extends SpaceliftComponent {
  readonly address: pulumi.Output<string>;
  /** Annotations with which a Service of type LoadBalancer gets the address. */
  readonly serviceAnnotations: Readonly<Record<string, pulumi.Input<string>>>;
  /** What a load balancer with the address must not outlive. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: PublicAddressArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:aks:PublicAddress", name, opts);
    const { scope, address } = args;
    const {
      ip,
      name: addressName,
      group,
      created,
    } = address.kind === "existing" ? this.lookUp(scope, address) : this.createAddress(args);
    // The cluster looks for the address among all of its group, so that a role on the address alone does not do.
    const role = args.assignRole
      ? assignRole(
          this.child("role"),
          scope.subscriptionId,
          { principalId: args.clusterPrincipalId, role: "networkContributor", scope: group.id },
          { parent: this },
        )
      : undefined;
    this.address = ip;
    this.serviceAnnotations = {
      [serviceAnnotation("load-balancer-resource-group")]: group.name,
      [serviceAnnotation("pip-name")]: addressName,
    };
    this.ready = [...created, ...(role ? [role] : [])];
    this.registerOutputs();
  }

  private createAddress({ scope, resourceGroupName, addressName, zones }: PublicAddressArgs): FoundAddress {
    const group = new resources.ResourceGroup(
      this.child("group"),
      { resourceGroupName, location: scope.location, tags: scope.tags },
      { parent: this },
    );
    const address = new network.PublicIPAddress(
      this.child("ip"),
      {
        resourceGroupName: group.name,
        location: scope.location,
        tags: scope.tags,
        publicIpAddressName: addressName,
        sku: { name: "Standard", tier: "Regional" },
        publicIPAllocationMethod: "Static",
        publicIPAddressVersion: "IPv4",
        idleTimeoutInMinutes: 4,
        ...(zones.length > 0 && { zones: [...zones] }),
      },
      { parent: this, ignoreChanges: clusterTags.map((tag) => `tags["${tag}"]`) },
    );
    const ip = address.ipAddress.apply((known) => known ?? "");
    return { ip, name: addressName, group, created: [address] };
  }

  private lookUp({ subscriptionId }: PublicAddressArgs["scope"], address: ExistingResource): FoundAddress {
    const { resourceGroup, name } = address;
    const ip = network
      .getPublicIPAddressOutput(
        { resourceGroupName: resourceGroup, publicIpAddressName: name },
        { parent: this },
      )
      .apply(({ ipAddress }) => ipAddress ?? "");
    const id = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
    return { ip, name, group: { id, name: pulumi.output(resourceGroup) }, created: [] };
  }
}

/** What the right to put a load balancer into a subnet is assigned with. */
export interface SubnetRole {
  readonly logicalName: string;
  readonly subscriptionId: string;
  /** The identity that creates load balancers. */
  readonly clusterPrincipalId: pulumi.Input<string>;
  readonly opts: pulumi.CustomResourceOptions;
}

/**
 * The way in by a private address: a load balancer in the nodes' network, without any public address.
 *
 * @param role how the cluster gets its right on a subnet of its own; undefined when it has it
 */
export function privateIngress(
  { address, subnet }: Extract<IngressAddress, { kind: "private" }>,
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
      ...ingressProbe,
    },
    address: pulumi.output(address),
    ready: assigned ? [assigned] : [],
  };
}
