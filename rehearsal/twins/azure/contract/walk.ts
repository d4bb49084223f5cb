import { type Failure, isProperties, type Properties, Unknown, type Value } from "../../framework";
import { FURTHER_VALUES } from "./allowed";
import { knownValues } from "./known-values";
import { type ContractPackage, mapperOf, type PropertyMapper } from "./mappers";

/** Where a walk is, and what it lets pass. */
export interface Walk {
  readonly library: ContractPackage;
  /** Paths, without positions in lists, at which the provider's version of the interface knows more. */
  readonly allowed: ReadonlySet<string>;
}

const KIND_OF: Readonly<Record<string, string>> = {
  Boolean: "boolean",
  Number: "number",
  String: "string",
  Enum: "string",
  Uuid: "string",
  DateTime: "string",
  Date: "string",
  TimeSpan: "string",
  ByteArray: "string",
};

/** Compares an object with the description of a model: unknown, read-only and missing keys, types and constraints. */
export function walkModel(model: PropertyMapper, value: Properties, path: string, walk: Walk): Failure[] {
  const { modelProperties: properties, className = "" } = resolve(model, walk).type;
  if (properties === undefined || model.type.polymorphicDiscriminator !== undefined) return [];
  const failures: Failure[] = [];
  const given = new Set<PropertyMapper>();
  for (const [key, item] of Object.entries(value)) {
    const here = path === "" ? key : `${path}.${key}`;
    if (key.startsWith("__") || walk.allowed.has(here.replace(/\[\d+\]/g, ""))) continue;
    const [name, property] = propertyOf(properties, key) ?? [];
    if (name === undefined || property === undefined) {
      failures.push({ property: here, reason: "the service knows no such property" });
      continue;
    }
    given.add(property);
    if (property.readOnly === true)
      failures.push({ property: here, reason: "read-only: the service decides it" });
    else
      failures.push(
        ...walkValue(property, item, here, walk),
        ...checkKnown(valuesOf(walk.library, className, name), item, here),
      );
  }
  for (const [key, property] of Object.entries(properties)) {
    if (property.required !== true || property.readOnly === true || given.has(property)) continue;
    failures.push({ property: path === "" ? key : `${path}.${key}`, reason: "required by the service" });
  }
  return failures;
}

/** Compares one value with its description; unknown values pass. */
export function walkValue(property: PropertyMapper, value: Value, path: string, walk: Walk): Failure[] {
  if (value instanceof Unknown) return [];
  const { type } = property;
  const expected = (kind: string): Failure[] => [{ property: path, reason: `must be ${kind}` }];
  switch (type.name) {
    case "Composite":
      return isProperties(value) ? walkModel(property, value, path, walk) : expected("an object");
    case "Dictionary":
      // The provider takes the ids of identities as a list.
      if (Array.isArray(value) && path.endsWith("userAssignedIdentities")) return [];
      if (!isProperties(value)) return expected("an object");
      return Object.entries(value).flatMap(([key, item]) =>
        type.value === undefined ? [] : walkValue(type.value, item, `${path}["${key}"]`, walk),
      );
    case "Sequence":
      if (!Array.isArray(value)) return expected("a list");
      return [
        ...checkConstraints(property, value, path),
        ...value.flatMap((item, index) =>
          type.element === undefined ? [] : walkValue(type.element, item, `${path}[${index}]`, walk),
        ),
      ];
    default: {
      const [first] = type.allowedValues ?? [];
      const kind = first === undefined ? KIND_OF[type.name] : typeof first;
      if (kind !== undefined && typeof value !== kind) return expected(`a ${kind}`);
      return checkConstraints(property, value, path);
    }
  }
}

function checkConstraints(property: PropertyMapper, value: Value, path: string): Failure[] {
  const { constraints = {}, type } = property;
  const fail = (reason: string): Failure[] => [{ property: path, reason }];
  const { allowedValues } = type;
  if (allowedValues !== undefined && !Array.isArray(value) && !allowedValues.includes(value))
    return fail(`${shownOf(value, path)} is none of ${allowedValues.join(", ")}`);
  if (typeof value === "string") {
    const shown = shownOf(value, path);
    const { Pattern, MinLength = 0, MaxLength = Infinity } = constraints;
    if (value.length < MinLength || value.length > MaxLength)
      return fail(`${shown} has ${value.length} characters, must have ${MinLength} to ${MaxLength}`);
    if (Pattern !== undefined && !Pattern.test(value))
      return fail(`${shown} does not match ${Pattern.source}`);
  }
  if (typeof value === "number") {
    const { InclusiveMinimum = -Infinity, InclusiveMaximum = Infinity } = constraints;
    if (value < InclusiveMinimum || value > InclusiveMaximum)
      return fail(`${value} is not within ${InclusiveMinimum} to ${InclusiveMaximum}`);
  }
  if (Array.isArray(value)) {
    const { MinItems = 0, MaxItems = Infinity, UniqueItems = false } = constraints;
    if (value.length < MinItems || value.length > MaxItems)
      return fail(`${value.length} items, must be ${MinItems} to ${MaxItems}`);
    const known = value.filter((item) => typeof item === "string");
    if (UniqueItems && new Set(known).size < known.length) return fail("items must not repeat");
  }
  return [];
}

function valuesOf(library: ContractPackage, model: string, property: string): readonly string[] | undefined {
  const known = knownValues(library, model, property);
  return known === undefined ? undefined : [...known, ...(FURTHER_VALUES[`${model}.${property}`] ?? [])];
}

/** Services take the values that are documented, in whatever case, though the type of the property is any text. */
function checkKnown(known: readonly string[] | undefined, value: Value, path: string): Failure[] {
  if (known === undefined) return [];
  const lower = known.map((each) => each.toLowerCase());
  return (Array.isArray(value) ? value : [value])
    .filter((each) => typeof each === "string")
    .filter((each) => !lower.includes(each.toLowerCase()))
    .map((each) => ({ property: path, reason: `"${each}" is none of ${known.join(", ")}` }));
}

function shownOf(value: Value, path: string): string {
  return /password|secret|token/i.test(path) ? "the value" : JSON.stringify(value);
}

/**
 * Finds a property by the name the provider has for it: that of the library or that on the wire, whatever the case.
 * The type of a resource and a property called `type` share a name; the one that can be set is meant.
 */
export function propertyOf(
  properties: Readonly<Record<string, PropertyMapper>>,
  key: string,
): [string, PropertyMapper] | undefined {
  const wanted = key.toLowerCase();
  const found = Object.entries(properties).filter(
    ([name, { serializedName = "" }]) =>
      name.toLowerCase() === wanted || serializedName.split(".").at(-1)?.toLowerCase() === wanted,
  );
  return found.find(([, { readOnly }]) => readOnly !== true) ?? found[0];
}

function resolve(model: PropertyMapper, walk: Walk): PropertyMapper {
  const { modelProperties, className } = model.type;
  return modelProperties === undefined && className !== undefined ? mapperOf(walk.library, className) : model;
}
