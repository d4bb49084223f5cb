import { at, listAt, stringAt, type WorldState, textOf } from "../../framework";
import { allOfType, type ArmRecord, lingersFor } from "../arm/tables";
import { sameId } from "../arm/resource-id";
import { parseRange, type Range } from "./cidr";

/** What keeps a subnet in use, described by the ids of those that do. */
export function usersOfSubnet(state: WorldState, id: string, now: Date): string[] {
  const nodes = allOfType(state, "Microsoft.ContainerService/managedClusters")
    .filter(({ properties }) =>
      listAt(properties, "agentPoolProfiles").some((pool) => sameId(stringAt(pool, "vnetSubnetID"), id)),
    )
    .map((cluster) => cluster.id);
  const pools = allOfType(state, "Microsoft.ContainerService/managedClusters/agentPools")
    .filter(({ properties }) => sameId(stringAt(properties, "vnetSubnetID"), id))
    .map((pool) => pool.id);
  const servers = allOfType(state, "Microsoft.DBforPostgreSQL/flexibleServers")
    .filter(({ properties }) => sameId(stringAt(properties, "network", "delegatedSubnetResourceId"), id))
    .map((server) => server.id);
  const link = lingersFor(state, id, now);
  return [
    ...nodes,
    ...pools,
    ...servers,
    ...(link === undefined ? [] : [`the service association link of ${link}`]),
  ];
}

/** The addresses of a subnet; `undefined` when it has none that can be read. */
export function rangeOfSubnet({ properties }: ArmRecord): Range | undefined {
  const [first] = listAt(properties, "addressPrefixes");
  const text = stringAt(properties, "addressPrefix") ?? (typeof first === "string" ? first : undefined);
  return text === undefined ? undefined : parseRange(text);
}

/** The services a subnet is delegated to. */
export function delegationsOf({ properties }: ArmRecord): string[] {
  return listAt(properties, "delegations").map((delegation) => textOf(at(delegation, "serviceName") ?? ""));
}
