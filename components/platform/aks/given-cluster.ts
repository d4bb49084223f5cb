import * as containerservice from "@pulumi/azure-native/containerservice";
import type * as pulumi from "@pulumi/pulumi";
import { SpaceliftComponent } from "../../component";
import { type GivenResource, assignRole } from "./scope";

/** Arguments of {@link GivenCluster}. */
export interface GivenClusterArgs {
  readonly subscriptionId: string;
  readonly cluster: GivenResource;
  /** Registry the nodes are to pull from. */
  readonly registryId: pulumi.Input<string>;
}

/** A cluster that is there already: what identities of its own get, and what others need to know of it. */
export class GivenCluster extends SpaceliftComponent {
  /** URL of the issuer that federated credentials trust. */
  readonly issuerUrl: pulumi.Output<string>;
  /** Identity of the control plane, which makes load balancers. */
  readonly principalId: pulumi.Output<string>;
  /** The nodes' right to pull, without which no pod starts. */
  readonly pullRole: pulumi.Resource;

  constructor(name: string, args: GivenClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:aks:GivenCluster", name, opts);
    const { cluster } = args;
    const found = containerservice.getManagedClusterOutput(
      { resourceGroupName: cluster.resourceGroup, resourceName: cluster.name },
      { parent: this },
    );
    this.issuerUrl = found.apply(({ oidcIssuerProfile }) =>
      known(
        oidcIssuerProfile?.issuerURL,
        cluster.name,
        "no OIDC issuer; `az aks update --enable-oidc-issuer`",
      ),
    );
    this.principalId = found.apply(({ identity }) =>
      known(
        identity?.principalId ?? Object.values(identity?.userAssignedIdentities ?? {})[0]?.principalId,
        cluster.name,
        "no managed identity of its own",
      ),
    );
    this.pullRole = assignRole(
      this.child("pull-role"),
      args.subscriptionId,
      {
        principalId: found.apply(({ identityProfile }) =>
          known(identityProfile?.["kubeletidentity"]?.objectId, cluster.name, "no identity for its nodes"),
        ),
        role: "acrPull",
        scope: args.registryId,
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}

function known(value: string | undefined, cluster: string, problem: string): string {
  if (value === undefined || value === "") throw new Error(`the cluster ${cluster} has ${problem}`);
  return value;
}
