import { listAt, stringAt } from "../../framework";
import type { ArmRequest, ArmType, Claim } from "../arm/definition";
import { invalidParameter } from "../arm/refusals";
import { findResource } from "../arm/tables";
import { nameOfId, parentOfId } from "../arm/resource-id";
import { requireSubnetRole } from "./access-checks";
import { clusterBusy, managedCluster, refuseInBackground } from "./managed-cluster";
import { checkClusterNetwork } from "./network-checks";
import { checkPool } from "./pool-checks";
import { controlPlanePrincipal } from "../identity/roles";
import { checkPoolUpdate, checkUpgrade, minorOf, offeredMinors, offeredVersion } from "./update-checks";

const claims: NonNullable<ArmType["claims"]> = (operation, id, inputs) => [
  { ...clusterBusy(parentOfId(id) ?? ""), shared: true },
  ...(operation === "delete" ? [] : ownershipOf(stringAt(inputs, "vnetSubnetID"))),
];

/** A pool takes hold of its network, and fails when another one has it: Azure/AKS#4522. */
function ownershipOf(subnetId: string | undefined): Claim[] {
  const network = parentOfId(subnetId ?? "");
  if (network === undefined) return [];
  return [
    {
      key: `ownership of ${network}`.toLowerCase(),
      late: true,
      code: "SetVNetOwnershipFailed",
      message:
        `Set virtual network ownership failed. virtual network name: ${nameOfId(network)}. Service returned an error. ` +
        `Status=400 Code="VirtualNetworkNotInSucceededState" Message="Virtual network ${network} is in Updating state. It needs to be in Succeeded state in order to set resource ownership."`,
    },
  ];
}

const refuseNow: NonNullable<ArmType["refuseNow"]> = ({ state, id, now }) => {
  refuseInBackground(parentOfId(id) ?? "", state, now);
};

/** A pool of nodes of a cluster. */
export const agentPool: ArmType = {
  token: "azure-native:containerservice:AgentPool",
  apiVersion: "2025-09-01",
  path: `${managedCluster.path}/agentPools/{agentPoolName}`,
  contract: { library: "containerservice", model: "AgentPool" },
  forceNew: ["vmSize", "gpuInstanceProfile", "networkProfile.nodePublicIPTags"],
  outputs: ["currentOrchestratorVersion", "eTag", "nodeImageVersion", "provisioningState"],
  latency: { create: 90, update: 90, delete: 90 },
  claims,
  refuseNow,
  validate(request) {
    const cluster = findResource(request.state, parentOfId(request.id));
    const { inputs, name, id, state } = request;
    const inline = listAt(cluster?.properties, "agentPoolProfiles").some(
      (pool) => stringAt(pool, "name") === name,
    );
    if (inline)
      throw invalidParameter(`The agent pool ${id} is one of the cluster's own.`, "AgentPoolAlreadyExists");
    const location = stringAt(cluster?.properties, "location");
    const local = { ...request, location: location?.replace(/\s/g, "").toLowerCase() };
    checkPool(inputs, name, local);
    const principal = cluster === undefined ? undefined : controlPlanePrincipal(state, cluster);
    const subnet = stringAt(inputs, "vnetSubnetID");
    if (principal !== undefined && subnet !== undefined) requireSubnetRole(request, principal, subnet);
    if (cluster !== undefined)
      checkClusterNetwork({ ...request, id: cluster.id, inputs: cluster.properties }, { id, inputs });
    checkVersion(request, stringAt(cluster?.computed, "currentKubernetesVersion") ?? "");
  },
  validateUpdate({ inputs, before, id }) {
    checkPoolUpdate(before.properties, inputs, "", id);
    checkUpgrade(
      stringAt(before.computed, "currentOrchestratorVersion"),
      stringAt(inputs, "orchestratorVersion"),
      id,
    );
  },
  compute: ({ inputs, state, id }) => {
    const cluster = findResource(state, parentOfId(id));
    const version =
      offeredVersion(stringAt(inputs, "orchestratorVersion") ?? "", true) ??
      stringAt(cluster?.computed, "currentKubernetesVersion") ??
      "";
    return {
      currentOrchestratorVersion: version,
      eTag: version,
      nodeImageVersion: "AKSAzureLinux-V3gen2-202611.02.0",
      provisioningState: "Succeeded",
    };
  },
};

function checkVersion({ inputs, id }: ArmRequest, ofCluster: string): void {
  const version = stringAt(inputs, "orchestratorVersion");
  if (version === undefined) return;
  if (offeredVersion(version, true) === undefined)
    throw invalidParameter(
      `Version ${version} is not supported for node pools; supported are ${offeredMinors}: ${id}.`,
      "K8sVersionNotSupported",
    );
  if (minorOf(version) <= minorOf(ofCluster)) return;
  throw invalidParameter(
    `Node pool version ${version} and control plane version ${ofCluster} are incompatible: ${id}.`,
    "NodePoolMcVersionIncompatible",
  );
}

const SCHEDULES = ["default", "aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"];

/** A time at which a cluster may be worked on. */
export const maintenanceConfiguration: ArmType = {
  token: "azure-native:containerservice:MaintenanceConfiguration",
  apiVersion: "2025-09-01",
  path: `${managedCluster.path}/maintenanceConfigurations/{configName}`,
  contract: { library: "containerservice", model: "MaintenanceConfiguration" },
  outputs: ["systemData"],
  latency: { create: 3, update: 3, delete: 2 },
  refuseNow,
  validate({ inputs, name, id }) {
    if (!SCHEDULES.includes(name))
      throw invalidParameter(
        `The maintenance configuration ${id} must be one of ${SCHEDULES.join(", ")}.`,
        "InvalidMaintenanceConfigurationName",
      );
    if ((name === "default") !== (inputs["maintenanceWindow"] === undefined))
      throw invalidParameter(
        `The maintenance configuration ${id} must have ${name === "default" ? "timeInWeek" : "a maintenanceWindow"}.`,
        "InvalidMaintenanceConfiguration",
      );
  },
  compute: ({ now }, before) => ({
    systemData: before?.computed["systemData"] ?? { createdAt: now.toISOString() },
  }),
};
