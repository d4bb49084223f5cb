import { z } from "zod";
import type { Api } from "../../automation/azure/arm-client";
import { type Finding, finding, type FindingBuilder } from "../check";
import { AzureCheck } from "./check";
import { listOwnServers, readDatabaseOffer } from "./database";
import { type ClusterState, findOwnCluster } from "./kubernetes";
import { listVmSizes, type VmSizes, type WantedPool, wantedPools } from "./nodes";
import { findOwn, listGroupResources, newPart } from "./parts";
import type { AzureContext } from "./session";

/** Whether the quota of processors is enough for the nodes. */
export const nodeQuotaCheck = new AzureCheck(
  "azure.quota.nodes",
  "Quota: processors of the nodes",
  async (azure) => {
    const [sizes, cluster, usages] = await Promise.all([
      azure.once(listVmSizes),
      azure.once(findOwnCluster),
      listUsages(azure, "compute"),
    ]);
    return nodeDemand(wantedPools(azure.complete), sizes, cluster).map((demand) => {
      const { quota } = demand;
      const what = quota === "cores" ? "processors of the region" : quota;
      const check = finding(`azure.quota.nodes.${quota}`, `Quota: ${what}`);
      return quotaFinding(check, { source: "compute", ...demand }, usages.get(quota.toLowerCase()), azure);
    });
  },
  "cluster",
);

/** Whether the quota of public addresses is enough. */
export const addressQuotaCheck: AzureCheck = new AzureCheck(
  "azure.quota.addresses",
  "Quota: public addresses",
  async (azure) => {
    const [cluster, usages] = await Promise.all([azure.once(findOwnCluster), listUsages(azure, "network")]);
    const { address, brokerAddress, cluster: ownCluster } = azure.isNew;
    // The cluster's way out has an address, whether a gateway's or the load balancer's.
    const least = cluster ? 0 : [address, brokerAddress, ownCluster].filter(Boolean).length;
    const findings = ["IPv4StandardSkuPublicIpAddresses", "StandardSkuPublicIpAddresses", "PublicIPAddresses"]
      .filter((quota) => usages.has(quota.toLowerCase()))
      .map((quota) => {
        const wanted = { source: "network", quota, least } as const;
        return quotaFinding(addressQuotaCheck, wanted, usages.get(quota.toLowerCase()), azure);
      });
    const worst = findings.find(({ status }) => status !== "passed") ?? findings[0];
    return [worst ?? addressQuotaCheck.skipped("the region does not count public addresses")];
  },
);

/** Whether one more storage account may be created. */
export const storageQuotaCheck: AzureCheck = new AzureCheck(
  "azure.quota.storage",
  "Quota: storage accounts",
  async (azure) => {
    const [usages, resources] = await Promise.all([
      listUsages(azure, "storage"),
      azure.once(listGroupResources),
    ]);
    const own = findOwn(resources, "storage", azure.section.prefix);
    if (own) return [storageQuotaCheck.passed(`${own.name} exists`)];
    const wanted = { source: "storage", quota: "StorageAccounts", least: 1 } as const;
    return [quotaFinding(storageQuotaCheck, wanted, usages.get(wanted.quota.toLowerCase()), azure)];
  },
  "storage",
);

/** Whether the quota of processors is enough for the PostgreSQL server, its standby and its replica. */
export const databaseQuotaCheck: AzureCheck = new AzureCheck(
  "azure.quota.database",
  "Quota: processors of the PostgreSQL server",
  async (azure) => {
    const { section, complete } = azure;
    const [offer, { primary }, usages] = await Promise.all([
      readDatabaseOffer(azure),
      listOwnServers(azure),
      listUsages(azure, "postgres"),
    ]);
    if (primary) return [databaseQuotaCheck.passed(`${primary.name} exists`)];
    const { sku, highAvailability } = newPart(complete.database);
    const vCores = offer.skus.find(({ name }) => name.toLowerCase() === sku.toLowerCase())?.vCores;
    if (vCores === undefined)
      return [databaseQuotaCheck.skipped(`${section.location} does not offer ${sku}`)];
    const servers = 1 + Number(highAvailability !== "Disabled") + Number(section.database.readReplica);
    const quota = databaseFamily(sku);
    const usage = usages.get(quota.toLowerCase()) ?? usages.get("cores");
    const wanted = { source: "postgres", quota, least: vCores * servers } as const;
    return [quotaFinding(databaseQuotaCheck, wanted, usage, azure)];
  },
  "database",
);

