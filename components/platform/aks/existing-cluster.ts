import * as containerservice from "@pulumi/azure-native/containerservice";
import * as pulumi from "@pulumi/pulumi";
import type { ExistingClusterOptions } from "../../../config/aks/parts";
import { SpaceliftComponent } from "../../component";
import { assignRole } from "./scope";

export interface FoundCluster {
  readonly identity?: {
    readonly principalId?: string;
    readonly userAssignedIdentities?: Readonly<Record<string, { readonly principalId?: string }>>;
  };
  readonly identityProfile?: Readonly<Record<string, { readonly objectId?: string }>>;
  readonly oidcIssuerProfile?: { readonly issuerURL?: string };
  readonly securityProfile?: { readonly workloadIdentity?: { readonly enabled?: boolean } };
}

/** What an installation needs to know of a cluster. */
export interface ClusterFacts {
  /** URL of the issuer that federated credentials trust. */
  readonly issuerUrl: string;
  /** Identity of the control plane, which creates load balancers. */
  readonly principalId: string;
  /** Identity of the nodes, which pull images. */
  readonly kubeletPrincipalId: string;
}

/**
 * Reads an existing cluster.
 *
 * @throws RunError that says what to switch on when the cluster lacks something
 */
export function clusterFacts(
  found: FoundCluster,
  { name, resourceGroup }: { readonly name: string; readonly resourceGroup: string },
): ClusterFacts {
  const required = (value: string | undefined, problem: string, flags: string): string => {
    if (value !== undefined && value !== "") return value;
    throw new pulumi.RunError(
      `the cluster ${name} has ${problem}; run \`az aks update --resource-group ${resourceGroup} --name ${name} ${flags}\``,
    );
  };
  const { identity, identityProfile, oidcIssuerProfile, securityProfile } = found;
  const workloadIdentity = securityProfile?.workloadIdentity?.enabled === true;
  const [assigned] = Object.values(identity?.userAssignedIdentities ?? {});
  return {
    issuerUrl: required(
      workloadIdentity ? oidcIssuerProfile?.issuerURL : undefined,
      "no workload identity",
      "--enable-oidc-issuer --enable-workload-identity",
    ),
    principalId: required(
      identity?.principalId ?? assigned?.principalId,
      "no managed identity",
      "--enable-managed-identity",
    ),
    kubeletPrincipalId: required(
      identityProfile?.["kubeletidentity"]?.objectId,
      "no identity for its nodes",
      "--enable-managed-identity",
    ),
  };
}

export interface ExistingClusterArgs {
  readonly subscriptionId: string;
  readonly cluster: ExistingClusterOptions;
  /** Registry the nodes are to pull from. */
  readonly registryId: pulumi.Input<string>;
}

/** An existing cluster: what identities of its own get, and what others need to know of it. */
export class ExistingCluster extends SpaceliftComponent {
  /** URL of the issuer that federated credentials trust. */
  readonly issuerUrl: pulumi.Output<string>;
  /** Identity of the control plane, which creates load balancers. */
  readonly principalId: pulumi.Output<string>;
  /** The nodes' right to pull, without which no pod starts, where it is assigned here. */
  readonly pullRole: pulumi.Resource | undefined;

  constructor(name: string, args: ExistingClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    // The token is part of URNs, and so keeps its first name.
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
    this.pullRole = cluster.assignRoles
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
