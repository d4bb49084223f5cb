import * as pulumi from "@pulumi/pulumi";

/** What Azure says of a cluster that is there, as far as it is looked at. */
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
  /** Identity of the control plane, which makes load balancers. */
  readonly principalId: string;
  /** Identity of the nodes, which pull images. */
  readonly kubeletPrincipalId: string;
}

/**
 * Reads a cluster that is there.
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
