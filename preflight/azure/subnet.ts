import { z } from "zod";
import { parseRange, type Range } from "../../config/aks/cidr";
import { parentId } from "../../config/aks/formats";
import { setCommand } from "../../config/problems";
import type { Finding } from "../check";
import type { ExistingPart } from "./check";
import type { AzureContext } from "./session";

const prefixes = {
  addressPrefix: z.string().nullish(),
  addressPrefixes: z.array(z.string()).nullish(),
};
const reference = z.object({ id: z.string() });
const links = z.array(
  z.object({ properties: z.object({ linkedResourceType: z.string().optional() }).optional() }),
);
const networkSchema = z.object({
  location: z.string(),
  properties: z.object({
    subnets: z.array(z.object({ id: z.string(), properties: z.object(prefixes) })).nullish(),
    virtualNetworkPeerings: z
      .array(
        z.object({
          name: z.string(),
          properties: z.object({
            remoteAddressSpace: z.object({ addressPrefixes: z.array(z.string()).nullish() }).nullish(),
          }),
        }),
      )
      .nullish(),
  }),
});
const subnetSchema = z.object({
  id: z.string(),
  properties: z.object({
    ...prefixes,
    delegations: z.array(z.object({ properties: z.object({ serviceName: z.string() }) })).nullish(),
    ipConfigurations: z.array(reference).nullish(),
    applicationGatewayIPConfigurations: z.array(reference).nullish(),
    resourceNavigationLinks: links.nullish(),
    serviceAssociationLinks: links.nullish(),
    natGateway: reference.nullish(),
    routeTable: reference.nullish(),
  }),
});

/** Ranges that somebody else has, and whose they are. */
export interface Neighbour {
  readonly name: string;
  readonly ranges: readonly Range[];
}

/** A subnet that the operator brings. */
export interface Subnet {
  readonly ranges: readonly Range[];
  readonly delegations: readonly string[];
  /** Ids of what has an address in it. */
  readonly users: readonly string[];
  /** What shares the subnet with nothing else. */
  readonly owner: string | undefined;
  readonly hasGateway: boolean;
  readonly hasRoutes: boolean;
  /** The other subnets of its network. */
  readonly siblings: readonly Neighbour[];
  /** The networks that its own is peered with. */
  readonly peers: readonly Neighbour[];
}

const parseAll = (texts: readonly string[] | null | undefined): readonly Range[] =>
  (texts ?? []).flatMap((text) => parseRange(text) ?? []);
const rangesOf = ({ addressPrefix, addressPrefixes }: z.output<z.ZodObject<typeof prefixes>>) =>
  parseAll(addressPrefixes ?? [addressPrefix ?? ""]);

/** Gateways and firewalls, which have a subnet for themselves. */
const soleUser =
  /\/providers\/Microsoft\.Network\/(?:applicationGateways|virtualNetworkGateways|azureFirewalls|bastionHosts|virtualHubs)\//i;

function ownerOf(properties: z.output<typeof subnetSchema>["properties"]): string | undefined {
  const { applicationGatewayIPConfigurations: gateways, ipConfigurations: users } = properties;
  const owned = [
    ...(properties.resourceNavigationLinks ?? []),
    ...(properties.serviceAssociationLinks ?? []),
  ];
  return (
    gateways?.[0]?.id ??
    users?.find(({ id }) => soleUser.test(id))?.id ??
    owned.map((link) => link.properties?.linkedResourceType ?? "another service")[0]
  );
}

/** Reads a subnet in the region, or says why it cannot be used. */
export async function readSubnet(
  { arm, section }: AzureContext,
  part: ExistingPart,
  id: string,
): Promise<Finding | Subnet> {
  const [subnet, network] = await Promise.all([
    arm.find({ api: "network", path: id }, subnetSchema),
    arm.find({ api: "network", path: parentId(id) }, networkSchema),
  ]);
  if (!subnet || !network) return part.absent(id);
  const { properties } = subnet;
  return (
    part.elsewhere(network.location, section) ?? {
      ranges: rangesOf(properties),
      delegations: (properties.delegations ?? []).map((each) => each.properties.serviceName),
      users: (properties.ipConfigurations ?? []).map((user) => user.id),
      owner: ownerOf(properties),
      hasGateway: (properties.natGateway ?? undefined) !== undefined,
      hasRoutes: (properties.routeTable ?? undefined) !== undefined,
      siblings: (network.properties.subnets ?? [])
        .filter((other) => other.id.toLowerCase() !== id.toLowerCase())
        .map((other) => ({
          name: `subnet ${other.id.split("/").at(-1) ?? ""}`,
          ranges: rangesOf(other.properties),
        })),
      peers: (network.properties.virtualNetworkPeerings ?? []).map((peering) => ({
        name: `the network of peering ${peering.name}`,
        ranges: parseAll(peering.properties.remoteAddressSpace?.addressPrefixes),
      })),
    }
  );
}

/** What no load balancer and no node can be in: a subnet of a service's own. */
export const takenFinding = (part: ExistingPart, { delegations, owner }: Subnet): Finding | undefined => {
  const fix = `${setCommand(part.key, "<id>")} with a subnet that is not`;
  if (delegations[0] !== undefined) return part.failed(`is delegated to ${delegations[0]}`, fix);
  return owner === undefined
    ? undefined
    : part.failed(`is taken by ${owner}, which shares its subnet with nothing else`, fix);
};