/** The quota of a size of servers: `standardDDSv5Family` for `Standard_D4ds_v5`, `standardBSFamily` for `Standard_B2s`. */
export function databaseFamily(sku: string): string {
  const [, letter = "", features = "", version = ""] =
    /^Standard_([A-Z]+)\d+([a-z]*)(?:_(v\d+))?$/.exec(sku) ?? [];
  return `standard${letter}${features.toUpperCase()}${version}Family`;
}

/** How much of something is wanted beyond what an earlier deployment has. */
interface Wanted {
  readonly source: UsageSource;
  /** Name of the quota, as the sizes of machines name it: `standardDDSv5Family`; `cores` for all of the region. */
  readonly quota: string;
  /** With every pool at its fewest nodes. */
  readonly least: number;
  /** With every pool at its most. @default - `least` */
  readonly most?: number;
}

function quotaFinding(
  check: FindingBuilder,
  { source, quota, least, most = least }: Wanted,
  usage: Usage | undefined,
  { subscription, section }: AzureContext,
): Finding {
  if (!usage) return check.skipped(`the region does not count ${quota}`);
  const free = usage.limit - usage.used;
  const state = `${usage.title}: ${usage.used} of ${usage.limit} are in use`;
  if (most <= free) return check.passed(`${state}, up to ${most} more are wanted`);
  const scope = `${subscription}/providers/${sources[source][0]}/locations/${section.location}`;
  const fix = `run \`az quota update --resource-name ${quota} --scope ${scope} --limit-object value=${usage.used + most}\` to ask for more, or choose fewer or another size`;
  return least > free
    ? check.failed(`${state}, ${least} more are needed`, fix)
    : check.warning(`${state}; the fewest nodes (${least}) fit, the most (${most}) do not`, fix);
}

/**
 * What a cluster's pools take of the quotas of processors, less what the cluster has already. Pools of an unknown size are
 * left out: their check says so.
 */
function nodeDemand(
  pools: readonly WantedPool[],
  sizes: VmSizes,
  cluster: ClusterState | undefined,
): readonly { readonly quota: string; readonly least: number; readonly most: number }[] {
  const demands = new Map<string, { least: number; most: number }>();
  const add = (size: string, least: number, most: number): void => {
    const known = sizes.get(size);
    if (!known) return;
    for (const quota of [known.family, "cores"]) {
      const demand = demands.get(quota) ?? { least: 0, most: 0 };
      demand.least += least * known.vCpus;
      demand.most += most * known.vCpus;
      demands.set(quota, demand);
    }
  };
  for (const { vmSize, minCount, maxCount } of pools) add(vmSize, minCount, maxCount);
  for (const { vmSize, count } of cluster?.properties.agentPoolProfiles ?? []) add(vmSize, -count, -count);
  return [...demands].map(([quota, { least, most }]) => ({
    quota,
    least: Math.max(0, least),
    most: Math.max(0, most),
  }));
}

const usageSchema = z.object({
  name: z.object({ value: z.string(), localizedValue: z.string().nullish() }),
  currentValue: z.number(),
  limit: z.number(),
});

/** How much of something a subscription has in a region, and may have. */
interface Usage {
  readonly title: string;
  readonly used: number;
  readonly limit: number;
}

/** Services that count, with the paths behind `providers/<namespace>/locations/<region>/`. */
const sources = {
  compute: ["Microsoft.Compute", "usages"],
  network: ["Microsoft.Network", "usages"],
  storage: ["Microsoft.Storage", "usages"],
  postgres: ["Microsoft.DBforPostgreSQL", "resourceType/flexibleServers/usages"],
} as const satisfies Partial<Record<Api, readonly [string, string]>>;

type UsageSource = keyof typeof sources;

/** Reads what a service counts in the region, by name in lower case: services do not agree on case. */
async function listUsages(
  { arm, subscription, section }: AzureContext,
  source: UsageSource,
): Promise<ReadonlyMap<string, Usage>> {
  const [namespace, rest] = sources[source];
  const path = `${subscription}/providers/${namespace}/locations/${section.location}/${rest}`;
  const found = await arm.list({ api: source, path }, usageSchema);
  return new Map(
    found.map(({ name, currentValue, limit }) => [
      name.value.toLowerCase(),
      { title: name.localizedValue ?? name.value, used: currentValue, limit },
    ]),
  );
}
