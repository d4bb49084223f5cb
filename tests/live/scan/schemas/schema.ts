/** A JSON schema, or the part of an OpenAPI document that becomes one. */
export interface Schema {
  readonly [key: string]: unknown;
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
}

/** A number or a text, which the Kubernetes API has types of its own for. */
const numberOrText = { anyOf: [{ type: "string" }, { type: "number" }] };

const isNumberOrText = (schema: Schema): boolean =>
  schema.format === "int-or-string" || schema["x-kubernetes-int-or-string"] === true;

/** The values of a record, each changed. */
const mapped = (
  record: Readonly<Record<string, Schema>>,
  change: (value: Schema) => Schema,
): Readonly<Record<string, Schema>> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));

/**
 * A part of an OpenAPI document of Kubernetes as a JSON schema that knows no other properties, as `kubectl` validates
 * strictly. What says that it keeps unknown fields keeps them.
 */
export function strictSchema(schema: Schema): Schema {
  if (isNumberOrText(schema)) return numberOrText;
  const { properties, items, additionalProperties, ...rest } = schema;
  const isOpen =
    properties === undefined ||
    additionalProperties !== undefined ||
    schema["x-kubernetes-preserve-unknown-fields"] === true;
  return {
    ...rest,
    ...(properties && { properties: mapped(properties, strictSchema) }),
    ...(items && { items: strictSchema(items) }),
    ...(typeof additionalProperties === "object"
      ? { additionalProperties: strictSchema(additionalProperties) }
      : !isOpen && { additionalProperties: false }),
  };
}

/** A kind of objects of one version: `apps/v1`, `Deployment`. */
export interface Kind {
  /** Empty for the core. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** The schema of a whole object, which says its kind. */
export const ofKind = ({ group, version, kind }: Kind, schema: Schema): Schema => ({
  ...schema,
  required: [
    ...new Set([...((schema["required"] as readonly string[] | undefined) ?? []), "kind", "apiVersion"]),
  ],
  properties: {
    ...schema.properties,
    apiVersion: { type: "string", const: group === "" ? version : `${group}/${version}` },
    kind: { type: "string", const: kind },
  },
});
