import { type Failure, isProperties, type Properties, stringAt, Unknown, type Value } from "../../framework";
import {
  type ContractPackage,
  knownValues,
  mapperOf,
  parameterOf,
  type PropertyMapper,
  subtypesOf,
} from "./library";

/**
 * Properties that the provider's version of the interface has and the description does not, each with the reason.
 * By model, then by path without positions in lists.
 */
export const ALLOWED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  VirtualNetworkLink: {
    resolutionPolicy: "since 2024-06-01; the description is of 2020-06-01",
  },
  DataCollectionRuleResource: {
    "dataFlows.streams": "the streams of an extension have names of their own, which the list leaves out",
    "dataSources.extensions.streams":
      "the streams of an extension have names of their own, which the list leaves out",
  },
  DiagnosticSettingsResource: {
    "logs.categoryGroup": "since 2021-05-01-preview; the description is of 2017-05-01-preview",
    marketplacePartnerId: "since 2021-05-01-preview; the description is of 2017-05-01-preview",
  },
};

/** Values that the provider's version of the interface has and the description does not, by model and property. */
export const FURTHER_VALUES: Readonly<Record<string, readonly string[]>> = {
  "HighAvailability.mode": ["Disabled"],
  "AgentPool.workloadRuntime": ["KataVmIsolation"],
  "ManagedClusterAgentPoolProfile.workloadRuntime": ["KataVmIsolation"],
};

/** Where Microsoft's own description of a type is. */
export interface ContractRef {
  readonly library: ContractPackage;
  /** Name of the model that a creation sends. */
  readonly model: string;
  /** Names that the library has for parameters of the path, where they differ from the provider's. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Checks inputs against the description of their type: the body against the model, the path against its parameters. */
export function checkContract(
  contract: ContractRef,
  inputs: Properties,
  pathParameters: readonly string[],
): Failure[] {
  const { library, model, parameters = {} } = contract;
  const walk = { library, allowed: new Set(Object.keys(ALLOWED[model] ?? {})) };
  const body = Object.fromEntries(Object.entries(inputs).filter(([key]) => !pathParameters.includes(key)));
  const ofPath = pathParameters.flatMap((name) => {
    const value = stringAt(inputs, name);
    const parameter = parameterOf(library, parameters[name] ?? name);
    return value === undefined || parameter === undefined ? [] : walkValue(parameter, value, name, walk);
  });
  return [...ofPath, ...walkModel(mapperOf(library, model), body, "", walk)];
}

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
  const found = concrete(resolve(model, walk), value, path, walk);
  if (Array.isArray(found)) return found;
  const { modelProperties: properties, className = "" } = found.type;
  if (properties === undefined) return [];
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

/** The model that an object is of, by the property that tells; or what is wrong with that property. */
function concrete(
  model: PropertyMapper,
  value: Properties,
  path: string,
  { library }: Walk,
): PropertyMapper | Failure[] {
  const { polymorphicDiscriminator, className = "", uberParent = className } = model.type;
  if (polymorphicDiscriminator === undefined) return model;
  const models = [...(uberParent === className ? [] : [className]), ...subtypesOf(library, className)];
  const key = polymorphicDiscriminator.clientName ?? "";
  const given = value[key];
  if (models.length === 0 || given instanceof Unknown) return model;
  const kinds = models.map((name) => mapperOf(library, name));
  const found = kinds.find(({ serializedName }) => serializedName === given);
  if (found !== undefined) return found;
  const known = kinds.map(({ serializedName = "" }) => serializedName).join(", ");
  const reason =
    given === undefined ? "required by the service" : `${JSON.stringify(given)} is none of ${known}`;
  return [{ property: path === "" ? key : `${path}.${key}`, reason }];
}

function resolve(model: PropertyMapper, walk: Walk): PropertyMapper {
  const { modelProperties, className } = model.type;
  return modelProperties === undefined && className !== undefined ? mapperOf(walk.library, className) : model;
}
