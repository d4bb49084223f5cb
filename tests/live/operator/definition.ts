import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

/** A schema of a definition, as far as those here are written. */
export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-int-or-string"?: boolean;
}

/** A CustomResourceDefinition. */
export interface Definition {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly versions: readonly Version[]; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

interface Version {
  readonly name: string;
  readonly schema: { readonly openAPIV3Schema: Schema };
  readonly [field: string]: unknown;
}

const string: Schema = { type: "string" };
const boolean: Schema = { type: "boolean" };
const quantity: Schema = { "x-kubernetes-int-or-string": true };
const object = (properties: Readonly<Record<string, Schema>>, ...required: readonly string[]): Schema => ({
  type: "object",
  properties,
  ...(required.length > 0 && { required }),
});
const list = (items: Schema): Schema => ({ type: "array", items });
const map = (values: Schema): Schema => ({ type: "object", additionalProperties: values });

const reference = object(
  {
    type: string,
    secret: object({ name: string, key: string }, "name", "key"),
    literal: object({ value: string }, "value"),
  },
  "type",
);

const pod = object(
  {
    containers: list(
      object(
        {
          name: string,
          volumeMounts: list(
            object({ name: string, mountPath: string, readOnly: boolean }, "name", "mountPath"),
          ),
        },
        "name",
      ),
    ),
    volumes: list(
      object(
        {
          name: string,
          configMap: object({ name: string }),
          persistentVolumeClaim: object({ claimName: string }, "claimName"),
        },
        "name",
      ),
    ),
  },
  "containers",
);

const workspace = object({
  image: string,
  local: object({ dir: string }),
  resources: object({ requests: map(quantity), limits: map(quantity) }),
  podTemplate: object({
    metadata: object({ labels: map(string), annotations: map(string) }),
    spec: pod,
  }),
});

const stack = object(
  {
    stack: string,
    serviceAccountName: string,
    backend: string,
    config: { "x-kubernetes-preserve-unknown-fields": true },
    secretsRef: map(reference),
    envRefs: map(reference),
    workspaceTemplate: object({ spec: workspace }),
  },
  "stack",
);

/**
 * What the example uses of a Stack of the operator, version 2.9.0, written after its reference (docs/stacks.md and
 * docs/workspaces.md there): less than the operator takes, and {@link excess} tells whether it is more in some place.
 */
export const ownDefinition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "stacks.pulumi.com" },
  spec: {
    group: "pulumi.com",
    scope: "Namespaced",
    names: { kind: "Stack", listKind: "StackList", plural: "stacks", singular: "stack" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: object({ spec: stack }) },
      },
    ],
  },
} satisfies Definition;

const definition = z.looseObject({
  kind: z.literal("CustomResourceDefinition"),
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    versions: z.array(
      z.looseObject({
        name: z.string(),
        schema: z.object({ openAPIV3Schema: z.custom<Schema>((value) => typeof value === "object") }),
      }),
    ),
  }),
});

/** The operator's own definition of Stacks, from the folder that its repository has it in (operator/config/crd/bases). */
export async function operatorDefinition(folder: string): Promise<Definition> {
  return definition.parse(parse(await readFile(join(folder, "pulumi.com_stacks.yaml"), "utf8")));
}

/** Where a schema allows what another does not have: unknown fields, other types, more that may be left out. */
export function excess(own: Schema, real: Schema | undefined, path = ""): string[] {
  if (real === undefined) return [`${path} is unknown`];
  const found = own.type === real.type ? [] : [`${path} is ${real.type ?? "anything"}`];
  const missing = (real.required ?? []).filter((name) => !(own.required ?? []).includes(name));
  return [
    ...found,
    ...missing.map((name) => `${path}.${name} is required`),
    ...Object.entries(own.properties ?? {}).flatMap(([name, schema]) =>
      excess(schema, real.properties?.[name], `${path}.${name}`),
    ),
    ...(own.additionalProperties
      ? excess(own.additionalProperties, real.additionalProperties, `${path}.*`)
      : []),
    ...(own.items ? excess(own.items, real.items, `${path}[]`) : []),
  ];
}

/** The schema of a version of a definition. */
export const schemaOf = ({ spec }: Definition, version: string): Schema | undefined =>
  spec.versions.find(({ name }) => name === version)?.schema.openAPIV3Schema;
