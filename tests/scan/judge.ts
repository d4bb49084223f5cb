import type { ArmResource, ArmTemplate } from "./arm-template";

/** Whether a template meets a rule. */
export type Judge = (template: ArmTemplate) => boolean;

/** What is at a path of a value. */
export const at = (value: unknown, path: string): unknown =>
  path
    .split(".")
    .reduce<unknown>(
      (found, key) =>
        typeof found === "object" && found !== null ? (found as Record<string, unknown>)[key] : undefined,
      value,
    );
/** The list at a path; empty where there is none. */
export const listAt = (value: unknown, path: string): readonly unknown[] => {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
};
/** The property at a path. */
export const property = (value: unknown, path: string): unknown => at(value, `properties.${path}`);

export const ofType = ({ resources }: ArmTemplate, type: string): readonly ArmResource[] =>
  resources.filter((resource) => resource.type === type);

/** Every resource of a type, of which there must be one, is as a rule wants it. */
export const each =
  (type: string, isRight: (resource: ArmResource) => boolean): Judge =>
  (template) =>
    ofType(template, type).length > 0 && ofType(template, type).every(isRight);

/** Types of what the program makes. */
export const type = {
  address: "Microsoft.Network/publicIPAddresses",
  cluster: "Microsoft.ContainerService/managedClusters",
  container: "Microsoft.Storage/storageAccounts/blobServices/containers",
  diagnostics: "Microsoft.Insights/diagnosticSettings",
  firewall: "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules",
  group: "Microsoft.Resources/resourceGroups",
  guard: "Microsoft.Network/networkSecurityGroups",
  identity: "Microsoft.ManagedIdentity/userAssignedIdentities",
  network: "Microsoft.Network/virtualNetworks",
  objects: "Microsoft.Storage/storageAccounts/blobServices",
  pool: "Microsoft.ContainerService/managedClusters/agentPools",
  registry: "Microsoft.ContainerRegistry/registries",
  server: "Microsoft.DBforPostgreSQL/flexibleServers",
  storage: "Microsoft.Storage/storageAccounts",
  subnet: "Microsoft.Network/virtualNetworks/subnets",
} as const;
