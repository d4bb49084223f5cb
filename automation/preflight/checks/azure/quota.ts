import { type Check, type Finding, type FindingName, failed, passed, skipped, warning } from "../../check";
import { azureCheck } from "./azure-check";
import { listOwnServers } from "./database-server";
import { readDatabaseCapabilities } from "./database-capabilities";
import type { AzureFacts } from "./facts";
import { madeParts, newPart } from "./made";
import { nodeDemand } from "./node-demand";
import { findOwn } from "./own-resources";
import { wantedPools } from "./pools";
import type { AzureAccess, AzureSession } from "./session";
import { type Usage, type UsageSource, listUsages, quotaScope } from "./usages";

const title = "Quota";

/** How much of something is wanted beyond what an earlier deployment has. */
interface Wanted {
  readonly name: FindingName;
  readonly source: UsageSource;
  /** Name of the quota. */
  readonly quota: string;
  readonly least: number;
  /** @default - `least` */
  readonly most?: number;
}

const named = (part: string, what: string): FindingName => ({
  id: `azure.quota.${part}`,
  title: `${title}: ${what}`,
});

/** Whether the quota of processors is enough for the nodes. */
export const nodeQuotaCheck = (session: AzureSession, facts: AzureFacts): Check =>
  azureCheck(session, {
    ...named("nodes", "processors of the nodes"),
    skip: (subject) => (madeParts(subject).cluster ? undefined : "the cluster is given"),
    run: async (access) => {
      const [sizes, cluster, usages] = await Promise.all([
        facts.vmSizes(access),
        facts.ownCluster(access),
        listUsages(access, "compute"),
      ]);
      return nodeDemand(wantedPools(access.complete), sizes, cluster).map(({ quota, least, most }) =>
        quotaFinding(
          {
            name: named(`nodes.${quota}`, quota === "cores" ? "processors of the region" : quota),
            source: "compute",
            quota,
            least,
            most,
          },
          usages.get(quota.toLowerCase()),
          access,
        ),
      );
    },
  });

/** Whether the quota of public addresses is enough. */
export const addressQuotaCheck = (session: AzureSession, facts: AzureFacts): Check =>
  azureCheck(session, {
    ...named("addresses", "public addresses"),
    run: async (access, context) => {
      const [cluster, usages] = await Promise.all([facts.ownCluster(access), listUsages(access, "network")]);
      const made = madeParts(context);
      // The cluster's way out has an address, whether a gateway's or the load balancer's.
      const least = cluster ? 0 : Number(made.address) + Number(made.cluster);
      const quotas = [
        "IPv4StandardSkuPublicIpAddresses",
        "StandardSkuPublicIpAddresses",
        "PublicIPAddresses",
      ].filter((quota) => usages.has(quota.toLowerCase()));
      const name = named("addresses", "public addresses");
      if (quotas.length === 0) return [skipped(name, "the region does not count public addresses")];
      const findings = quotas.map((quota) =>
        quotaFinding({ name, source: "network", quota, least }, usages.get(quota.toLowerCase()), access),
      );
      const worst = findings.find(({ status }) => status !== "passed") ?? findings[0];
      return worst ? [worst] : [];
    },
  });

/** Whether one more storage account may be made. */
export const storageQuotaCheck = (session: AzureSession, facts: AzureFacts): Check => {
  const name = named("storage", "storage accounts");
  return azureCheck(session, {
    ...name,
    skip: (subject) => (madeParts(subject).storage ? undefined : "the storage account is given"),
    run: async (access) => {
      const [usages, resources] = await Promise.all([
        listUsages(access, "storage"),
        facts.groupResources(access),
      ]);
      const own = findOwn(resources, "storage", access.section.prefix);
      if (own) return [passed(name, `${own.name} is there`)];
      const quota = "StorageAccounts";
      return [
        quotaFinding({ name, source: "storage", quota, least: 1 }, usages.get(quota.toLowerCase()), access),
      ];
    },
  });
};

/** Whether the quota of processors is enough for the PostgreSQL server, its standby and its replica. */
export const databaseQuotaCheck = (session: AzureSession): Check => {
  const name = named("database", "processors of the PostgreSQL server");
  return azureCheck(session, {
    ...name,
    skip: (subject) =>
      madeParts(subject).database ? undefined : "the secret `databaseUrl` names a database that is there",
    run: async (access) => {
      const [offer, { primary }, usages] = await Promise.all([
        readDatabaseCapabilities(access),
        listOwnServers(access),
        listUsages(access, "postgres"),
      ]);
      if (primary) return [passed(name, `${primary.name} is there`)];
      const { sku, highAvailability } = newPart(access.complete.database);
      const vCores = offer.skus.find((each) => each.name.toLowerCase() === sku.toLowerCase())?.vCores;
      if (vCores === undefined) return [skipped(name, `${access.section.location} does not offer ${sku}`)];
      const servers =
        1 + Number(highAvailability !== "Disabled") + Number(access.section.database.readReplica);
      const quota = databaseFamily(sku);
      const usage = usages.get(quota.toLowerCase()) ?? usages.get("cores");
      return [quotaFinding({ name, source: "postgres", quota, least: vCores * servers }, usage, access)];
    },
  });
};

/** The quota of a size of servers: `standardDDSv5Family` for `Standard_D4ds_v5`, `standardBSFamily` for `Standard_B2s`. */
export function databaseFamily(sku: string): string {
  const [, letter = "", features = "", version = ""] =
    /^Standard_([A-Z]+)\d+([a-z]*)(?:_(v\d+))?$/.exec(sku) ?? [];
  return `standard${letter}${features.toUpperCase()}${version}Family`;
}

function quotaFinding(wanted: Wanted, usage: Usage | undefined, access: AzureAccess): Finding {
  const { name, source, quota, least, most = least } = wanted;
  if (!usage) return skipped(name, `the region does not count ${quota}`);
  const free = usage.limit - usage.used;
  const state = `${usage.title}: ${usage.used} of ${usage.limit} are in use`;
  if (most <= free) return passed(name, `${state}, up to ${most} more are wanted`);
  const ask = `run \`az quota update --resource-name ${quota} --scope ${quotaScope(access, source)} --limit-object value=${usage.used + most}\` to ask for more, or choose fewer or another size`;
  if (least > free) return failed(name, `${state}, ${least} more are needed`, ask);
  return warning(name, `${state}; the fewest nodes (${least}) fit, the most (${most}) do not`, ask);
}
