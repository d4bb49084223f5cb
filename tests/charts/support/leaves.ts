/** The way to a value within a tree of values. */
export type Path = readonly (string | number)[];

/** The ways to every value of a tree that is no object or list; an empty object or list is one as well. */
export function leaves(tree: unknown, path: Path = []): Path[] {
  if (typeof tree !== "object" || tree === null) return [path];
  const entries: readonly [string | number, unknown][] = Array.isArray(tree)
    ? tree.map((each: unknown, index) => [index, each])
    : Object.entries(tree);
  return entries.length === 0 ? [path] : entries.flatMap(([key, each]) => leaves(each, [...path, key]));
}

/** A copy of a tree in which the value at a path is another. */
export function changedAt(tree: unknown, path: Path, change: (value: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change(tree);
  const copy: unknown = Array.isArray(tree) ? [...(tree as unknown[])] : { ...(tree as object) };
  const fields = copy as Record<string | number, unknown>;
  fields[key] = changedAt(fields[key], rest, change);
  return copy;
}

/** Another value of the same kind. */
export function other(value: unknown): unknown {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1;
  if (typeof value === "string") return /^\d+$/.test(value) ? String(Number(value) + 1) : `${value}-other`;
  return Array.isArray(value) ? ["other"] : { other: "other" };
}
