import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import semver from "semver";
import { canonicalJson, objectAt, type Properties, TwinError } from "../../framework";

// Compiling takes a hundred times as long as validating, and one release is checked many times.
const compiled = new Map<string, ValidateFunction>();

/** Throws in the words of Helm when values do not meet the schema of their chart. */
export function checkValues(chart: string, schema: Properties, values: Properties): void {
  const key = canonicalJson(schema);
  const validate = compiled.get(key) ?? new Ajv({ strict: false, allErrors: true }).compile(schema);
  compiled.set(key, validate);
  if (validate(values)) return;
  const lines = (validate.errors ?? []).filter(({ keyword }) => keyword !== "if").map(describe);
  throw new TwinError(
    `values don't meet the specifications of the schema(s) in the following chart(s):\n${chart}:\n${[...new Set(lines)].join("\n")}`,
  );
}

function describe({ instancePath, keyword, params, message }: ErrorObject): string {
  const path = instancePath === "" ? "(root)" : instancePath.slice(1).replaceAll("/", ".");
  const { additionalProperty, missingProperty, type } = params as Record<string, unknown>;
  switch (keyword) {
    case "additionalProperties":
      return `- ${path}: Additional property ${String(additionalProperty)} is not allowed`;
    case "required":
      return `- ${path}: ${String(missingProperty)} is required`;
    case "type":
      return `- ${path}: Invalid type. Expected: ${[type].flat().map(String).join(" or ")}`;
    default:
      return `- ${path}: ${message ?? keyword}`;
  }
}

/** The chart's own schema, which did not change from 0.57.0, the first with one, to 0.62.0. */
const FIRST = "0.57.0";
const FILE = join(resolve(__dirname, "..", "charts"), "spacelift-self-hosted-0.62.0.values.schema.json");
const SERVICES = ["server", "drain", "scheduler", "vcsGateway"];

/** Keys that later charts take as well, by the first version that is known to: its release notes name them. */
const LATER: readonly { readonly since: string; readonly keys: readonly (readonly string[])[] }[] = [
  { since: "0.65.0", keys: [["extraManifests"]] },
  { since: "0.66.0", keys: SERVICES.map((name) => [name, "terminationGracePeriodSeconds"]) },
  { since: "0.71.0", keys: [...SERVICES.map((name) => [name, "pdb"]), ["mqttService", "enabled"]] },
  // Some version after 0.71.0 (pull request 154 of the charts' repository).
  { since: "0.72.0", keys: [["scheduler", "enabled"]] },
];

/** The schema that values must meet in a version of the Spacelift chart; none before there was one. */
export function spaceliftSchema(version: string): Properties | undefined {
  if (semver.lt(version, FIRST)) return undefined;
  const schema = JSON.parse(readFileSync(FILE, "utf8")) as Properties;
  return LATER.filter(({ since }) => semver.gte(version, since))
    .flatMap(({ keys }) => keys)
    .reduce(allow, schema);
}

/** Adds a key that may hold anything. */
function allow(schema: Properties, [name = "", ...rest]: readonly string[]): Properties {
  const properties = objectAt(schema, "properties");
  const inner = rest.length === 0 ? {} : allow(objectAt(properties, name), rest);
  return { ...schema, properties: { ...properties, [name]: inner } };
}
