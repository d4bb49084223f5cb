import type { Properties, WorldState } from "../../framework";
import type { ObjectIdentity } from "../cluster";

/** An object that a chart brings. */
export interface RenderedObject extends ObjectIdentity {
  /** What is declared, as the world keeps it. */
  readonly body: Properties;
  /** Whether it stays when the release is uninstalled. */
  readonly isKept?: boolean;
}

/** What a chart makes of its values. */
export interface Rendered {
  readonly objects: readonly RenderedObject[];
  /** What lies in the chart's folder `crds`: created with the release, never changed and never deleted. */
  readonly definitions?: readonly RenderedObject[];
  /** Keys of the controllers that the release runs: a role, or `ingress:<class>`. */
  readonly controllers?: readonly string[];
  /** Why pods of the release cannot start at a moment of simulated time; empty when all is well. */
  problems?(state: WorldState, now: Date): string[];
  /** How long an installation takes, in simulated seconds. */
  readonly installSeconds: number;
}

/** What a chart is rendered for. */
export interface RenderContext {
  /** Release name. */
  readonly release: string;
  readonly namespace: string;
  /** Version of the chart. */
  readonly version: string;
  /** User values merged over the defaults known of the chart. */
  readonly values: Properties;
}

/** What the simulation knows of a chart. */
export interface KnownChart {
  /** The version that is installed when none is asked for. */
  readonly latest: string;
  /** Version of the application; that of the chart when absent. */
  readonly appVersion?: string;
  /** The schema that values must meet in a version of the chart. @default - none */
  readonly schemaOf?: (version: string) => Properties | undefined;
  /** Defaults that decide what is rendered or that the schema relies on. */
  readonly defaults: Properties;
  render(context: RenderContext): Rendered;
}

/** What a chart makes of a workload, where it matters. */
export interface DeploymentOptions {
  readonly labels?: Properties;
  /** @default - an image named after the workload */
  readonly image?: string;
  /** @default 1 */
  readonly replicas?: number;
  /** Labels that tell its pods from others. @default - the name of the workload */
  readonly selector?: Properties;
  /** Names of the Secrets whose keys become environment variables. */
  readonly secrets?: readonly string[];
}

/** Makes the usual deployment of a chart. */
export function deployment(namespace: string, name: string, options: DeploymentOptions = {}): RenderedObject {
  const { labels = {}, image = `${name}:latest`, replicas = 1, secrets = [] } = options;
  const { selector = { "app.kubernetes.io/instance": name } } = options;
  const envFrom = secrets.map((secret) => ({ secretRef: { name: secret } }));
  const template = {
    metadata: { labels: { ...labels, ...selector } },
    spec: { containers: [{ name: "main", image, envFrom }] },
  };
  const spec = { replicas, selector: { matchLabels: selector }, template };
  return { apiVersion: "apps/v1", kind: "Deployment", name, namespace, body: { metadata: { labels }, spec } };
}

/** Makes a service of a chart. */
export function service(
  namespace: string,
  name: string,
  spec: Properties,
  annotations: Properties = {},
): RenderedObject {
  return { apiVersion: "v1", kind: "Service", name, namespace, body: { metadata: { annotations }, spec } };
}

/** Makes a service account of a chart. */
export function serviceAccount(
  namespace: string,
  name: string,
  annotations: Properties = {},
): RenderedObject {
  return { apiVersion: "v1", kind: "ServiceAccount", name, namespace, body: { metadata: { annotations } } };
}

/** Makes the definition of a custom kind. */
export function definition(group: string, kind: string, plural: string, isKept: boolean): RenderedObject {
  const name = `${plural}.${group}`;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    name,
    body: { spec: { group, names: { kind, plural }, versions: [{ name: "v1", served: true }] } },
    isKept,
  };
}

/** The name most charts give their objects: the release, with the chart appended unless it is part of it already. */
export function fullName(release: string, chart: string, values: Properties): string {
  const { fullnameOverride, nameOverride } = values;
  if (typeof fullnameOverride === "string" && fullnameOverride !== "") return fullnameOverride;
  const suffix = typeof nameOverride === "string" && nameOverride !== "" ? nameOverride : chart;
  return release.includes(suffix) ? release : `${release}-${suffix}`;
}
