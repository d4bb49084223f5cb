import { completeAks, hasLocalDisk, supportedKubernetesVersions } from "../azure/complete";
import { type Problem, removeCommand, setCommand } from "../problems";
import { aks } from "./aks-section";

const key = (name: string): string => `aks.cluster.${name}`;

const version = aks((section) => {
  const { kubernetesVersion } = completeAks(section).cluster;
  if (supportedKubernetesVersions.some((each) => each === kubernetesVersion)) return [];
  return [
    {
      key: key("kubernetesVersion"),
      problem: `must be one of ${supportedKubernetesVersions.join(", ")}, which AKS supports, got "${kubernetesVersion}"`,
      fix: setCommand(key("kubernetesVersion"), "1.36"),
    },
  ];
});

const poolSizes = aks((section) => {
  if (section.cluster.existingId !== undefined) return [];
  const { systemPool, pools } = completeAks(section).cluster;
  const problems: Problem[] = [];
  const all = [
    { path: "systemPool", least: 1, ...systemPool },
    ...pools.map((pool, index) => ({ path: `pools[${index}]`, least: 0, ...pool })),
  ];
  for (const pool of all) {
    if (pool.minCount > pool.maxCount) {
      problems.push({
        key: key(`${pool.path}.minCount`),
        problem: `must be at most \`maxCount\` (${pool.maxCount}), got ${pool.minCount}`,
        fix: setCommand(key(`${pool.path}.maxCount`), pool.minCount),
      });
    }
    if (pool.minCount < pool.least) {
      problems.push({
        key: key(`${pool.path}.minCount`),
        problem: `must be at least ${pool.least}: the cluster's own pods run here, got ${pool.minCount}`,
        fix: setCommand(key(`${pool.path}.minCount`), pool.least),
      });
    }
    if (section.cluster.osDisk === "Ephemeral" && !hasLocalDisk(pool.vmSize)) {
      problems.push({
        key: key(`${pool.path}.vmSize`),
        problem: `must be a size with a local disk for the operating system, got "${pool.vmSize}"`,
        fix: `${setCommand(key(`${pool.path}.vmSize`), "Standard_D4ds_v5")}, or ${setCommand(key("osDisk"), "Managed")}`,
      });
    }
  }
  if (/^Standard_B/.test(systemPool.vmSize)) {
    problems.push({
      key: key("systemPool.vmSize"),
      problem: `must not be a burstable size, which AKS does not support for a system pool, got "${systemPool.vmSize}"`,
      fix: setCommand(key("systemPool.vmSize"), "Standard_D4ds_v5"),
    });
  }
  return problems;
});

const poolNames = aks((section) => {
  if (section.cluster.existingId !== undefined) return [];
  const { pools } = completeAks(section).cluster;
  const names = ["system", ...pools.map(({ name }) => name)];
  const problems: Problem[] = pools.flatMap(({ name }, index) =>
    names.indexOf(name) <= index
      ? [
          {
            key: key(`pools[${index}].name`),
            problem: `must be unique, got "${name}" again`,
            fix: "choose another name",
          },
        ]
      : [],
  );
  if (pools.length > 0 && !pools.some(({ purpose }) => purpose === "services")) {
    problems.push({
      key: key("pools"),
      problem: "must have a pool with `purpose: services`: nothing but runs would find a node",
      fix: setCommand(key("pools"), [
        ...pools.map(({ name, purpose }) => ({ name, purpose })),
        { name: "apps" },
      ]),
    });
  }
  pools.forEach(({ zones }, index) => {
    const foreign = zones.find((zone) => !completeAks(section).zones.includes(zone));
    if (foreign !== undefined) {
      problems.push({
        key: key(`pools[${index}].zones`),
        problem: `must be among \`aks.zones\`, got "${foreign}"`,
        fix: removeCommand(key(`pools[${index}].zones`)),
      });
    }
  });
  return problems;
});

