import { at, type Properties, sameValue, stringAt } from "../../framework";
import type { ArmUpdate } from "../arm/definition";
import { invalidParameter } from "../arm/refusals";
import { allOfType } from "../arm/tables";
import { sameId } from "../arm/resource-id";

const FIXED: readonly (readonly string[])[] = [
  ["network", "delegatedSubnetResourceId"],
  ["network", "privateDnsZoneArmResourceId"],
  ["backup", "geoRedundantBackup"],
  ["createMode"],
];

const DEFAULTS: Readonly<Record<string, string>> = {
  "backup.geoRedundantBackup": "Disabled",
  createMode: "Default",
};

/** Throws what a server that is there cannot be changed to. */
export function checkServerUpdate({ state, inputs, before, id }: ArmUpdate): void {
  const old = before.properties;
  const replica = allOfType(state, before.type).find(({ properties }) =>
    sameId(stringAt(properties, "sourceServerResourceId"), id),
  );
  if (replica !== undefined && stringAt(inputs, "version") !== stringAt(old, "version"))
    throw invalidParameter(
      `The major version of ${id} cannot be changed while it has the read replica ${replica.id}.`,
      "MajorVersionUpgradeNotSupportedWithReadReplicas",
    );
  for (const path of FIXED) {
    const [was, is] = [at(old, ...path), at(inputs, ...path)];
    // What is not said stays as it is, apart from where the server is in the network.
    if (is === undefined && (was === undefined || path[0] !== "network")) continue;
    if (!sameValue(was ?? DEFAULTS[path.join(".")], is))
      throw invalidParameter(
        `The property '${path.join(".")}' of ${id} cannot be changed once the server is made.`,
        "PropertyChangeNotAllowed",
      );
  }
  refuseLess(old, inputs, id, "version", (each) => Number(stringAt(each, "version") ?? Number.NaN));
  refuseLess(old, inputs, id, "storage.storageSizeGB", (each) =>
    Number(at(each, "storage", "storageSizeGB") ?? Number.NaN),
  );
}

function refuseLess(
  old: Properties,
  now: Properties,
  id: string,
  what: string,
  measure: (each: Properties) => number,
): void {
  if (measure(now) < measure(old))
    throw invalidParameter(
      `The property '${what}' of ${id} cannot be lowered from ${measure(old)} to ${measure(now)}.`,
      "OperationNotAllowed",
    );
}
