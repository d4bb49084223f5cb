import { agentPool, maintenanceConfiguration } from "./agent-pool";
import { managedCluster } from "./managed-cluster";

/** The types of Microsoft.ContainerService. */
export const clusterTypes = [managedCluster, agentPool, maintenanceConfiguration];
