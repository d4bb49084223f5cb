import { z } from "zod";
import { setCommand } from "../../config/problems";
import { type Finding, firstOf } from "../check";
import { AzureCheck, ExistingPart, orArmFinding, shortName } from "./check";
import { dnsZone, privateZone, publicAddress } from "./existing-network";
import { databaseSubnet, ingressSubnet, nodeSubnet } from "./existing-subnets";
import { findCluster } from "./kubernetes";
import type { AzureContext } from "./session";

const groupSchema = z.object({
  location: z.string(),
  properties: z.object({ provisioningState: z.string() }),
});

/** Without an id in the configuration: it is named, and brought when it is not to be created. */
const resourceGroup: ExistingPart = new ExistingPart(
  "group",
  "resource group",
  "aks.resourceGroup.name",
  ({ resourceGroup: { create, name } }) => (create ? undefined : name),
  async ({ arm, section, group }, name) => {
    const found = await arm.find({ api: "resources", path: group }, groupSchema);
    const create = `az group create --subscription ${section.subscriptionId} --name ${name} --location ${section.location}`;
    const state = found?.properties.provisioningState;
    return firstOf(
      found === undefined &&
        resourceGroup.failed(
          `${name} does not exist`,
          `run \`${create}\`, or ${setCommand("aks.resourceGroup.create", true)}`,
        ),
      state !== "Succeeded" &&
        resourceGroup.failed(
          `${name} is ${state ?? ""}`,
          `use another group, or wait: \`az group show --name ${name}\``,
        ),
      resourceGroup.passed(`${name} exists, in ${found?.location ?? ""}`),
    );
  },
);

/** Needs what the pods' identities, the load balancer and the login take, and to be at rest. */
const cluster: ExistingPart = new ExistingPart(
  "cluster",
  "cluster",
  "aks.cluster.existingId",
  (section) => section.cluster.existingId,
  async (azure, id) => {
    const found = await findCluster(azure, id);
    if (!found) return cluster.absent(id);
    const { identity, properties, name } = found;
    const { oidcIssuerProfile, securityProfile, networkProfile, provisioningState } = properties;
    const update = (flag: string): string => `run \`az aks update --ids ${id} ${flag}\``;
    const version = properties.currentKubernetesVersion ?? properties.kubernetesVersion;
    return firstOf(
      properties.powerState?.code === "Stopped" &&
        cluster.failed("is stopped", `run \`az aks start --ids ${id}\``),
      !["Succeeded", "Failed"].includes(provisioningState) &&
        cluster.failed(`is busy (${provisioningState})`, `wait: \`az aks wait --ids ${id} --updated\``),
      (oidcIssuerProfile?.enabled !== true || (oidcIssuerProfile.issuerURL ?? "") === "") &&
        cluster.failed("has no OIDC issuer", update("--enable-oidc-issuer")),
      securityProfile?.workloadIdentity?.enabled !== true &&
        cluster.failed("has no workload identity", update("--enable-workload-identity")),
      (identity === undefined || identity.type === "None") &&
        cluster.failed("has no managed identity", update("--enable-managed-identity")),
      (properties.identityProfile?.["kubeletidentity"]?.objectId ?? "") === "" &&
        cluster.failed("has no identity for its nodes", update("--enable-managed-identity")),
      (networkProfile?.networkPolicy ?? "none") === "none" &&
        networkProfile?.networkDataplane !== "cilium" &&
        cluster.warning(
          "carries out no network policies: what keeps runs apart from the rest has no effect",
          "use a cluster with Cilium or another engine of network policies",
        ),
      properties.disableLocalAccounts === true &&
        azure.secrets.kubeconfig === undefined &&
        cluster.warning(
          "has local accounts switched off: the kubeconfig that Azure lists asks for a login in a browser",
          "set one that logs in by itself: `az aks get-credentials`, `kubelogin convert-kubeconfig -l azurecli`, then `pulumi config set --secret spacelift:kubeconfig < <file>`",
        ),
      cluster.passed(`${name} runs ${version} with OIDC issuer and workload identity`),
    );
  },
);

const registrySchema = z.object({
  properties: z.object({
    loginServer: z.string(),
    publicNetworkAccess: z.string().optional(),
    roleAssignmentMode: z.string().optional(),
    policies: z
      .object({ azureADAuthenticationAsArmPolicy: z.object({ status: z.string().optional() }).optional() })
      .optional(),
  }),
});

