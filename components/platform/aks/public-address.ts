import * as network from "@pulumi/azure-native/network";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { SpaceliftComponent } from "../../component";
import { type AzureScope, type GivenResource, assignRole } from "./scope";

/** Arguments of {@link PublicAddress}. */
export interface PublicAddressArgs {
  readonly scope: Omit<AzureScope, "resourceGroupName">;
  /** Name of the resource group that is made for the address alone. */
  readonly resourceGroupName: string;
  readonly addressName: string;
  readonly zones: readonly string[];
  /** The identity that puts the address on load balancers. */
  readonly clusterPrincipalId: pulumi.Input<string>;
  /** Give it the right to; `false`: it has it. */
  readonly assignRole: boolean;
  /** An address that is there already. */
  readonly given?: GivenResource;
}

/** Tags that the cluster writes on an address it uses (cloud-provider-azure, `pkg/consts`). */
const clusterTags = ["k8s-azure-service", "k8s-azure-cluster-name", "k8s-azure-dns-label-service"];

/** The name of an annotation with which a Service tells Azure about its load balancer. */
export const serviceAnnotation = (name: string): string => `service.beta.kubernetes.io/azure-${name}`;

/**
 * The static address of the ingress controller. It lies in a resource group of its own: outside that of the nodes, with
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
    const { scope, given } = args;
    const made = given ? undefined : this.createAddress(args);
    const groupName = given ? pulumi.output(given.resourceGroup) : (made?.group.name ?? pulumi.output(""));
    const groupId = given
      ? `/subscriptions/${scope.subscriptionId}/resourceGroups/${given.resourceGroup}`
      : (made?.group.id ?? "");
    // The cluster looks for the address among all of its group, so that a role on the address alone does not do.
    const role = args.assignRole
      ? assignRole(
          this.child("role"),
          scope.subscriptionId,
          { principalId: args.clusterPrincipalId, role: "networkContributor", scope: groupId },
          { parent: this },
        )
      : undefined;
    this.address = made ? made.address.ipAddress.apply((address) => address ?? "") : this.lookUp(given);
    this.serviceAnnotations = {
      [serviceAnnotation("load-balancer-resource-group")]: groupName,
      [serviceAnnotation("pip-name")]: given?.name ?? args.addressName,
      // Where a port of the Service says that it is HTTP, Azure asks for a path: for `/` it would get a 404.
      [serviceAnnotation("load-balancer-health-probe-request-path")]: "/healthz",
    };
    this.ready = [...(made ? [made.address] : []), ...(role ? [role] : [])];
    this.registerOutputs();
  }

  private createAddress({ scope, resourceGroupName, addressName, zones }: PublicAddressArgs): {
    readonly group: resources.ResourceGroup;
    readonly address: network.PublicIPAddress;
  } {
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
    return { group, address };
  }

  private lookUp(given: GivenResource | undefined): pulumi.Output<string> {
    if (!given) throw new pulumi.ResourceError("an address is neither made nor given", this, true);
    return network
      .getPublicIPAddressOutput(
        { resourceGroupName: given.resourceGroup, publicIpAddressName: given.name },
        { parent: this },
      )
      .apply(({ ipAddress }) => ipAddress ?? "");
  }
}
