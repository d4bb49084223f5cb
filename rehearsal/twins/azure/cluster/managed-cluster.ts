import { at, listAt, type Properties, stringAt, TwinError, type WorldState } from "../../framework";
import { emptyCluster } from "../../kubernetes/cluster";
import type { ArmRequest, ArmType } from "../arm/definition";
import { invalidParameter } from "../arm/refusals";
import {
  allOfType,
  type ArmRecord,
  assignedIdentities,
  below,
  findResource,
  isSettling,
  resources,
  settle,
} from "../arm/tables";
import { groupOfId, idKey, nameOfId, sameId } from "../arm/resource-id";
import { cloudFacts } from "../regions";
import { stableUuid } from "../config";
import { checkAccess, checkAddons, checkIdentities } from "./access-checks";
import { checkClusterNetwork } from "./network-checks";
import { describeOutbound, makeOutboundAddress } from "./outbound";
import { checkPool } from "./pool-checks";
import { checkClusterUpdate, offeredMinors, offeredVersion } from "./update-checks";

/** What a cluster answers while it is at something else. */
export const clusterBusy = (id: string): { key: string; code: string; message: string } => ({
  key: `cluster ${id}`.toLowerCase(),
  code: "OperationNotAllowed",
  message: `Operation is not allowed because there's an in progress operation on the managed cluster '${nameOfId(id)}'.`,
});

/** How long a cluster that has just been made goes on with add-ons of its own accord, in simulated seconds. */
export const BACKGROUND_SECONDS = 30;

/** Throws while a cluster goes on with what its creation began. */
export function refuseInBackground(clusterId: string, state: WorldState, now: Date): void {
  if (!isSettling(state, clusterId, now)) return;
  throw new TwinError(
    "Operation is not allowed: Another operation (Updating) is in progress, please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details",
    "OperationNotAllowed",
  );
}

/** A Kubernetes cluster. With it the simulated cluster comes, and goes. */
export const managedCluster: ArmType = {
  token: "azure-native:containerservice:ManagedCluster",
  apiVersion: "2025-09-01",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerService/managedClusters/{resourceName}",
  contract: { library: "containerservice", model: "ManagedCluster" },
  located: true,
  forceNew: [
    "dnsPrefix",
    "fqdnSubdomain",
    "nodeResourceGroup",
    "diskEncryptionSetID",
    "linuxProfile",
    "windowsProfile",
    ...[
      "serviceCidr",
      "serviceCidrs",
      "dnsServiceIP",
      "podCidr",
      "networkMode",
      "networkPlugin",
      "networkPluginMode",
      "networkPolicy",
      "networkDataplane",
      "outboundType",
    ].map((key) => `networkProfile.${key}`),
  ],
  outputs: [
    "azurePortalFQDN",
    "currentKubernetesVersion",
    "eTag",
    "fqdn",
    "maxAgentPools",
    "powerState",
    "provisioningState",
    "resourceUID",
    "systemData",
    "oidcIssuerProfile.issuerURL",
    "networkProfile.loadBalancerProfile",
  ],
  latency: { create: 360, update: 240, delete: 360 },
  claims: (_operation, id) => [clusterBusy(id)],
  refuseNow({ state, id, now }, operation) {
    if (operation !== "create") refuseInBackground(id, state, now);
  },
  validate(request) {
    const { inputs, id } = request;
    const prefix = stringAt(inputs, "dnsPrefix") ?? "";
    if (!/^[a-zA-Z0-9]([-a-zA-Z0-9]{0,52}[a-zA-Z0-9])?$/.test(prefix))
      throw invalidParameter(`The dnsPrefix '${prefix}' of ${id} is invalid.`, "InvalidDNSPrefix");
    checkVersion(request);
    checkNodeGroup(request);
    checkIdentities(request);
    checkAccess(request);
    checkAddons(request);
    const pools = listAt(inputs, "agentPoolProfiles");
    if (!pools.some((pool) => stringAt(pool, "mode") === "System"))
      throw invalidParameter(`The cluster ${id} has no agent pool of mode System.`, "MissingSystemPool");
    for (const pool of pools) checkPool(pool, stringAt(pool, "name") ?? "", request);
    checkClusterNetwork(request);
  },
  validateUpdate: checkClusterUpdate,
  compute(request, before) {
    const { inputs, id, location, now } = request;
    const prefix = stringAt(inputs, "dnsPrefix") ?? "";
    const host =
      stringAt(before?.computed, "fqdn") ??
      `${prefix}-${stableUuid("host", id).slice(0, 8)}.hcp.${location ?? ""}.${cloudFacts[request.client.cloud].clusters}`;
    const issuer =
      stringAt(before?.computed, "oidcIssuerProfile", "issuerURL") ??
      `https://${location ?? ""}.oic.prod-aks.azure.com/${request.client.tenantId}/${stableUuid("issuer", id, now.toISOString())}/`;
    return {
      fqdn: host,
      azurePortalFQDN: host.replace(".hcp.", ".portal.hcp."),
      currentKubernetesVersion: versionNow(inputs, stringAt(before?.computed, "currentKubernetesVersion")),
      maxAgentPools: 100,
      powerState: { code: "Running" },
      provisioningState: "Succeeded",
      resourceUID: stableUuid("uid", id).replaceAll("-", ""),
      eTag: stableUuid("etag", id),
      systemData: before?.computed["systemData"] ?? { createdAt: now.toISOString() },
      nodeResourceGroup: nodeGroupOf(request),
      ...describeIdentities(request, before),
      ...describeOutbound(request, nodeGroupId(request)),
      ...(at(inputs, "oidcIssuerProfile", "enabled") === true
        ? { oidcIssuerProfile: { issuerURL: issuer } }
        : {}),
    };
  },
  afterWrite(request, _record, before) {
    const { state, now } = request;
    if (before === undefined) settle(state, request.id, { now, seconds: BACKGROUND_SECONDS });
    const id = nodeGroupId(request);
    makeOutboundAddress(request, id);
    if (findResource(request.state, id) !== undefined) return;
    resources.of(request.state).set(idKey(id), {
      id,
      type: "Microsoft.Resources/resourceGroups",
      name: nodeGroupOf(request),
      properties: { location: request.location ?? "" },
      computed: {},
      managedBy: request.id,
    });
  },
  afterDelete({ state, id }) {
    for (const group of allOfType(state, "Microsoft.Resources/resourceGroups")) {
      if (!sameId(group.managedBy, id)) continue;
      for (const record of [group, ...below(state, group.id)]) resources.of(state).delete(idKey(record.id));
    }
    emptyCluster(state);
  },
};

