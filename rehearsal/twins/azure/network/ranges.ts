import { isIPv4 } from "node:net";
import { at, listAt, stringAt, textOf, type WorldState } from "../../framework";
import { sameId } from "../arm/resource-id";
import { allOfType, type ArmRecord, lingersFor } from "../arm/tables";

/** A range of IPv4 addresses. */
export interface Range {
  /** First address, as a number. */
  readonly first: number;
  /** Last address, as a number. */
  readonly last: number;
  readonly prefix: number;
}

/** Reads `10.0.0.0/16`; `undefined` when it is no range or its address is not the first of it. */
export function parseRange(text: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = match.slice(1).map(Number);
  if ([a, b, c, d].some((part) => part > 255) || prefix > 32) return undefined;
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  const size = 2 ** (32 - prefix);
  return first % size === 0 ? { first, last: first + size - 1, prefix } : undefined;
}

/** Reads an address as a number; `undefined` when it is none. */
export function parseAddress(text: string): number | undefined {
  return parseRange(`${text}/32`)?.first;
}

/** Whether a text is an address or a range, with an address that need not be the first of it. */
export function isAddressOrRange(text: string): boolean {
  const [address = "", prefix = "32", ...rest] = text.split("/");
  return isIPv4(address) && /^\d{1,2}$/.test(prefix) && Number(prefix) <= 32 && rest.length === 0;
}

/** Whether two ranges have an address in common. */
export function overlap(left: Range, right: Range): boolean {
  return left.first <= right.last && right.first <= left.last;
}

/** Whether one range lies in another. */
export function contains(outer: Range, inner: Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

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
