import { isProperties, type Properties, Unknown, type Value } from "./values";

/** Says what is wrong with one input, in the way a provider answers a check. */
export interface Failure {
  /** Path of the property, as `rules[0].status`; empty when the whole resource is meant. */
  readonly property: string;
  readonly reason: string;
}

interface Common {
  readonly required?: boolean;
  /** Judges a known value of the right type; the answer is the complaint. */
  readonly check?: (value: Value) => string | undefined;
}

/** Describes what one input property may hold. */
export type Field = Common &
  (
    | { readonly kind: "string"; readonly oneOf?: readonly string[]; readonly pattern?: RegExp }
    | { readonly kind: "number"; readonly integer?: boolean; readonly min?: number; readonly max?: number }
    | { readonly kind: "boolean" | "any" | "computed" }
    | { readonly kind: "list" | "map"; readonly of: Field }
    | { readonly kind: "object"; readonly fields: Fields }
  );

/** The input properties of a resource; a key that is not listed is refused. */
export type Fields = Readonly<Record<string, Field>>;

type Options<K extends Field["kind"]> = Omit<Extract<Field, { kind: K }>, "kind">;

/** A string, optionally one of a set or of a pattern. */
export const text = (options: Options<"string"> = {}): Field => ({ kind: "string", ...options });
/** A number, optionally whole and within bounds. */
export const numeric = (options: Options<"number"> = {}): Field => ({ kind: "number", ...options });
/** A boolean. */
export const flag = (options: Common = {}): Field => ({ kind: "boolean", ...options });
/** Anything at all; left to the resource's own checks. */
export const anything = (options: Common = {}): Field => ({ kind: "any", ...options });
/** A property that only the provider sets: giving it is refused. */
export const computed = (): Field => ({ kind: "computed" });
/** A list whose items are alike. */
export const listOf = (of: Field, options: Common = {}): Field => ({ kind: "list", of, ...options });
/** An object with free keys whose values are alike. */
export const mapOf = (of: Field, options: Common = {}): Field => ({ kind: "map", of, ...options });
/** An object with known keys. */
export const object = (fields: Fields, options: Common = {}): Field => ({
  kind: "object",
  fields,
  ...options,
});

/** Checks input properties against their fields and reports every failure; unknown values pass. */
export function checkFields(fields: Fields, inputs: Properties, path = ""): Failure[] {
  const failures: Failure[] = [];
  const here = (key: string): string => (path === "" ? key : `${path}.${key}`);
  for (const [key, value] of Object.entries(inputs)) {
    if (key.startsWith("__")) continue;
    const field = fields[key];
    if (field === undefined) failures.push({ property: here(key), reason: "Invalid or unknown key" });
    else failures.push(...checkField(field, value, here(key)));
  }
  for (const [key, field] of Object.entries(fields)) {
    if (field.required === true && inputs[key] === undefined) {
      failures.push({
        property: here(key),
        reason: `Missing required argument. The argument "${key}" is required, but no definition was found.`,
      });
    }
  }
  return failures;
}

function checkField(field: Field, value: Value, property: string): Failure[] {
  if (value instanceof Unknown) return [];
  const failures = checkKind(field, value, property);
  if (failures.length > 0) return failures;
  const complaint = field.check?.(value);
  return complaint === undefined ? [] : [{ property, reason: complaint }];
}

function checkKind(field: Field, value: Value, property: string): Failure[] {
  const fail = (reason: string): Failure[] => [{ property, reason }];
  const expected = (kind: string): Failure[] => fail(`expected a ${kind}, got ${nameKind(value)}`);
  switch (field.kind) {
    case "any":
      return [];
    case "computed":
      return fail(
        `Computed attribute cannot be set: its value is decided by the provider, remove "${property}"`,
      );
    case "boolean":
      return typeof value === "boolean" ? [] : expected("boolean");
    case "string":
      if (typeof value !== "string") return expected("string");
      if (field.oneOf !== undefined && !field.oneOf.includes(value)) {
        return fail(`expected one of [${field.oneOf.join(", ")}], got "${value}"`);
      }
      if (field.pattern !== undefined && !field.pattern.test(value)) {
        return fail(`"${value}" does not match ${field.pattern.source}`);
      }
      return [];
    case "number":
      if (typeof value !== "number") return expected("number");
      if (field.integer === true && !Number.isInteger(value))
        return fail(`expected a whole number, got ${value}`);
      if (field.min !== undefined && value < field.min)
        return fail(`expected at least ${field.min}, got ${value}`);
      if (field.max !== undefined && value > field.max)
        return fail(`expected at most ${field.max}, got ${value}`);
      return [];
    case "list":
      if (!Array.isArray(value)) return expected("list");
      return value.flatMap((item, index) => checkField(field.of, item, `${property}[${index}]`));
    case "map":
      if (!isProperties(value)) return expected("map");
      return Object.entries(value).flatMap(([key, item]) => checkField(field.of, item, `${property}.${key}`));
    case "object":
      return isProperties(value) ? checkFields(field.fields, value, property) : expected("object");
  }
}

function nameKind(value: Value): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  return isProperties(value) ? "an object" : `a ${typeof value}`;
}
