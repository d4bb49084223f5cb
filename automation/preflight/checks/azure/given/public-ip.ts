import { z } from "zod";
import { fixedNames } from "../../../../../components/platform/aks/names";
import { setCommand } from "../../../../../config/problems";
import { type Finding, failed, passed } from "../../../check";
import { findCluster } from "../cluster-state";
import type { AzureAccess } from "../session";
import { absent, elsewhere, firstOf, givenPart } from "./given-part";

const part = givenPart("address", "public address", "aks.network.publicIpId");

const publicIp = z.object({
  location: z.string(),
  sku: z.object({ name: z.string() }).optional(),
  properties: z.object({
    publicIPAllocationMethod: z.string().optional(),
    publicIPAddressVersion: z.string().optional(),
    ipAddress: z.string().nullish(),
    ipConfiguration: z.object({ id: z.string() }).nullish(),
    natGateway: z.object({ id: z.string() }).nullish(),
  }),
});

/** Whether the given address suits a load balancer of the cluster: Standard, static, IPv4, and nobody else's. */
export async function publicIpFinding(access: AzureAccess, id: string): Promise<Finding> {
  const { arm, section } = access;
  const found = await arm.find({ api: "network", path: id }, publicIp);
  if (!found) return absent(part, id);
  const { sku, properties, location } = found;
  const another = `${setCommand(part.key, "<id>")} with one of \`az network public-ip create --sku Standard --allocation-method Static --version IPv4\``;
  const group = await nodeGroup(access);
  const inNodeGroup = (place: string): boolean =>
    group !== undefined && place.toLowerCase().includes(`/resourcegroups/${group.toLowerCase()}/`);
  const user = properties.natGateway?.id ?? properties.ipConfiguration?.id;
  const version = properties.publicIPAddressVersion ?? "IPv4";
  return (
    firstOf(
      elsewhere(part, location, section.location),
      sku?.name !== "Standard" && failed(part, `is of SKU ${sku?.name ?? "Basic"}, not Standard`, another),
      properties.publicIPAllocationMethod !== "Static" && failed(part, "is not static", another),
      version !== "IPv4" && failed(part, `is of version ${version}, not IPv4`, another),
      inNodeGroup(id) &&
        failed(part, "lies in the resource group of the nodes, and would go with the cluster", another),
      user !== undefined && !inNodeGroup(user) && failed(part, `is in use by ${user}`, another),
    ) ?? passed(part, `${properties.ipAddress ?? "the address"} can be used`)
  );
}

async function nodeGroup(access: AzureAccess): Promise<string | undefined> {
  const { existingId } = access.section.cluster;
  const { prefix, resourceGroup } = access.section;
  if (existingId === undefined) return fixedNames(prefix, resourceGroup.name).nodeResourceGroup;
  return (await findCluster(access, existingId))?.properties.nodeResourceGroup;
}
