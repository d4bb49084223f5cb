import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Manifest } from "../../../../rehearsal/twins/kubernetes/api/manifest";
import { goPrograms } from "../../ground/go-programs";
import { kubernetesOpenApi } from "../../ground/programs";
import { type Kind, ofKind, type Schema, strictSchema } from "./schema";

/** Schemas by the names under which kubeconform looks for them: `deployment-apps-v1`. */
type Schemas = ReadonlyMap<string, Schema>;

const anySchema = z.record(z.string(), z.unknown()).transform((value) => value as Schema);
const openApi = z.object({ definitions: z.record(z.string(), anySchema) });
const kinds = z.array(z.object({ group: z.string(), version: z.string(), kind: z.string() }));

// `{{.ResourceKind}}{{.KindSuffix}}` of kubeconform: of a group, the first label.
const nameOf = ({ group, version, kind }: Kind): string =>
  [kind, ...(group === "" ? [] : [group.split(".")[0]]), version].join("-").toLowerCase();

const quantity = "io.k8s.apimachinery.pkg.api.resource.Quantity";
const prefix = "#/definitions/";

/** The schemas of Kubernetes' own kinds. Each holds the definitions that it refers to, so that it is complete. */
async function kubernetesSchemas(): Promise<Schemas> {
  const file = join(await goPrograms(kubernetesOpenApi), "swagger.json");
  const { definitions } = openApi.parse(JSON.parse(await readFile(file, "utf8")));
  const strict = new Map(Object.entries(definitions).map(([name, schema]) => [name, strictSchema(schema)]));
  // It is written as a number, too.
  strict.set(quantity, { anyOf: [{ type: "string" }, { type: "number" }] });
  const schemas = new Map<string, Schema>();
  for (const [name, schema] of strict) {
    const own = kinds.safeParse(schema["x-kubernetes-group-version-kind"]).data ?? [];
    // Options and statuses belong to every group; an object has one.
    const [kind] = own;
    if (kind === undefined || own.length > 1) continue;
    schemas.set(nameOf(kind), { ...ofKind(kind, schema), definitions: referredBy(name, strict) });
  }
  return schemas;
}

/** The definitions that one refers to, and those that they refer to. */
function referredBy(name: string, all: ReadonlyMap<string, Schema>): Readonly<Record<string, Schema>> {
  const found = new Map<string, Schema>();
  const open = [...referencesIn(all.get(name))];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const schema = all.get(next);
    if (schema === undefined) throw new Error(`the OpenAPI document of Kubernetes has no ${next}`);
    if (found.has(next)) continue;
    found.set(next, schema);
    open.push(...referencesIn(schema));
  }
  return Object.fromEntries(found);
}

function referencesIn(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    key === "$ref" && typeof each === "string" ? [each.slice(prefix.length)] : referencesIn(each),
  );
}

const definition = z.object({
  spec: z.object({
    group: z.string(),
    names: z.object({ kind: z.string() }),
    versions: z.array(z.object({ name: z.string(), schema: z.object({ openAPIV3Schema: anySchema }) })),
  }),
});

/**
 * Writes the schemas of Kubernetes' kinds and of those that some objects define into a folder.
 *
 * @returns where they are, as kubeconform and what builds on it take it
 */
export async function writeSchemas(objects: readonly Manifest[], folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const [name, schema] of [...(await kubernetesSchemas()), ...definedSchemas(objects)]) {
    await writeFile(join(folder, `${name}.json`), JSON.stringify(schema));
  }
  return join(folder, "{{.ResourceKind}}{{.KindSuffix}}.json");
}

/** The schemas of the kinds that some objects define. */
function definedSchemas(objects: readonly Manifest[]): Schemas {
  const schemas = new Map<string, Schema>();
  for (const object of objects.filter(({ kind }) => kind === "CustomResourceDefinition")) {
    const { spec } = definition.parse(object);
    for (const { name: version, schema } of spec.versions) {
      const kind = { group: spec.group, version, kind: spec.names.kind };
      const { metadata, ...own } = schema.openAPIV3Schema.properties ?? {};
      const strict = strictSchema({ ...schema.openAPIV3Schema, properties: own });
      // The metadata is Kubernetes' own, of which a definition says no more than that it is an object.
      const whole = { ...strict, properties: { ...strict.properties, ...(metadata && { metadata }) } };
      schemas.set(nameOf(kind), ofKind(kind, whole));
    }
  }
  return schemas;
}

/** Objects as documents of YAML. As JSON, for in the YAML of those who read it the text "yes" would be a boolean. */
export const documentsOf = (objects: readonly Manifest[]): string =>
  objects.map((object) => JSON.stringify(withoutNull(object))).join("\n---\n");

/** What is null is left out, which is what an API server makes of it. */
function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== null)
      .map(([key, each]) => [key, withoutNull(each)]),
  );
}
