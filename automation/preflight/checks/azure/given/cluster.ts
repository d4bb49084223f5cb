import { type CheckContext, type Finding, failed, passed, warning } from "../../../check";
import { type ClusterState, findCluster } from "../cluster-state";
import type { AzureAccess } from "../session";
import { absent, firstOf, givenPart } from "./given-part";

const part = givenPart("cluster", "cluster", "aks.cluster.existingId");

/** Whether the given cluster has what the pods' identities, the load balancer and the login need, and is at rest. */
export async function clusterFinding(
  access: AzureAccess,
  context: CheckContext,
  id: string,
): Promise<Finding> {
  const found = await findCluster(access, id);
  if (!found) return absent(part, id);
  return problem(found, id) ?? doubt(found, context) ?? passed(part, describe(found));
}

const describe = ({ name, properties }: ClusterState): string =>
  `${name} runs ${properties.currentKubernetesVersion ?? properties.kubernetesVersion} with OIDC issuer and workload identity`;

function problem({ properties, identity }: ClusterState, id: string): Finding | undefined {
  const { oidcIssuerProfile, securityProfile, identityProfile, powerState, provisioningState } = properties;
  const update = (flag: string): string => `run \`az aks update --ids ${id} ${flag}\``;
  return firstOf(
    powerState?.code === "Stopped" && failed(part, "is stopped", `run \`az aks start --ids ${id}\``),
    !["Succeeded", "Failed"].includes(provisioningState) &&
      failed(part, `is busy (${provisioningState})`, `wait: \`az aks wait --ids ${id} --updated\``),
    (oidcIssuerProfile?.enabled !== true || (oidcIssuerProfile.issuerURL ?? "") === "") &&
      failed(part, "has no OIDC issuer", update("--enable-oidc-issuer")),
    securityProfile?.workloadIdentity?.enabled !== true &&
      failed(part, "has no workload identity", update("--enable-workload-identity")),
    (identity === undefined || identity.type === "None") &&
      failed(part, "has no managed identity", update("--enable-managed-identity")),
    (identityProfile?.["kubeletidentity"]?.objectId ?? "") === "" &&
      failed(part, "has no identity for its nodes", update("--enable-managed-identity")),
  );
}

function doubt({ properties }: ClusterState, { secrets }: CheckContext): Finding | undefined {
  const { networkProfile, disableLocalAccounts } = properties;
  const policy = networkProfile?.networkPolicy ?? "none";
  return firstOf(
    policy === "none" &&
      networkProfile?.networkDataplane !== "cilium" &&
      warning(
        part,
        "carries out no network policies: what keeps runs apart from the rest has no effect",
        "give a cluster with Cilium or another engine of network policies",
      ),
    disableLocalAccounts === true &&
      secrets.kubeconfig === undefined &&
      warning(
        part,
        "has local accounts switched off: the kubeconfig that Azure lists asks for a login in a browser",
        "give one that logs in by itself: `az aks get-credentials`, `kubelogin convert-kubeconfig -l azurecli`, then `pulumi config set --secret spacelift:kubeconfig < <file>`",
      ),
  );
}
