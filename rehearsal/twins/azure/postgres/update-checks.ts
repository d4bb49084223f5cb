import { at, type Properties, sameValue, stringAt } from "../../framework";
import type { ArmUpdate } from "../arm/definition";
import { invalidParameter } from "../arm/errors";

const FIXED: readonly (readonly string[])[] = [
  ["network", "delegatedSubnetResourceId"],
  ["network", "privateDnsZoneArmResourceId"],
  ["backup", "geoRedundantBackup"],
  ["createMode"],
];

/** Throws what a server that is there cannot be changed to. */
export function checkServerUpdate({ inputs, before, id }: ArmUpdate): void {
  const old = before.properties;
  for (const path of FIXED) {
    if (at(inputs, ...path) !== undefined && !sameValue(at(old, ...path), at(inputs, ...path)))
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