/** Identities are given as a list of ids and shown with their principals; what is not given the service makes. */
function describeIdentities({ inputs, state, id, client }: ArmRequest, before?: ArmRecord): Properties {
  const ids = assignedIdentities(inputs["identity"]);
  const shown = ids.map((each) => {
    const { clientId = "", principalId = "" } = findResource(state, each)?.computed ?? {};
    return [each, { clientId, principalId }] as const;
  });
  const isOwn = stringAt(inputs, "identity", "type") === "SystemAssigned";
  const own = before?.computed["identity"] ?? {
    principalId: stableUuid("control plane", id),
    tenantId: client.tenantId,
  };
  const nodes = { clientId: stableUuid("kubelet client", id), objectId: stableUuid("kubelet", id) };
  return {
    ...(ids.length === 0 ? {} : { identity: { userAssignedIdentities: Object.fromEntries(shown) } }),
    ...(isOwn ? { identity: own } : {}),
    ...(inputs["identityProfile"] === undefined ? { identityProfile: { kubeletidentity: nodes } } : {}),
  };
}

function versionOf(inputs: Properties): string | undefined {
  const isLongTerm = stringAt(inputs, "supportPlan") === "AKSLongTermSupport";
  return offeredVersion(stringAt(inputs, "kubernetesVersion") ?? "1.36", isLongTerm);
}

/** A minor version alone asks for no other patch than the cluster has, and no version for no other version. */
function versionNow(inputs: Properties, current: string | undefined): string {
  const wanted = stringAt(inputs, "kubernetesVersion");
  const isKept = wanted === undefined || (current ?? "").startsWith(`${wanted}.`);
  return (isKept ? current : undefined) ?? versionOf(inputs) ?? "";
}

function checkVersion({ inputs, id, location }: ArmRequest): void {
  const isLongTerm = stringAt(inputs, "supportPlan") === "AKSLongTermSupport";
  if (isLongTerm && stringAt(inputs, "sku", "tier") !== "Premium")
    throw invalidParameter(`Long-term support of ${id} needs the tier Premium.`, "SupportPlanNotSupported");
  if (versionOf(inputs) !== undefined) return;
  throw invalidParameter(
    `Version ${stringAt(inputs, "kubernetesVersion") ?? ""} is not supported in ${location ?? ""}; supported are ${offeredMinors}: ${id}.`,
    "K8sVersionNotSupported",
  );
}

/** The group of the nodes belongs to the cluster alone. */
function checkNodeGroup(request: ArmRequest): void {
  const name = nodeGroupOf(request);
  if (name.length > 80)
    throw invalidParameter(
      `The name of the node resource group ${name} is longer than 80 characters.`,
      "InvalidNodeResourceGroup",
    );
  const found = findResource(request.state, nodeGroupId(request));
  if (found === undefined || sameId(found.managedBy, request.id)) return;
  throw new TwinError(
    `The node resource group '${name}' of ${request.id} exists already. Choose another name.`,
    "NodeResourceGroupAlreadyExists",
  );
}

function nodeGroupOf({ inputs, name, id, location }: ArmRequest): string {
  const group = nameOfId(groupOfId(id) ?? "");
  return stringAt(inputs, "nodeResourceGroup") ?? `MC_${group}_${name}_${location ?? ""}`;
}

function nodeGroupId(request: ArmRequest): string {
  return `/subscriptions/${request.client.subscriptionId}/resourceGroups/${nodeGroupOf(request)}`;
}
