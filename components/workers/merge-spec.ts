import { type Json, type JsonObject, isObject } from "../json";

/**
 * What tells the entries of a list apart, by the name of its field: the merge keys of Kubernetes' strategic merge patch
 * (k8s.io/api, core/v1, `patchMergeKey`). Tolerations have none there; they are added to, as runs would lose the nodes
 * that are theirs otherwise.
 */
const mergeKeys: Readonly<Record<string, readonly string[]>> = {
  additionalSidecarContainers: ["name"],
  customInitContainers: ["name"],
  env: ["name"],
  imagePullSecrets: ["name"],
  tolerations: ["key", "operator", "value", "effect"],
  volumeMounts: ["mountPath"],
  volumes: ["name"],
};

/**
 * Merges an operator's fields into the spec of a WorkerPool: objects key by key, lists that have a merge key entry by
 * entry, everything else replaced. An entry of the same identity takes the place of ours as a whole, since half of ours
 * (the `configMap` of a volume, the `valueFrom` of a variable) would contradict the other half of theirs. `null` takes a
 * field away. Neither argument is changed.
 */
export function mergeSpec(
  base: Readonly<Record<string, unknown>>,
  overrides: JsonObject,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...base };
  for (const [field, value] of Object.entries(overrides)) {
    const below = merged[field];
    if (value === null) Reflect.deleteProperty(merged, field);
    else if (isObject(below) && isObject(value)) merged[field] = mergeSpec(below, value);
    else if (Array.isArray(below) && Array.isArray(value)) merged[field] = mergeList(field, below, value);
    else merged[field] = value;
  }
  return merged;
}

function mergeList(field: string, base: readonly unknown[], overrides: readonly Json[]): readonly unknown[] {
  const keys = mergeKeys[field];
  if (keys === undefined) return overrides;
  const theirs = new Map(overrides.map((entry) => [identity(entry, keys), entry]));
  const ours = new Set(base.map((entry) => identity(entry, keys)));
  return [
    ...base.map((entry) => theirs.get(identity(entry, keys)) ?? entry),
    ...overrides.filter((entry) => !ours.has(identity(entry, keys))),
  ];
}

/** What an entry goes by. One whose name is an Output is like no other. */
function identity(entry: unknown, keys: readonly string[]): unknown {
  if (!isObject(entry)) return entry;
  const values = keys.map((key) => entry[key] ?? null);
  return values.every((value) => value === null || typeof value === "string")
    ? JSON.stringify(values)
    : entry;
}
