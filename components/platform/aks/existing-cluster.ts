import * as containerservice from "@pulumi/azure-native/containerservice";
import type * as pulumi from "@pulumi/pulumi";
import { SpaceliftComponent } from "../../component";
import { clusterFacts } from "./cluster-facts";
import { type GivenResource, assignRole } from "./scope";

/** Arguments of {@link GivenCluster}. */
export interface GivenClusterArgs {
  readonly subscriptionId: string;
  readonly cluster: GivenResource;
  /** Registry the nodes are to pull from. */
  readonly registryId: pulumi.Input<string>;
  /** Give the nodes the right to pull; `false`: they have it. */
  readonly assignRoles: boolean;
}

/** A cluster that is there already: what identities of its own get, and what others need to know of it. */
export class GivenCluster extends SpaceliftComponent {
  /** URL of the issuer that federated credentials trust. */
  readonly issuerUrl: pulumi.Output<string>;
  /** Identity of the control plane, which makes load balancers. */
  readonly principalId: pulumi.Output<string>;
  /** The nodes' right to pull, without which no pod starts, where it is given here. */
  readonly pullRole: pulumi.Resource | undefined;

  constructor(name: string, args: GivenClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:aks:GivenCluster", name, opts);
    const { cluster } = args;
    const facts = containerservice
      .getManagedClusterOutput(
        { resourceGroupName: cluster.resourceGroup, resourceName: cluster.name },
        { parent: this },
      )
      .apply((found) => clusterFacts(found, cluster));
    this.issuerUrl = facts.issuerUrl;
    this.principalId = facts.principalId;
    this.pullRole = args.assignRoles
      ? assignRole(
          this.child("pull-role"),
          args.subscriptionId,
          { principalId: facts.kubeletPrincipalId, role: "acrPull", scope: args.registryId },
          { parent: this },
        )
      : undefined;
    this.registerOutputs();
  }
}
