import { stringAt, type WorldState } from "../../framework";
import { allOfType } from "../arm/lookup";

/** Whether an API server at this host would be one of Azure's. */
export function isManagedHost(host: string): boolean {
  return /\.azmk8s\.(io|us|cn)$/.test(host);
}

/** Whether a cluster answers at a host. */
export function isServedByAzure(state: WorldState, host: string): boolean {
  return allOfType(state, "Microsoft.ContainerService/managedClusters").some(
    ({ computed }) => stringAt(computed, "fqdn") === host,
  );
}
