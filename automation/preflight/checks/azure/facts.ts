import { fixedNames } from "../../../../components/platform/aks/names";
import { type ClusterState, findCluster } from "./cluster-state";
import { type Location, listLocations } from "./locations";
import { type GroupResource, listGroupResources } from "./own-resources";
import type { AzureAccess } from "./session";
import { type VmSizes, listVmSizes } from "./vm-sizes";

type Read<T> = (access: AzureAccess) => Promise<T>;

/** What several checks look at, and is read once. */
export interface AzureFacts {
  /** The cluster of an earlier deployment; undefined before the first, and when the cluster is given. */
  readonly ownCluster: Read<ClusterState | undefined>;
  /** What lies in the main resource group; nothing when there is none. */
  readonly groupResources: Read<readonly GroupResource[]>;
  readonly vmSizes: Read<VmSizes>;
  readonly locations: Read<readonly Location[]>;
}

/** Facts for one run of the checks. */
export const azureFacts = (): AzureFacts => ({
  ownCluster: once((access) => {
    if (access.section.cluster.existingId !== undefined) return Promise.resolve(undefined);
    return findCluster(access, ownClusterId(access));
  }),
  groupResources: once(listGroupResources),
  vmSizes: once(listVmSizes),
  locations: once(listLocations),
});

/** Id of the cluster that the program makes. */
export function ownClusterId({ group, section }: Pick<AzureAccess, "group" | "section">): string {
  const { cluster } = fixedNames(section.prefix, section.resourceGroup.name);
  return `${group}/providers/Microsoft.ContainerService/managedClusters/${cluster}`;
}

function once<T>(read: Read<T>): Read<T> {
  let found: Promise<T> | undefined;
  return (access) => (found ??= read(access));
}
