import { z } from "zod";
import type { ArmClient } from "../../automation/azure/arm-client";
import { fixedNames, seededNames, seedLength } from "../../components/platform/aks/names";
import type { PreflightInput } from "../check";

/** Which parts of the platform the deployment creates; the others exist already. */
export interface NewParts {
  readonly network: boolean;
  readonly cluster: boolean;
  readonly database: boolean;
  readonly storage: boolean;
  readonly registry: boolean;
  /** The second registry, for the launcher alone. */
  readonly launcherRegistry: boolean;
  /** The address of the ingress controller. */
  readonly address: boolean;
  /** The address of the broker. */
  readonly brokerAddress: boolean;
}

/** What a configuration of the target `aks` creates. */
export const newParts = ({ aks }: Pick<PreflightInput, "aks">): NewParts => ({
  network: aks?.network.kind !== "existing",
  cluster: aks?.cluster.kind !== "existing",
  database: aks?.database.kind !== "existing",
  storage: aks?.storage.kind !== "existing",
  registry: aks?.registry.main.kind !== "existing",
  launcherRegistry: aks?.registry.anonymousLauncher ?? false,
  address: aks?.address.kind === "new",
  brokerAddress: aks?.brokerAddress !== undefined,
});

/** A part that is new, in a check that is skipped for an existing one. */
export function newPart<T extends { readonly kind: "new" | "existing" }>(
  part: T,
): Extract<T, { readonly kind: "new" }> {
  if (part.kind === "new") return part as Extract<T, { readonly kind: "new" }>;
  throw new Error("bug: a check of a new part ran for an existing one");
}

const resource = z.object({ name: z.string(), type: z.string() });

export type GroupResource = z.output<typeof resource>;

/** Reads what is in the main resource group; nothing when there is none. */
export const listGroupResources = async ({
  arm,
  group,
}: {
  readonly arm: ArmClient;
  readonly group: string;
}): Promise<readonly GroupResource[]> =>
  (await arm.findList({ api: "resources", path: `${group}/resources` }, resource)) ?? [];

const placeholder = "x".repeat(seedLength);

const types = {
  cluster: "microsoft.containerservice/managedclusters",
  identity: "microsoft.managedidentity/userassignedidentities",
  network: "microsoft.network/virtualnetworks",
  storage: "microsoft.storage/storageaccounts",
  registry: "microsoft.containerregistry/registries",
  launcherRegistry: "microsoft.containerregistry/registries",
  database: "microsoft.dbforpostgresql/flexibleservers",
} as const;

/** A part of an installation that its name tells. */
export type OwnPart = keyof typeof types;

/** Finds the resource of an earlier deployment that is a part of the installation, whatever its seed. */
export function findOwn(
  resources: readonly GroupResource[],
  part: OwnPart,
  prefix: string,
): GroupResource | undefined {
  const fixed = fixedNames(prefix, "");
  const seeded = seededNames(prefix, placeholder);
  const names: Readonly<Record<OwnPart, string>> = {
    cluster: fixed.cluster,
    identity: fixed.backendIdentity,
    network: fixed.network,
    storage: seeded.storageAccount,
    registry: seeded.registry,
    launcherRegistry: seeded.publicRegistry,
    database: seeded.databaseServer,
  };
  const pattern = new RegExp(`^${names[part].replace(placeholder, `[a-z0-9]{${seedLength}}`)}$`, "i");
  return resources.find(({ name, type }) => type.toLowerCase() === types[part] && pattern.test(name));
}

/** Whether the group holds any part of an installation. */
export const holdsInstallation = (resources: readonly GroupResource[], prefix: string): boolean =>
  (Object.keys(types) as readonly OwnPart[]).some((part) => findOwn(resources, part, prefix) !== undefined);
