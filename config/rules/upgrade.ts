import { type Problem, setCommand } from "../problems";
import type { Settings } from "../settings";
import { isOlderRelease, releasesBetween } from "../versions";

/**
 * What is wrong with the step from the release that is deployed to the one that is configured. Spacelift migrates its
 * database when a release starts for the first time, and its changelog speaks of the way from one major version to the
 * next alone: v4.0.0 takes over from any v3.
 *
 * @param deployed the release that the last run ended with; undefined when nothing was deployed
 */
export function stepProblems(
  deployed: string | undefined,
  { version, upgrade }: Pick<Settings, "version" | "upgrade">,
): readonly Problem[] {
  if (deployed === undefined || upgrade.allowFrom === deployed) return [];
  if (isOlderRelease(version, deployed)) {
    return [
      {
        key: "version",
        problem: `is ${version}, and the newer ${deployed} is deployed: it has migrated the database, and there is no way back`,
        fix: `${setCommand("version", deployed)}; or restore the database from a backup of ${version} and ${setCommand("upgrade.allowFrom", deployed)}`,
      },
    ];
  }
  const [next, ...later] = releasesBetween(deployed, version);
  if (next === undefined) return [];
  const path = [deployed, next, ...later, version].join(", ");
  return [
    {
      key: "version",
      problem: `skips a major version: ${deployed} is deployed, and each major version migrates the database of the one before`,
      fix: `go by ${path}: ${setCommand("version", next)} first, with its archive; or, where the vendor says otherwise, ${setCommand("upgrade.allowFrom", deployed)}`,
    },
  ];
}
