import { setCommand } from "../../../../config/problems";
import { type Check, type Finding, failed, passed, warning } from "../../check";
import { azureCheck } from "./azure-check";
import type { AzureFacts } from "./facts";
import { madeParts } from "./made";
import { type WantedPool, wantedPools } from "./pools";
import type { AzureAccess, AzureSession } from "./session";
import type { VmSize, VmSizes } from "./vm-sizes";

const title = "Size of the nodes";
const name = { id: "azure.nodes", title };

/** Whether the subscription gets machines of the sizes of the pools, in their zones. */
export const nodesCheck = (session: AzureSession, facts: AzureFacts): Check =>
  azureCheck(session, {
    ...name,
    skip: (subject) => (madeParts(subject).cluster ? undefined : "the cluster is given"),
    run: async (access) => {
      const [sizes, cluster] = await Promise.all([facts.vmSizes(access), facts.ownCluster(access)]);
      const inUse = new Set(cluster?.properties.agentPoolProfiles.map(({ vmSize }) => vmSize));
      return wantedPools(access.complete).map((pool) => poolFinding(pool, sizes, access, inUse));
    },
  });

function poolFinding(
  pool: WantedPool,
  sizes: VmSizes,
  { section }: AzureAccess,
  inUse: ReadonlySet<string>,
): Finding {
  const of = { id: `${name.id}.${pool.name}`, title: `${title} of pool ${pool.name}` };
  const { location, cluster } = section;
  const size = sizes.get(pool.vmSize);
  const other = instead(pool, size, sizes);
  const fix =
    other === undefined
      ? `choose a size of \`az vm list-skus --location ${location} --resource-type virtualMachines --output table\` for \`${pool.key}.vmSize\``
      : setCommand(`${pool.key}.vmSize`, other.name);
  const appeal = `${fix}, or ask Microsoft for access to ${pool.vmSize} in ${location}`;
  if (!size) return failed(of, `${location} has no size ${pool.vmSize}`, fix);
  if (size.refused !== undefined) {
    const reason = `the subscription gets no ${size.name} in ${location} (${size.refused})`;
    // The nodes that are there stay; more of them may not come.
    return inUse.has(size.name) ? warning(of, reason, appeal) : failed(of, reason, appeal);
  }
  const shut = pool.zones.filter((zone) => !size.zones.includes(zone));
  if (shut.length > 0) {
    const reason = `the subscription gets no ${size.name} in zone ${shut.join(", ")} of ${location}`;
    return inUse.has(size.name) ? warning(of, reason, appeal) : failed(of, reason, appeal);
  }
  if (pool.osDisk === "Ephemeral" && !size.can("EphemeralOSDiskSupported")) {
    return failed(
      of,
      `${size.name} takes no ephemeral disk for the operating system`,
      setCommand("aks.cluster.osDisk", "Managed"),
    );
  }
  if (cluster.encryptionAtHost && !size.can("EncryptionAtHostSupported")) {
    return failed(of, `${size.name} does not support \`aks.cluster.encryptionAtHost\``, fix);
  }
  if (pool.purpose === "system" && size.vCpus < 2) {
    return failed(of, `${size.name} has ${size.vCpus} vCPU, a system pool takes at least 2`, fix);
  }
  const zones = pool.zones.length > 0 ? ` in zones ${pool.zones.join(", ")}` : "";
  return passed(of, `${size.name} can be had${zones}`);
}

/** A size like the wanted one that the subscription gets in the pool's zones. */
function instead(pool: WantedPool, wanted: VmSize | undefined, sizes: VmSizes): VmSize | undefined {
  const vCpus = wanted?.vCpus ?? 4;
  return [...sizes.values()]
    .filter(
      (size) =>
        size.name !== pool.vmSize &&
        size.vCpus === vCpus &&
        /^Standard_D\d+a?ds_v\d+$/.test(size.name) &&
        size.refused === undefined &&
        size.can("EphemeralOSDiskSupported") &&
        pool.zones.every((zone) => size.zones.includes(zone)),
    )
    .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }))[0];
}
