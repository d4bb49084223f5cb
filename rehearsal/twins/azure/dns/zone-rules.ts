import type { ArmRequest, NameRule } from "../arm/definition";
import { invalidParameter } from "../arm/errors";

/** What the name of a zone must be like. */
export const ZONE_NAME: NameRule = {
  pattern: /^([a-zA-Z0-9_]([\w-]{0,61}[a-zA-Z0-9_])?\.)+[a-zA-Z0-9]([\w-]{0,61}[a-zA-Z0-9])?$/,
  min: 3,
  max: 253,
  words: "labels of at most 63 letters, digits and hyphens, joined by periods",
};

/** Throws unless a zone or a link is in no region, as they all are. */
export function requireGlobal({ location, id }: ArmRequest): void {
  if (location === "global") return;
  throw invalidParameter(
    `The provided location '${location ?? ""}' is not available for ${id}. It must be 'global'.`,
    "LocationNotAvailableForResourceType",
  );
}
