import { at, isProperties, listAt, sameValue, stringAt, type Value } from "../../framework";
import type { ArmUpdate } from "../arm/definition";
import { invalidParameter } from "../arm/refusals";
import { minorOf, patchOf } from "./versions";

const FIXED_OF_POOL = [
  "vmSize",
  "osDiskType",
  "vnetSubnetID",
  "maxPods",
  "availabilityZones",
  "osType",
  "type",
  "osDiskSizeGB",
  "enableEncryptionAtHost",
  "enableNodePublicIP",
  "enableFIPS",
];
/** What a pool without a value has. */
const FALSE_WHEN_ABSENT = ["enableEncryptionAtHost", "enableNodePublicIP", "enableFIPS"];

/** Throws what a cluster that is there cannot be changed to. */
export function checkClusterUpdate({ inputs, before, id }: ArmUpdate): void {
  const old = before.properties;
  checkUpgrade(
    stringAt(before.computed, "currentKubernetesVersion"),
    stringAt(inputs, "kubernetesVersion"),
    id,
  );
  if (at(old, "oidcIssuerProfile", "enabled") === true && at(inputs, "oidcIssuerProfile", "enabled") !== true)
    throw invalidParameter(
      `The OIDC issuer of ${id} cannot be switched off.`,
      "OIDCIssuerFeatureCannotBeDisabled",
    );
  const [wasPrivate, isPrivate] = [old, inputs].map(
    (each) => at(each, "apiServerAccessProfile", "enablePrivateCluster") === true,
  );
  if (wasPrivate !== isPrivate) throw notAllowed("apiServerAccessProfile.enablePrivateCluster", id);
  if ((old["enableRBAC"] ?? true) !== (inputs["enableRBAC"] ?? true)) throw notAllowed("enableRBAC", id);
  if (at(old, "aadProfile", "managed") === true && at(inputs, "aadProfile", "managed") !== true)
    throw notAllowed("aadProfile.managed", id);
  const oldPools = listAt(old, "agentPoolProfiles");
  for (const [index, pool] of listAt(inputs, "agentPoolProfiles").entries()) {
    const name = stringAt(pool, "name") ?? "";
    const match = oldPools.find((each) => stringAt(each, "name") === name);
    if (match === undefined)
      throw invalidParameter(
        `A new agent pool was introduced. Adding agent pools to an existing cluster is not allowed through managed cluster operations: ${name} of ${id}.`,
        "OperationNotAllowed",
      );
    checkPoolUpdate(match, pool, `agentPoolProfiles[${index}]`, id);
  }
}

/** Throws what a pool that is there cannot be changed to. */
export function checkPoolUpdate(before: Value, after: Value, path: string, id: string): void {
  for (const key of FIXED_OF_POOL) {
    const preset = FALSE_WHEN_ABSENT.includes(key) ? false : undefined;
    const [old, now] = [before, after].map((each) => at(each, key) ?? preset);
    if (now !== undefined && old !== undefined && !sameValue(old, now))
      throw notAllowed(path === "" ? key : `${path}.${key}`, id);
    if (
      key === "availabilityZones" &&
      isProperties(before) &&
      isProperties(after) &&
      (old === undefined) !== (now === undefined)
    )
      throw notAllowed(path === "" ? key : `${path}.${key}`, id);
  }
}

/** Throws unless an upgrade goes up by one minor version at most. */
export function checkUpgrade(current: string | undefined, wanted: string | undefined, id: string): void {
  if (current === undefined || wanted === undefined) return;
  const step = minorOf(wanted) - minorOf(current);
  const isBack = step === 0 && patchOf(wanted) < patchOf(current);
  if (step >= 0 && step <= 1 && !isBack) return;
  throw invalidParameter(
    `Upgrading Kubernetes version ${current} to ${wanted} is not allowed for ${id}: one minor version at a time, and never back.`,
    "OperationNotAllowed",
  );
}

function notAllowed(path: string, id: string): Error {
  return invalidParameter(
    `Changing property 'properties.${path}' of ${id} is not allowed.`,
    "PropertyChangeNotAllowed",
  );
}
