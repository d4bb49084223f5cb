/** Stands for a value that the engine does not know yet, as an output of something still to be created. */
export class Unknown {
  readonly kind = "unknown";
}

/** The one instance of {@link Unknown}; compare with `===`. */
export const UNKNOWN = new Unknown();

/** Anything a resource property can hold once secrets have been unwrapped. */
export type Value = null | boolean | number | string | Unknown | Value[] | Properties;

/** The properties of a resource, an object inside one, or the configuration of a provider. */
export interface Properties {
  [key: string]: Value;
}

/** Tells whether a value is an object with keys, as opposed to a list, a scalar or an unknown. */
export function isProperties(value: Value | undefined): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Unknown);
}

/** Tells whether an unknown hides anywhere inside a value. */
export function hasUnknowns(value: Value | undefined): boolean {
  if (value instanceof Unknown) return true;
  if (Array.isArray(value)) return value.some(hasUnknowns);
  return isProperties(value) && Object.values(value).some(hasUnknowns);
}

/** Reads the value at a path of keys, or `undefined` where the path leads nowhere; an unknown on the way is the answer. */
export function at(value: Value | undefined, ...path: (string | number)[]): Value | undefined {
  let current = value;
  for (const step of path) {
    if (current instanceof Unknown) return current;
    if (Array.isArray(current)) current = current[Number(step)];
    else if (isProperties(current)) current = current[step];
    else return undefined;
  }
  return current;
}

/** Reads a string at a path, or `undefined` when something else or nothing is there. */
export function stringAt(value: Value | undefined, ...path: (string | number)[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

/** Reads an object at a path, or an empty one when something else or nothing is there. */
export function objectAt(value: Value | undefined, ...path: (string | number)[]): Properties {
  const found = at(value, ...path);
  return isProperties(found) ? found : {};
}

/** Reads a list at a path, or an empty one when something else or nothing is there. */
export function listAt(value: Value | undefined, ...path: (string | number)[]): Value[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** Writes a scalar as text; anything else, and nothing, is empty. */
export function textOf(value: Value | undefined): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : "";
}

/** Copies an object without some of its keys. */
export function omit(properties: Properties, ...keys: string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !keys.includes(key)));
}

/** Compares two values by content. An unknown equals nothing but itself. */
export function sameValue(left: Value | undefined, right: Value | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => sameValue(item, right[index]));
  }
  if (!isProperties(left) || !isProperties(right)) return false;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => sameValue(left[key], right[key]));
}

/** Merges objects in depth, the right one winning; lists and scalars are taken whole. */
export function mergeValues(left: Properties, right: Properties): Properties {
  const merged: Properties = { ...left };
  for (const [key, value] of Object.entries(right)) {
    const before = merged[key];
    merged[key] = isProperties(before) && isProperties(value) ? mergeValues(before, value) : value;
  }
  return merged;
}

/** Renders a value as JSON with sorted keys, so that equal values have equal text; an unknown renders as `"<unknown>"`. */
export function canonicalJson(value: Value): string {
  if (value instanceof Unknown) return '"<unknown>"';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isProperties(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${members.join(",")}}`;
}
