import { type Problem, removeCommand, setCommand } from "../../problems";
import type { AksSection } from "../settings";
import { defaults } from "../sizes";
import { aksRule, uselessKey } from "../../rules/rule";

const key = (name: string): string => `aks.cluster.${name}`;

/** The range that lets in everybody. */
const everybody = "0.0.0.0/0";

/** Minor versions that AKS takes for a new cluster without long-term support. */
export const supportedKubernetesVersions = ["1.34", "1.35", "1.36", "1.37"] as const;

const version = aksRule(({ section: { cluster } }) => {
  const { kubernetesVersion = defaults.kubernetesVersion } = cluster;
  if (supportedKubernetesVersions.some((each) => each === kubernetesVersion)) return [];
  return [
    {
      key: key("kubernetesVersion"),
      problem: `must be one of ${supportedKubernetesVersions.join(", ")}, which AKS supports, got "${kubernetesVersion}"`,
      fix: setCommand(key("kubernetesVersion"), defaults.kubernetesVersion),
    },
  ];
});

const access = aksRule(({ section: { cluster, size }, complete }) => {
  if (complete.cluster.kind === "existing") return [];
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
      fix: `${setCommand(key("authorizedRanges"), ["203.0.113.0/24"])}, with "${everybody}" for everybody`,
    });
  }
  if ((cluster.authorizedRanges?.length ?? 0) > 200) {
    problems.push({
      key: key("authorizedRanges"),
      problem: "must be at most 200",
      fix: "combine ranges",
    });
  }
  if (cluster.authorizedRanges?.includes(everybody) === true && cluster.authorizedRanges.length > 1) {
    problems.push({
      key: key("authorizedRanges"),
      problem: `must be ${everybody} alone or without it, which lets in everybody`,
      fix: setCommand(key("authorizedRanges"), [everybody]),
    });
  }
  if (cluster.authorizedRanges?.length === 0) {
    problems.push({
      key: key("authorizedRanges"),
      problem: "must not be empty, which would let in everybody without saying so",
      fix: setCommand(key("authorizedRanges"), [everybody]),
    });
  }
  if (cluster.entra && !cluster.entra.azureRbac && cluster.entra.adminGroupIds.length === 0) {
    problems.push({
      key: key("entra.adminGroupIds"),
      problem: "is missing: without `azureRbac`, nobody could log in",
      fix: setCommand(key("entra.adminGroupIds"), ["00000000-0000-0000-0000-000000000000"]),
    });
  }
  if (cluster.entra && !cluster.entra.azureRbac && cluster.entra.deployers.length > 0) {
    problems.push({
      key: key("entra.deployers"),
      problem: "has no use without `azureRbac`: the groups of `adminGroupIds` administer the cluster",
      fix: removeCommand(key("entra.deployers")),
    });
  }
  const ids = (cluster.entra?.deployers ?? []).map(({ objectId }) => objectId);
  if (new Set(ids).size < ids.length) {
    problems.push({
      key: key("entra.deployers"),
      problem: "must not name anybody twice",
      fix: setCommand(key("entra.deployers"), [{ objectId: ids[0] ?? "", type: "User" }]),
    });
  }
  return problems;
});

const logs = aksRule(({ section: { cluster } }) =>
  cluster.logAnalyticsLocation !== undefined && cluster.logAnalyticsWorkspaceId === undefined
    ? [
        {
          key: key("logAnalyticsLocation"),
          problem: "has no use: there is no `logAnalyticsWorkspaceId`",
          fix: removeCommand(key("logAnalyticsLocation")),
        },
      ]
    : [],
);

const upgrades = aksRule(({ section: { cluster, database }, complete }) => {
  if (complete.cluster.kind === "existing" || cluster.maintenance.day !== database.maintenance.day) return [];
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

const onlyForNew = [
  "kubernetesVersion",
  "tier",
  "pools",
  "osDisk",
  "authorizedRanges",
  "entra",
  "azurePolicy",
  "logAnalyticsWorkspaceId",
] as const;

/** Ranges that an existing cluster has already; its subnets are checked where subnets are. */
const rangesOfCluster = ["podCidr", "serviceCidr", "dnsServiceIp"] as const;

/** What has a default of its own, as far as it asks for something. */
const asked = ({ systemPool, ...cluster }: AksSection["cluster"]): readonly string[] => [
  ...(["vmSize", "minCount", "maxCount"] as const)
    .filter((name) => systemPool[name] !== undefined)
    .map((name) => `systemPool.${name}`),
  ...(["private", "encryptionAtHost"] as const).filter((name) => cluster[name]),
];

const existing = aksRule(({ section: { cluster, network }, complete, secrets }) => {
  if (complete.cluster.kind === "new") {
    const made: Problem[] = [];
    if (secrets.kubeconfig !== undefined) {
      made.push(uselessKey("kubeconfig", "the cluster is created, and its kubeconfig with it"));
    }
    if (!cluster.assignRoles) {
      made.push({
        key: key("assignRoles"),
        problem: "must be true: new identities have no roles yet",
        fix: removeCommand(key("assignRoles")),
      });
    }
    return made;
  }
  const useless = [
    ...onlyForNew.filter((name) => cluster[name] !== undefined).map(key),
    ...asked(cluster).map(key),
    ...rangesOfCluster.filter((name) => network[name] !== undefined).map((name) => `aks.network.${name}`),
  ];
  const problems: Problem[] = useless.map((name) => ({
    key: name,
    problem: "has no use: the cluster exists already",
    fix: removeCommand(name),
  }));
  if (network.nodeSubnetId !== undefined) {
    problems.push({
      key: "aks.network.nodeSubnetId",
      problem: "has no use: the cluster exists already, and its nodes have a subnet",
      fix: removeCommand("aks.network.nodeSubnetId"),
    });
  }
  if (network.natGateway) {
    problems.push({
      key: "aks.network.natGateway",
      problem: "has no use: the cluster exists already, and its way out with it",
      fix: removeCommand("aks.network.natGateway"),
    });
  }
  if (complete.database.kind === "new" && network.databaseSubnetId === undefined) {
    problems.push({
      key: "aks.network.databaseSubnetId",
      problem: "is missing: the database must be in a network that the existing cluster reaches",
      fix: "set it to the id of a subnet delegated to Microsoft.DBforPostgreSQL/flexibleServers, or give the secret `databaseUrl`",
    });
  }
  return problems;
});

/** Rules about the cluster of the Azure target. */
export const aksClusterRules = [version, access, logs, upgrades, existing];
