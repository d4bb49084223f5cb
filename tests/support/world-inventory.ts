import { openWorld } from "../../rehearsal/twins";
import { surplus } from "./surplus";

/** Tables of what services hold for an installation; the others are notes of the simulation. */
const TABLES: ReadonlySet<string> = new Set([
  "azure/resource",
  "kubernetes/object",
  "kubernetes/release",
  "minio/bucket",
  "minio/group",
  "minio/policy",
  "minio/service-account",
  "minio/user",
  "docker/pushed-image",
]);

// What is made up anew for each installation: the seed of names, identifiers, ports, and the suffixes of generated names.
const MADE_UP: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uuid>"],
  [/localhost:\d+/g, "<registry>"],
  [/(Pod\..*)-[0-9a-f]{10}-/g, "$1-<hash>-"],
  [/(spacelift-(?:shared|server|drain))-[a-z0-9]+/g, "$1-<suffix>"],
];

/**
 * Everything that simulated services hold, a line for each thing, sorted, without what is made up anew for each
 * installation: two installations of the same configuration have the same.
 */
export function worldInventory(folder: string): readonly string[] {
  const tables = openWorld(folder).read((state) => state.tables);
  const seed = /storageaccounts\/spaceliftst([a-z0-9]+)/.exec(
    Object.keys(tables["azure/resource"] ?? {}).join("\n"),
  )?.[1];
  const plain = (text: string): string =>
    MADE_UP.reduce(
      (rest, [pattern, word]) => rest.replace(pattern, word),
      seed === undefined ? text : text.replaceAll(seed, "<seed>"),
    );
  return Object.entries(tables)
    .filter(([table]) => TABLES.has(table))
    .flatMap(([table, rows]) => Object.keys(rows).map((key) => plain(`${table} ${key}`)))
    .sort();
}

// What was taken before upgrades is what an installation has been through, and not what it is configured to be.
const RESTORE_POINT = /\/backups\/before-|spacelift-before-/;

const withoutPast = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => !RESTORE_POINT.test(line));

/** How what is held differs from what was expected, a line for each thing too few or too many; restore points aside. */
export const inventoryDifferences = (
  expected: readonly string[],
  found: readonly string[],
): readonly string[] => [
  ...surplus(withoutPast(found), withoutPast(expected)).map((line) => `missing: ${line}`),
  ...surplus(withoutPast(expected), withoutPast(found)).map((line) => `too many: ${line}`),
];
