import { isProperties, type Properties, sameValue, type Value } from "./values";

/** One difference between the inputs of before and those of now. */
export interface Change {
  /** Path of the property, as `metadata.labels["app"]` or `rules[0].id`. */
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
  /** Whether this difference forces a replacement. */
  readonly replaces: boolean;
}

/** Paths whose change replaces the resource; `all` means any change does. */
export type ReplaceOn = readonly string[] | "all";

/** Lists the leaves that differ between two sets of inputs, and which of them force a replacement. */
export function compare(before: Properties, after: Properties, replaceOn: ReplaceOn): Change[] {
  const found: Change[] = [];
  walk(before, after, "", (path, kind) => {
    found.push({ path, kind, replaces: forces(path, replaceOn) });
  });
  return found;
}

function walk(
  before: Value | undefined,
  after: Value | undefined,
  path: string,
  report: (path: string, kind: Change["kind"]) => void,
): void {
  if (sameValue(before, after)) return;
  if (before === undefined) report(path, "add");
  else if (after === undefined) report(path, "delete");
  else if (isProperties(before) && isProperties(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (!key.startsWith("__")) walk(before[key], after[key], join(path, key), report);
    }
  } else if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
      walk(before[index], after[index], `${path}[${index}]`, report);
    }
  } else report(path, "update");
}

function join(path: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${path}["${key}"]`;
  return path === "" ? key : `${path}.${key}`;
}

function forces(path: string, replaceOn: ReplaceOn): boolean {
  if (replaceOn === "all") return true;
  return replaceOn.some(
    (prefix) => path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`),
  );
}
