import { z } from "zod";
import type { CompleteAks, NodePool } from "../../config/aks/parts";
import { setCommand } from "../../config/problems";
import { type Finding, finding, firstOf } from "../check";
import { AzureCheck } from "./check";
import { findOwnCluster } from "./kubernetes";
import { newPart } from "./parts";
import type { AzureContext } from "./session";

/** Whether the subscription gets machines of the sizes of the pools, in their zones. */
export const nodeSizesCheck = new AzureCheck("azure.nodes", "Size of the nodes", checkNodeSizes, "cluster");

async function checkNodeSizes(azure: AzureContext): Promise<readonly Finding[]> {
  const [sizes, cluster] = await Promise.all([azure.once(listVmSizes), azure.once(findOwnCluster)]);
  const inUse = new Set(cluster?.properties.agentPoolProfiles.map(({ vmSize }) => vmSize));
  return wantedPools(azure.complete).map((pool) => poolFinding(pool, sizes, azure, inUse));
}

/** A pool of nodes that a configuration asks for. */
export interface WantedPool extends NodePool {
  /** Key of its settings: `aks.cluster.pools[0]`. */
  readonly key: string;
}

/** All pools of the new cluster, the system's first. */
export function wantedPools({ cluster }: CompleteAks): readonly WantedPool[] {
  const { systemPool, pools } = newPart(cluster);
  return [
    { ...systemPool, key: "aks.cluster.systemPool" },
    ...pools.map((pool, index) => ({ ...pool, key: `aks.cluster.pools[${index}]` })),
  ];
}

function poolFinding(
  pool: WantedPool,
  sizes: VmSizes,
  { section: { location, cluster } }: AzureContext,
  inUse: ReadonlySet<string>,
): Finding {
  const check = finding(`${nodeSizesCheck.id}.${pool.name}`, `${nodeSizesCheck.title} of pool ${pool.name}`);
  const size = sizes.get(pool.vmSize);
  const other = alternative(pool, size, sizes);
  const fix =
    other === undefined
      ? `choose a size of \`az vm list-skus --location ${location} --resource-type virtualMachines --output table\` for \`${pool.key}.vmSize\``
      : setCommand(`${pool.key}.vmSize`, other.name);
  if (!size) return check.failed(`${location} has no size ${pool.vmSize}`, fix);
  const { name, refused, vCpus } = size;
  const appeal = `${fix}, or ask Microsoft for access to ${pool.vmSize} in ${location}`;
  // Existing nodes stay; more of them may not come.
  const status = inUse.has(name) ? "warning" : "failed";
  const shut = pool.zones.filter((zone) => !size.zones.includes(zone)).join(", ");
  const zones = pool.zones.length > 0 ? ` in zones ${pool.zones.join(", ")}` : "";
  return firstOf(
    refused !== undefined &&
      check[status](`the subscription gets no ${name} in ${location} (${refused})`, appeal),
    shut !== "" && check[status](`the subscription gets no ${name} in zone ${shut} of ${location}`, appeal),
    pool.osDisk === "Ephemeral" &&
      !size.can("EphemeralOSDiskSupported") &&
      check.failed(
        `${name} takes no ephemeral disk for the operating system`,
        setCommand("aks.cluster.osDisk", "Managed"),
      ),
    cluster.encryptionAtHost &&
      !size.can("EncryptionAtHostSupported") &&
      check.failed(`${name} does not support \`aks.cluster.encryptionAtHost\``, fix),
    vCpus < 2 && check.failed(`${name} has ${vCpus} vCPU, AKS asks for at least 2`, fix),
    check.passed(`${name} is available${zones}`),
  );
}

/** A size like the wanted one that the subscription gets in the pool's zones. */
const alternative = (pool: WantedPool, wanted: VmSize | undefined, sizes: VmSizes): VmSize | undefined =>
  [...sizes.values()]
    .filter(
      (size) =>
        size.name !== pool.vmSize &&
        size.vCpus === (wanted?.vCpus ?? 4) &&
        /^Standard_D\d+a?ds_v\d+$/.test(size.name) &&
        size.refused === undefined &&
        size.can("EphemeralOSDiskSupported") &&
        pool.zones.every((zone) => size.zones.includes(zone)),
    )
    .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }))[0];

const skuSchema = z.object({
  resourceType: z.string(),
  name: z.string(),
  family: z.string().default(""),
  locationInfo: z.array(z.object({ location: z.string(), zones: z.array(z.string()).nullish() })).nullish(),
  capabilities: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  restrictions: z
    .array(
      z.object({
        type: z.string(),
        reasonCode: z.string().optional(),
        restrictionInfo: z.object({ zones: z.array(z.string()).nullish() }).optional(),
      }),
    )
    .nullish(),
});

/** A size of machines in one region, for one subscription. */
export interface VmSize {
  readonly name: string;
  /** Name of its quota: `standardDDSv5Family`. */
  readonly family: string;
  readonly vCpus: number;
  /** Zones in which the subscription gets it; empty for none. */
  readonly zones: readonly string[];
  /** Why the subscription gets none at all: `NotAvailableForSubscription`. */
  readonly refused: string | undefined;
  /** Whether its capability of that name is `True`. */
  readonly can: (capability: string) => boolean;
}

/** Sizes by name. */
export type VmSizes = ReadonlyMap<string, VmSize>;

export async function listVmSizes({ arm, subscription, section }: AzureContext): Promise<VmSizes> {
  const { location } = section;
  const path = `${subscription}/providers/Microsoft.Compute/skus`;
  const query = { $filter: `location eq '${location}'` };
  const skus = await arm.list({ api: "skus", path, query }, skuSchema);
  const sizes = skus
    .filter(({ resourceType }) => resourceType === "virtualMachines")
    .map((sku) => vmSize(sku, location));
  return new Map(sizes.map((size) => [size.name, size]));
}

function vmSize(sku: z.output<typeof skuSchema>, location: string): VmSize {
  const capabilities = new Map(sku.capabilities?.map(({ name, value }) => [name, value]));
  const restrictions = sku.restrictions ?? [];
  const shut = new Set(
    restrictions
      .filter(({ type }) => type === "Zone")
      .flatMap(({ restrictionInfo }) => restrictionInfo?.zones ?? []),
  );
  const here = sku.locationInfo?.find((info) => info.location.toLowerCase() === location);
  const whole = restrictions.find(({ type }) => type === "Location");
  return {
    name: sku.name,
    family: sku.family,
    vCpus: Number(capabilities.get("vCPUs") ?? 0),
    zones: (here?.zones ?? []).filter((zone) => !shut.has(zone)).sort(),
    refused: whole && (whole.reasonCode ?? "restricted"),
    can: (name) => capabilities.get(name)?.toLowerCase() === "true",
  };
}
