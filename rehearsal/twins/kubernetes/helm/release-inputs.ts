import { createHash } from "node:crypto";
import {
  anything,
  canonicalJson,
  type CheckContext,
  type Failure,
  type Fields,
  flag,
  hasUnknowns,
  mapOf,
  mergeValues,
  numeric,
  object,
  objectAt,
  omit,
  type Properties,
  stringAt,
  text,
  textOf,
  TwinError,
} from "../../framework";
import { groupOf } from "../cluster";
import { defaultNamespace } from "../config";
import { type Chart, findChart } from "./chart";
import type { Rendered } from "./rendered";
import { checkValues } from "./values-schema";

const FLAGS = [
  "allowNullValues",
  "atomic",
  "cleanupOnFail",
  "createNamespace",
  "dependencyUpdate",
  "devel",
  "disableCRDHooks",
  "disableOpenapiValidation",
  "disableWebhooks",
  "forceUpdate",
  "lint",
  "recreatePods",
  "renderSubchartNotes",
  "replace",
  "resetValues",
  "reuseValues",
  "skipAwait",
  "skipCrds",
  "takeOwnership",
  "verify",
  "waitForJobs",
];
const DEFAULT_TIMEOUT_SECONDS = 300;

/** The inputs of a release. */
export const releaseFields: Fields = {
  ...Object.fromEntries(FLAGS.map((name) => [name, flag()])),
  chart: text({ required: true }),
  checksum: text(),
  compat: text(),
  description: text(),
  keyring: text(),
  manifest: anything(),
  maxHistory: numeric({ integer: true }),
  name: text({ check: (value) => nameComplaint(textOf(value)) }),
  namespace: text(),
  postrender: text(),
  repositoryOpts: object({
    repo: text(),
    caFile: text(),
    certFile: text(),
    keyFile: text(),
    password: text(),
    username: text(),
  }),
  resourceNames: mapOf(anything()),
  timeout: numeric({ integer: true }),
  valueYamlFiles: anything(),
  values: mapOf(anything()),
  version: text(),
};

/** What a release renders to. */
export interface Rendering extends Rendered {
  readonly chart: Chart;
}

/** Fills in what the provider fills in: names, the namespace, the timeout, flags, and what rendering yields. */
export function normaliseRelease(
  inputs: Properties,
  { config, name, oldInputs, randomHex }: CheckContext,
): Properties {
  const filled: Properties = {
    ...Object.fromEntries(FLAGS.map((key) => [key, false])),
    values: {},
    name: oldInputs["name"] ?? `${name}-${randomHex(8)}`,
    namespace: defaultNamespace(config),
    ...omit(inputs, "compat"),
  };
  if (filled["skipAwait"] === false) filled["timeout"] ??= DEFAULT_TIMEOUT_SECONDS;
  if (hasUnknowns(filled) || problemOf(filled) !== undefined) return filled;
  const { objects } = renderRelease(filled);
  const resourceNames: Record<string, string[]> = {};
  for (const { apiVersion, kind, name: objectName, namespace } of objects) {
    const group = groupOf(apiVersion);
    const key = `${kind}${group === "" ? "" : `.${group}`}/${apiVersion}`;
    (resourceNames[key] ??= []).push(namespace === undefined ? objectName : `${namespace}/${objectName}`);
  }
  const checksum = createHash("sha256")
    .update(canonicalJson([filled["values"] ?? {}, resourceNames]))
    .digest("hex");
  return { ...filled, resourceNames, checksum };
}

/** Checks that the chart can be found and that the values suit it; skipped while anything is unknown. */
export function checkRelease(inputs: Properties): Failure[] {
  const problem = hasUnknowns(inputs) ? undefined : problemOf(inputs);
  if (problem === undefined) return [];
  return [{ property: "chart", reason: `${problem}; check the chart name and repository configuration.` }];
}

/** Renders a release whose inputs are known; throws when the chart cannot be found or its values are refused. */
export function renderRelease(inputs: Properties): Rendering {
  const chart = findChart(inputs);
  const values = mergeValues(chart.defaults, objectAt(inputs, "values"));
  if (chart.schema !== undefined) checkValues(chart.name, chart.schema, values);
  const context = {
    release: stringAt(inputs, "name") ?? "",
    namespace: stringAt(inputs, "namespace") ?? "",
    values,
  };
  return { ...chart.render(context), chart };
}

function problemOf(inputs: Properties): string | undefined {
  try {
    renderRelease(inputs);
    return undefined;
  } catch (error) {
    if (error instanceof TwinError) return error.message;
    throw error;
  }
}

function nameComplaint(name: string): string | undefined {
  if (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name) && name.length <= 53)
    return undefined;
  return `invalid release name "${name}", must match regex ^[a-z0-9]([-a-z0-9]*[a-z0-9])?$ and the length must not be longer than 53`;
}
