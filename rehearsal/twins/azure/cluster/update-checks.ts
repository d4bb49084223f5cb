import { at, isProperties, listAt, sameValue, stringAt, type Value } from "../../framework";
import type { ArmUpdate } from "../arm/definition";
import { invalidParameter } from "../arm/refusals";

/** Newest patches of the minor versions that can be had. */
const PATCHES: Readonly<Record<string, number>> = { "1.34": 8, "1.35": 5, "1.36": 2, "1.37": 0 };
/** Minor versions that only long-term support still has. */
const LONG_TERM: Readonly<Record<string, number>> = { "1.32": 12, "1.33": 10 };

/** The full version that a request for one means; `undefined` when it cannot be had. */
export function offeredVersion(wanted: string, longTerm: boolean): string | undefined {
  const [, minor = "", patch] = /^(1\.\d+)(?:\.(\d+))?$/.exec(wanted) ?? [];
  const newest = PATCHES[minor] ?? (longTerm ? LONG_TERM[minor] : undefined);
  if (newest === undefined || Number(patch ?? 0) > newest) return undefined;
  return `${minor}.${patch ?? newest}`;
}

/** The minor version as a number, as 36 of `1.36.2`. */
export function minorOf(version: string): number {
  return Number(version.split(".")[1] ?? Number.NaN);
}

/** The patch as a number, as 2 of `1.36.2`; that of a minor version is the newest there will be. */
export function patchOf(version: string): number {
  return Number(version.split(".")[2] ?? Number.POSITIVE_INFINITY);
}

/** The versions that can be had, for messages. */
export const offeredMinors = Object.keys(PATCHES).join(", ");

/** The same, each on its own. */
export const minorVersions: readonly string[] = Object.keys(PATCHES);

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
