import type { Inventory, RecordedResource } from "../../support/inventory";

/** A rule about what the program registers, which no general checker knows. */
export interface Policy {
  /** What holds, in the present tense. */
  readonly title: string;
  /** What speaks against it, each with the logical name of the resource. */
  readonly violations: (inventory: Inventory) => readonly string[];
}

/** Types of Azure that policies look at. */
export const azure = {
  group: "azure-native:resources:ResourceGroup",
  account: "azure-native:storage:StorageAccount",
  blobs: "azure-native:storage:BlobServiceProperties",
  container: "azure-native:storage:BlobContainer",
  lifecycle: "azure-native:storage:ManagementPolicy",
  registry: "azure-native:containerregistry:Registry",
  role: "azure-native:authorization:RoleAssignment",
  address: "azure-native:network:PublicIPAddress",
  guard: "azure-native:network:NetworkSecurityGroup",
  subnet: "azure-native:network:Subnet",
  server: "azure-native:dbforpostgresql:Server",
  zone: "azure-native:privatedns:PrivateZone",
  cluster: "azure-native:containerservice:ManagedCluster",
} as const;

/** What lies at a path of the inputs such as `sku.name`; undefined where nothing does. */
export function inputAt({ inputs }: RecordedResource, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
      inputs,
    );
}

/** Objects of a list at a path; an empty list where there is none. */
export function objectsAt(
  resource: RecordedResource,
  path: string,
): readonly Readonly<Record<string, unknown>>[] {
  const list: unknown = inputAt(resource, path);
  if (!Array.isArray(list)) return [];
  return list.filter(
    (each): each is Readonly<Record<string, unknown>> => typeof each === "object" && each !== null,
  );
}

/** A policy by which every resource of a type has fixed inputs, by path. */
export function fixed(title: string, type: string, wanted: Readonly<Record<string, unknown>>): Policy {
  return {
    title,
    violations: (inventory) =>
      inventory.all(type).flatMap((resource) =>
        Object.entries(wanted)
          .filter(([path, value]) => inputAt(resource, path) !== value)
          .map(([path]) => `${resource.name}: ${path} is ${JSON.stringify(inputAt(resource, path))}`),
      ),
  };
}
