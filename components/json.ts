export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** Whether a value is a plain object: no list, and no Output either. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/**
 * Merges `overrides` into `base` as Helm merges values files: objects key by key, everything else replaced, lists
 * included. Neither argument is changed. Anything that is not a plain object, an Output for one, counts as a value.
 */
export function mergeValues(base: object, overrides: JsonObject): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(overrides)) {
    const below = merged[key];
    merged[key] = isObject(below) && isObject(value) ? mergeValues(below, value) : value;
  }
  return merged;
}

/** A copy without the keys whose value is undefined, so that an absent setting leaves no trace in inputs and diffs. */
export function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  // The entries are those of T without the undefined ones, which is what the type says.
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
