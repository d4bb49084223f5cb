import { isProperties, type Value } from "../framework";
import type { ArmRequest } from "./arm/definition";
import { invalidParameter } from "./arm/errors";
import { hasZones } from "./regions";

/** Throws when zones are asked for that the region does not have. */
export function requireZones(zones: Value | undefined, { id, location }: ArmRequest): void {
  const wanted = Array.isArray(zones) ? zones.map(String) : [];
  if (wanted.length === 0) return;
  const offered = hasZones(location) ? ["1", "2", "3"] : [];
  if (wanted.every((zone) => offered.includes(zone))) return;
  throw invalidParameter(
    `The zone(s) '${wanted.join(",")}' for resource '${id}' is not supported. The supported zones for location '${location ?? ""}' are '${offered.join(",")}'`,
    "AvailabilityZoneNotSupported",
  );
}

/** The name of a `sku`, which is an object or, in places, a text. */
export function skuName(sku: Value | undefined): string {
  const name = isProperties(sku) ? sku["name"] : sku;
  return typeof name === "string" ? name : "";
}
