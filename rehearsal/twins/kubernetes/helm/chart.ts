import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, isAbsolute, join, resolve } from "node:path";
import semver from "semver";
import { parse } from "yaml";
import { isProperties, mergeValues, type Properties, stringAt, TwinError, type Value } from "../../framework";
import { certManagerChart, workerControllerChart } from "./controller-charts";
import { ingressNginxChart, traefikChart } from "./ingress-charts";
import { deployment, type KnownChart, type RenderContext, type Rendered } from "./rendered";
import { spaceliftChart } from "./spacelift-chart";

const KNOWN: Readonly<Record<string, KnownChart>> = {
  "cert-manager": certManagerChart,
  "ingress-nginx": ingressNginxChart,
  "spacelift-self-hosted": spaceliftChart,
  "spacelift-workerpool-controller": workerControllerChart,
  traefik: traefikChart,
};

/** A chart as far as the simulation can tell. */
export interface Chart {
  readonly name: string;
  readonly version: string;
  readonly appVersion: string;
  /** The schema its values must meet, when there is one. */
  readonly schema?: Properties;
  /** Default values, as far as they are known. */
  readonly defaults: Properties;
  render(context: Omit<RenderContext, "version">): Rendered;
}

/** Finds the chart that a release asks for: a folder, or a name in a repository; throws as Helm does when it cannot. */
export function findChart(inputs: Properties): Chart {
  const asked = stringAt(inputs, "chart") ?? "";
  const folder = resolve(asked);
  const repository = stringAt(inputs, "repositoryOpts", "repo");
  if (repository === undefined && existsSync(join(folder, "Chart.yaml"))) return chartOfFolder(folder);
  if (repository === undefined && (isAbsolute(asked) || asked.startsWith(".")) && !existsSync(asked)) {
    throw new TwinError(`path "${asked}" not found`);
  }
  const version = versionOf(stringAt(inputs, "version"));
  const archive = /^(.+?)-(v?\d+\.\d+\.\d+.*)\.tgz$/.exec(basename(asked));
  if (archive !== null && existsSync(asked) && statSync(asked).isFile()) {
    return chartOfName(archive[1] ?? asked, archive[2]);
  }
  if (repository === undefined && !/^oci:\/\//.test(asked) && !asked.includes("/")) {
    throw new TwinError(
      `failed to download "${asked}": non-absolute URLs should be in form of repo_name/path_to_chart, got: ${asked}`,
    );
  }
  return chartOfName(basename(asked), version);
}

function versionOf(version: string | undefined): string | undefined {
  if (version === undefined || version === "") return undefined;
  if (semver.validRange(version) === null) throw new TwinError(`improper constraint: ${version}`);
  return version;
}

function chartOfName(name: string, version: string | undefined): Chart {
  const known = KNOWN[name];
  const resolved =
    version !== undefined && semver.valid(version) !== null ? version : (known?.latest ?? "1.0.0");
  const schema = known?.schemaOf?.(resolved);
  return {
    name,
    version: resolved,
    appVersion: known?.appVersion ?? resolved,
    ...(schema && { schema }),
    defaults: known?.defaults ?? {},
    render: (context) => renderChart(known, name, { ...context, version: resolved }),
  };
}

function chartOfFolder(folder: string): Chart {
  const about = readYaml(join(folder, "Chart.yaml"));
  const name = stringAt(about, "name");
  const version = stringAt(about, "version");
  if (name === undefined || version === undefined)
    throw new TwinError(`validation: chart.metadata of ${folder} is incomplete`);
  const [schema, values] = ["values.schema.json", "values.yaml"].map((file) => join(folder, file));
  const known = KNOWN[name];
  return {
    name,
    version,
    appVersion: stringAt(about, "appVersion") ?? "",
    ...(existsSync(schema ?? "") ? { schema: readYaml(schema ?? "") } : {}),
    defaults: mergeValues(known?.defaults ?? {}, existsSync(values ?? "") ? readYaml(values ?? "") : {}),
    render: (context) => renderChart(known, name, { ...context, version }),
  };
}

/** A chart that is not known brings nothing that anything else in the simulation would look at. */
function renderChart(known: KnownChart | undefined, name: string, context: RenderContext): Rendered {
  if (known !== undefined) return known.render(context);
  const { release, namespace } = context;
  const workload = release.includes(name) ? release : `${release}-${name}`;
  return { objects: [deployment(namespace, workload)], installSeconds: 30 };
}

function readYaml(file: string): Properties {
  // YAML without tags yields the same shapes as JSON, and JSON is YAML.
  const content = parse(readFileSync(file, "utf8")) as Value;
  return isProperties(content) ? content : {};
}
