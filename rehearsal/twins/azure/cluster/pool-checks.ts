import { at, type Properties, stringAt, type Value, textOf } from "../../framework";
import type { ArmRequest } from "../arm/definition";
import { invalidParameter, requireZones } from "../arm/refusals";
import { findResource, locationOf } from "../arm/tables";
import { parentOfId } from "../arm/resource-id";
import { delegationsOf } from "../network/ranges";

const TAINT = /^[a-zA-Z0-9]([\w./-]*[a-zA-Z0-9])?(=[\w.-]*)?:(NoSchedule|PreferNoSchedule|NoExecute)$/;

/** Throws what the service refuses of a pool of nodes, inline or on its own. */
export function checkPool(pool: Value | undefined, name: string, request: ArmRequest): void {
  const refuse = (complaint: string, code = "InvalidParameter"): never => {
    throw invalidParameter(`Agent pool '${name}' of ${request.id}: ${complaint}`, code);
  };
  const isSystem = stringAt(pool, "mode") === "System";
  if (!/^[a-z][a-z0-9]{0,11}$/.test(name)) refuse("the name must be 1 to 12 lower-case letters and digits.");
  const size = stringAt(pool, "vmSize") ?? "";
  if (!/^Standard_[A-Z]+\d/.test(size))
    refuse(`The VM size '${size}' is not supported.`, "VMSizeNotSupported");
  const processors = Number(/^Standard_[A-Z]+(\d+)/.exec(size)?.[1]);
  // MicrosoftDocs/azure-docs#82853 has what the documentation says of all pools.
  if (processors < 2) refuse(`The VM size '${size}' has less than 2 processors.`, "VMSizeNotSupported");
  if (isSystem && /^Standard_[AB]\d/.test(size))
    refuse(`The VM size '${size}' is not allowed for system pools.`, "SystemPoolSkuNotAllowed");
  checkCounts(pool, isSystem, refuse);
  requireZones(at(pool, "availabilityZones"), request);
  checkDisk(pool, size, refuse);
  const taints = at(pool, "nodeTaints");
  const odd = (Array.isArray(taints) ? taints : []).find((taint) => !TAINT.test(textOf(taint)));
  if (odd !== undefined) refuse(`The taint '${textOf(odd)}' is invalid.`, "InvalidTaint");
  checkSubnet(pool, request, refuse);
}

type Refuse = (complaint: string, code?: string) => never;

function checkCounts(pool: Value | undefined, isSystem: boolean, refuse: Refuse): void {
  const [min, max, pods] = ["minCount", "maxCount", "maxPods"].map((key) => at(pool, key));
  const lowest = isSystem ? 1 : 0;
  if (at(pool, "enableAutoScaling") === true) {
    if (typeof min !== "number" || typeof max !== "number" || min > max || min < lowest)
      refuse(`minCount ${textOf(min)} and maxCount ${textOf(max)} are no range.`, "InvalidAutoScalingRange");
    // What `count` says is the autoscaler's business and not looked at.
  } else if (min !== undefined || max !== undefined) {
    refuse("minCount and maxCount must be left out when auto-scaling is off.", "AutoScalingDisabled");
  }
  if (typeof pods === "number" && (pods < (isSystem ? 30 : 10) || pods > 250))
    refuse(`maxPods ${pods} is not within ${isSystem ? 30 : 10} to 250.`, "InvalidMaxPods");
}

function checkDisk(pool: Value | undefined, size: string, refuse: Refuse): void {
  if (stringAt(pool, "osDiskType") !== "Ephemeral") return;
  // Sizes with a `d` have a local disk; without one there is nowhere to put the system.
  if (!/^Standard_[A-Z]+\d+[a-z]*d[a-z]*_/.test(size))
    refuse(`The VM size '${size}' has no room for an ephemeral OS disk.`, "EphemeralOSDiskNotSupported");
}

function checkSubnet(pool: Value | undefined, { state, location }: ArmRequest, refuse: Refuse): void {
  const id = stringAt(pool, "vnetSubnetID");
  if (id === undefined) return;
  const subnet = findResource(state, id);
  if (subnet === undefined) return refuse(`The subnet ${id} does not exist.`, "VnetSubnetNotFound");
  if (delegationsOf(subnet).length > 0)
    refuse(`The subnet ${id} is delegated and cannot have nodes.`, "SubnetIsDelegated");
  if (locationOf(state, parentOfId(id) ?? "") !== location)
    refuse(`The subnet ${id} is not in ${location ?? ""}.`, "VnetNotInSameRegion");
}

/** The most nodes a pool may have at a time, those of an upgrade included. */
export function mostNodes(pool: Properties): number {
  const most = [pool["maxCount"], pool["count"]].find((each) => typeof each === "number");
  const surge = stringAt(pool, "upgradeSettings", "maxSurge") ?? "10%";
  const nodes = typeof most === "number" ? most : 1;
  const extra = surge.endsWith("%") ? Math.ceil((nodes * Number.parseFloat(surge)) / 100) : Number(surge);
  return nodes + extra;
}
