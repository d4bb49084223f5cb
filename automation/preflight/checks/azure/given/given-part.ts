import { setCommand } from "../../../../../config/problems";
import { type Finding, type FindingName, failed } from "../../../check";
import { shortName } from "../locations";

/** A part of the platform that the operator brings. */
export interface GivenPart extends FindingName {
  /** Key of its setting: `aks.registry.id`. */
  readonly key: string;
}

/** Names a given part. */
export const givenPart = (part: string, what: string, key: string): GivenPart => ({
  id: `azure.given.${part}`,
  title: `Given ${what}`,
  key,
});

/** A given part that Azure does not have, or does not show. */
export const absent = (part: GivenPart, id: string): Finding =>
  failed(
    part,
    `${id} is not there, or is not shown to whoever deploys`,
    `${setCommand(part.key, "<id>")} with an id that \`az resource show --ids <id>\` finds`,
  );

/** A given part that lies in another region, where it cannot be used. */
export function elsewhere(part: GivenPart, found: string, location: string): Finding | undefined {
  if (shortName(found) === location) return undefined;
  return failed(
    part,
    `lies in ${shortName(found)}, the installation in ${location}`,
    `give one in ${location}, or ${setCommand("aks.location", shortName(found))}`,
  );
}

/** The part's first problem, as a finding or nothing. */
export const firstOf = (...findings: readonly (Finding | undefined | false)[]): Finding | undefined =>
  findings.find((finding) => finding !== undefined && finding !== false) || undefined;
