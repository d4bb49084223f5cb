import {
  type ContractPackage,
  type PropertyMapper,
  mapperOf,
} from "../../../rehearsal/twins/azure/contract/library";

/** An object on its way into a template. */
export type Body = Readonly<Record<string, unknown>>;

const isBody = (value: unknown): value is Body =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * A body as it goes over the wire: every key under the name and at the place that Microsoft's own description of the
 * model gives it. An unknown key is an error.
 */
export function wireBody(library: ContractPackage, model: string, inputs: Body): Body {
  return modelOnWire(library, mapperOf(library, model), inputs, model);
}

function modelOnWire(library: ContractPackage, model: PropertyMapper, inputs: Body, path: string): Body {
  const { modelProperties, className } = model.type;
  const properties =
    modelProperties ??
    (className === undefined ? {} : (mapperOf(library, className).type.modelProperties ?? {}));
  const body: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(inputs)) {
    const property = propertyOf(properties, key);
    if (property === undefined) throw new Error(`\`${path}.${key}\`: Azure's description knows no such key`);
    put(body, property.serializedName ?? key, valueOnWire(library, property, value, `${path}.${key}`));
  }
  return body;
}

function valueOnWire(
  library: ContractPackage,
  property: PropertyMapper,
  value: unknown,
  path: string,
): unknown {
  const { name, element, value: item } = property.type;
  if (name === "Composite" && isBody(value)) return modelOnWire(library, property, value, path);
  if (name === "Sequence" && Array.isArray(value) && element) {
    return value.map((each: unknown, index) => valueOnWire(library, element, each, `${path}[${index}]`));
  }
  if (name === "Dictionary" && item) {
    // The provider takes the ids of identities as a list; on the wire they are keys.
    if (Array.isArray(value)) return Object.fromEntries(value.map((id: unknown) => [String(id), {}]));
    if (isBody(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([key, each]) => [key, valueOnWire(library, item, each, `${path}.${key}`)]),
      );
    }
  }
  return value;
}

/** The settable property that the provider or the wire calls so, whatever the case. */
function propertyOf(
  properties: Readonly<Record<string, PropertyMapper>>,
  key: string,
): PropertyMapper | undefined {
  const wanted = key.toLowerCase();
  return Object.entries(properties)
    .filter(
      ([name, { serializedName, readOnly }]) =>
        readOnly !== true &&
        (name.toLowerCase() === wanted || serializedName?.split(".").at(-1)?.toLowerCase() === wanted),
    )
    .map(([, property]) => property)[0];
}

/** Puts a value at a path such as `properties.networkAcls`. */
function put(body: Record<string, unknown>, path: string, value: unknown): void {
  const [first = "", ...rest] = path.split(".");
  if (rest.length === 0) {
    body[first] = value;
    return;
  }
  const below = body[first];
  const inner: Record<string, unknown> = isBody(below) ? { ...below } : {};
  put(inner, rest.join("."), value);
  body[first] = inner;
}