/** Suits when it accepts Azure's tokens, and nodes may pull by their role. */
const registry: ExistingPart = new ExistingPart(
  "registry",
  "registry",
  "aks.registry.id",
  (section) => section.registry.id,
  async ({ arm, settings }, id) => {
    const found = await arm.find({ api: "registry", path: id }, registrySchema);
    if (!found) return registry.absent(id);
    const { loginServer, publicNetworkAccess, roleAssignmentMode, policies } = found.properties;
    return firstOf(
      roleAssignmentMode === "AbacRepositoryPermissions" &&
        registry.failed(
          "gives permissions by repository, where the role AcrPull lets nobody pull",
          `run \`az acr update --ids ${id} --role-assignment-mode rbac\``,
        ),
      settings.images.push &&
        policies?.azureADAuthenticationAsArmPolicy?.status === "disabled" &&
        registry.failed(
          "takes no tokens for Azure Resource Manager, with which images are pushed",
          `run \`az acr config authentication-as-arm update --registry ${id.split("/").at(-1) ?? ""} --status enabled\``,
        ),
      publicNetworkAccess === "Disabled" &&
        registry.warning(
          "has no public access: it must be reached from here and from the nodes by a private endpoint",
          "run this inside the network, or allow public access",
        ),
      registry.passed(`${loginServer} exists`),
    );
  },
);

const accountSchema = z.object({
  location: z.string(),
  kind: z.string(),
  properties: z.object({
    publicNetworkAccess: z.string().nullish(),
    networkAcls: z.object({ defaultAction: z.string().optional() }).nullish(),
    primaryEndpoints: z.object({ blob: z.string().optional() }).nullish(),
  }),
});

/** Suits when it has containers for objects, and can be reached by browsers and workers. */
const storageAccount: ExistingPart = new ExistingPart(
  "storage",
  "storage account",
  "aks.storage.accountId",
  (section) => section.storage.accountId,
  async ({ arm, section }, id) => {
    const found = await arm.find({ api: "storage", path: id }, accountSchema);
    if (!found) return storageAccount.absent(id);
    const { kind, location, properties } = found;
    const { publicNetworkAccess, networkAcls, primaryEndpoints } = properties;
    const update = `az storage account update --ids ${id}`;
    return firstOf(
      primaryEndpoints?.blob === undefined &&
        storageAccount.failed(`is of kind ${kind}, without blobs`, "use one of kind StorageV2"),
      publicNetworkAccess === "Disabled" &&
        storageAccount.warning(
          "has no public access: browsers and workers outside the network cannot fetch objects",
          `run \`${update} --public-network-access Enabled\``,
        ),
      networkAcls?.defaultAction === "Deny" &&
        storageAccount.warning(
          "has a firewall, which must admit the nodes, workers and browsers",
          `run \`az storage account network-rule add --account-name ${id.split("/").at(-1) ?? ""} --subnet <subnet of the nodes>\`, or \`${update} --default-action Allow\``,
        ),
      shortName(location) !== section.location &&
        storageAccount.warning(
          `is in ${location}, the installation in ${section.location}: traffic between them is slow and is charged`,
          `use one in ${section.location}`,
        ),
      storageAccount.passed(`${primaryEndpoints?.blob ?? ""} exists`),
    );
  },
);

const workspaceSchema = z.object({
  name: z.string(),
  properties: z.object({ provisioningState: z.string().optional() }),
});

const workspace: ExistingPart = new ExistingPart(
  "logAnalytics",
  "Log Analytics workspace",
  "aks.cluster.logAnalyticsWorkspaceId",
  (section) => section.cluster.logAnalyticsWorkspaceId,
  async ({ arm }, id) => {
    const found = await arm.find({ api: "operationalInsights", path: id }, workspaceSchema);
    if (!found) return workspace.absent(id);
    const state = found.properties.provisioningState ?? "Succeeded";
    return state === "Succeeded"
      ? workspace.passed(`${found.name} exists`)
      : workspace.failed(`${found.name} is ${state}`, "wait, or use another workspace");
  },
);

const parts: readonly ExistingPart[] = [
  resourceGroup,
  nodeSubnet,
  databaseSubnet,
  ingressSubnet,
  privateZone,
  publicAddress,
  dnsZone,
  cluster,
  registry,
  storageAccount,
  workspace,
];

/** Whether what the operator brings exists, and suits. */
export const existingPartsCheck = new AzureCheck("azure.given", "Existing parts", checkExistingParts);

async function checkExistingParts(azure: AzureContext): Promise<readonly Finding[]> {
  const findings = parts.flatMap((part) => {
    const id = part.idIn(azure.section);
    if (id === undefined) return [];
    return [orArmFinding(existingPartsCheck.part(part.name, part.name), () => part.look(azure, id))];
  });
  return findings.length === 0
    ? [existingPartsCheck.skipped("every part is created")]
    : Promise.all(findings);
}
