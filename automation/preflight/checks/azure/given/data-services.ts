import { z } from "zod";
import { type CheckContext, type Finding, failed, passed, warning } from "../../../check";
import { shortName } from "../locations";
import type { AzureAccess } from "../session";
import { absent, firstOf, givenPart } from "./given-part";

const registryPart = givenPart("registry", "registry", "aks.registry.id");
const storagePart = givenPart("storage", "storage account", "aks.storage.accountId");
const workspacePart = givenPart(
  "logAnalytics",
  "Log Analytics workspace",
  "aks.cluster.logAnalyticsWorkspaceId",
);

const registry = z.object({
  properties: z.object({
    loginServer: z.string(),
    provisioningState: z.string().optional(),
    publicNetworkAccess: z.string().optional(),
    roleAssignmentMode: z.string().optional(),
    policies: z
      .object({ azureADAuthenticationAsArmPolicy: z.object({ status: z.string().optional() }).optional() })
      .optional(),
  }),
});

/** Whether the given registry can be logged in to with Azure's tokens, and lets the nodes pull by their role. */
export async function registryFinding(
  { arm }: AzureAccess,
  { settings }: CheckContext,
  id: string,
): Promise<Finding> {
  const found = await arm.find({ api: "registry", path: id }, registry);
  if (!found) return absent(registryPart, id);
  const { loginServer, publicNetworkAccess, roleAssignmentMode, policies } = found.properties;
  return (
    firstOf(
      roleAssignmentMode === "AbacRepositoryPermissions" &&
        failed(
          registryPart,
          "gives permissions by repository, where the role AcrPull lets nobody pull",
          `run \`az acr update --ids ${id} --role-assignment-mode rbac\``,
        ),
      settings.images.push &&
        policies?.azureADAuthenticationAsArmPolicy?.status === "disabled" &&
        failed(
          registryPart,
          "takes no tokens for Azure Resource Manager, with which images are pushed",
          `run \`az acr config authentication-as-arm update --registry ${id.split("/").at(-1) ?? ""} --status enabled\``,
        ),
      publicNetworkAccess === "Disabled" &&
        warning(
          registryPart,
          "has no public access: it must be reached from here and from the nodes by a private endpoint",
          "run this inside the network, or allow public access",
        ),
    ) ?? passed(registryPart, `${loginServer} is there`)
  );
}

const account = z.object({
  location: z.string(),
  kind: z.string(),
  properties: z.object({
    provisioningState: z.string().optional(),
    publicNetworkAccess: z.string().nullish(),
    networkAcls: z.object({ defaultAction: z.string().optional() }).nullish(),
    primaryEndpoints: z.object({ blob: z.string().optional() }).nullish(),
  }),
});

/** Whether the given storage account has containers for objects, and can be reached by browsers and workers. */
export async function storageFinding({ arm, section }: AzureAccess, id: string): Promise<Finding> {
  const found = await arm.find({ api: "storage", path: id }, account);
  if (!found) return absent(storagePart, id);
  const { kind, location, properties } = found;
  const { publicNetworkAccess, networkAcls, primaryEndpoints } = properties;
  const open = `az storage account update --ids ${id}`;
  return (
    firstOf(
      primaryEndpoints?.blob === undefined &&
        failed(storagePart, `is of kind ${kind}, without blobs`, "give one of kind StorageV2"),
      publicNetworkAccess === "Disabled" &&
        warning(
          storagePart,
          "has no public access: browsers and workers outside the network cannot fetch objects",
          `run \`${open} --public-network-access Enabled\``,
        ),
      networkAcls?.defaultAction === "Deny" &&
        warning(
          storagePart,
          "has a firewall, which must let in the nodes, workers and browsers",
          `run \`az storage account network-rule add --account-name ${id.split("/").at(-1) ?? ""} --subnet <subnet of the nodes>\`, or \`${open} --default-action Allow\``,
        ),
      shortName(location) !== section.location &&
        warning(
          storagePart,
          `lies in ${location}, the installation in ${section.location}: traffic between them is slow and is charged`,
          `give one in ${section.location}`,
        ),
    ) ?? passed(storagePart, `${primaryEndpoints?.blob ?? ""} is there`)
  );
}

const workspace = z.object({
  name: z.string(),
  properties: z.object({ provisioningState: z.string().optional() }),
});

/** Whether the Log Analytics workspace is there. */
export async function workspaceFinding({ arm }: AzureAccess, id: string): Promise<Finding> {
  const found = await arm.find({ api: "operationalInsights", path: id }, workspace);
  if (!found) return absent(workspacePart, id);
  const state = found.properties.provisioningState ?? "Succeeded";
  return state === "Succeeded"
    ? passed(workspacePart, `${found.name} is there`)
    : failed(workspacePart, `${found.name} is ${state}`, "wait, or give another workspace");
}