const access = aks((section) => {
  const { cluster, size } = section;
  if (cluster.existingId !== undefined) return [];
  const problems: Problem[] = [];
  if (cluster.private && cluster.authorizedRanges !== undefined) {
    problems.push({
      key: key("authorizedRanges"),
      problem: "contradicts `private`: a private API server has no public address to guard",
      fix: removeCommand(key("authorizedRanges")),
    });
  }
  if (!cluster.private && cluster.authorizedRanges === undefined && size !== "dev") {
    problems.push({
      key: key("authorizedRanges"),
      problem: `is missing: with size \`${size}\`, say who reaches the API server`,
      fix: `${setCommand(key("authorizedRanges"), ["203.0.113.0/24"])}, with "0.0.0.0/0" for everybody`,
    });
  }
  if ((cluster.authorizedRanges?.length ?? 0) > 200) {
    problems.push({
      key: key("authorizedRanges"),
      problem: "must be at most 200",
      fix: "combine ranges",
    });
  }
  if (cluster.authorizedRanges?.length === 0) {
    problems.push({
      key: key("authorizedRanges"),
      problem: "must not be empty, which would let in everybody without saying so",
      fix: setCommand(key("authorizedRanges"), ["0.0.0.0/0"]),
    });
  }
  if (cluster.entra && !cluster.entra.azureRbac && cluster.entra.adminGroupIds.length === 0) {
    problems.push({
      key: key("entra.adminGroupIds"),
      problem: "is missing: without `azureRbac`, nobody could log in",
      fix: setCommand(key("entra.adminGroupIds"), ["00000000-0000-0000-0000-000000000000"]),
    });
  }
  return problems;
});

const upgrades = aks((section) => {
  const { cluster, database } = section;
  if (cluster.existingId !== undefined || cluster.maintenance.day !== database.maintenance.day) return [];
  return [
    {
      key: "aks.database.maintenance.day",
      problem: `must be another day than \`aks.cluster.maintenance.day\`, got "${database.maintenance.day}"`,
      fix: setCommand(
        "aks.database.maintenance.day",
        cluster.maintenance.day === "Saturday" ? "Monday" : "Saturday",
      ),
    },
  ];
});

const madeOnly = [
  "kubernetesVersion",
  "tier",
  "pools",
  "osDisk",
  "authorizedRanges",
  "entra",
  "azurePolicy",
  "logAnalyticsWorkspaceId",
] as const;

const existing = aks((section, _, secrets) => {
  const { cluster, network } = section;
  if (cluster.existingId === undefined) {
    return secrets.kubeconfig === undefined
      ? []
      : [
          {
            key: "kubeconfig",
            problem: "has no use: the cluster is made, and its kubeconfig with it",
            fix: removeCommand("kubeconfig"),
          },
        ];
  }
  const problems: Problem[] = madeOnly
    .filter((name) => cluster[name] !== undefined)
    .map((name) => ({
      key: key(name),
      problem: "has no use: the cluster is given",
      fix: removeCommand(key(name)),
    }));
  if (network.nodeSubnetId !== undefined) {
    problems.push({
      key: "aks.network.nodeSubnetId",
      problem: "has no use: the cluster is given, and its nodes have a subnet",
      fix: removeCommand("aks.network.nodeSubnetId"),
    });
  }
  if (network.natGateway) {
    problems.push({
      key: "aks.network.natGateway",
      problem: "has no use: the cluster is given, and its way out with it",
      fix: removeCommand("aks.network.natGateway"),
    });
  }
  if (secrets.databaseUrl === undefined && network.databaseSubnetId === undefined) {
    problems.push({
      key: "aks.network.databaseSubnetId",
      problem: "is missing: the database must be in a network that the given cluster reaches",
      fix: "set it to the id of a subnet delegated to Microsoft.DBforPostgreSQL/flexibleServers, or give the secret `databaseUrl`",
    });
  }
  return problems;
});

/** Rules about the cluster of the Azure target. */
export const aksClusterRules = [version, poolSizes, poolNames, access, upgrades, existing];
