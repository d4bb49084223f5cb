import { isProperties, type Properties, textOf, type Value } from "../../framework";
import { type ContractRef, propertyOf } from "../contract";
import { type ContractPackage, mapperOf, type PropertyMapper } from "../contract/library";
import type { JsonObject } from "./subscription";

/** Turns outputs, as the provider shows them, into what the service sends: most keys lie below `properties` there. */
export const wireBody = ({ library, model }: ContractRef, outputs: Properties): JsonObject =>
  // Outputs of what is there hold nothing unknown.
  objectOf(library, mapperOf(library, model), outputs) as JsonObject;

function objectOf(library: ContractPackage, mapper: PropertyMapper, value: Properties): Properties {
  const { modelProperties, className = "" } = mapper.type;
  const properties = modelProperties ?? mapperOf(library, className).type.modelProperties ?? {};
  const body: Properties = {};
  for (const [key, item] of Object.entries(value)) {
    const [name, property] = propertyOf(properties, key) ?? [];
    if (name === undefined || property === undefined) continue;
    place(body, (property.serializedName ?? name).split("."), valueOf(library, property, item));
  }
  return body;
}

function valueOf(library: ContractPackage, property: PropertyMapper, value: Value): Value {
  const { type } = property;
  if (type.name === "Composite" && isProperties(value)) return objectOf(library, property, value);
  if (type.name === "Sequence" && Array.isArray(value)) {
    const { element } = type;
    return element === undefined ? value : value.map((item) => valueOf(library, element, item));
  }
  // The provider takes the ids of identities as a list.
  if (type.name === "Dictionary" && Array.isArray(value))
    return Object.fromEntries(value.map((id) => [textOf(id), {}]));
  if (type.name === "Dictionary" && isProperties(value)) {
    const { value: each } = type;
    if (each === undefined) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, valueOf(library, each, item)]),
    );
  }
  return value;
}

function place(body: Properties, [first = "", ...rest]: readonly string[], value: Value): void {
  if (rest.length === 0) {
    body[first] = value;
    return;
  }
  const below = body[first];
  const inner: Properties = isProperties(below) ? below : {};
  body[first] = inner;
  place(inner, rest, value);
}
