import type { Properties } from "../../../rehearsal/twins/framework";
import type { EngineClient, State } from "./engine-client";

/** Type tokens of the objects that the tests use. */
export const TOKENS = {
  namespace: "kubernetes:core/v1:Namespace",
  secret: "kubernetes:core/v1:Secret",
  configMap: "kubernetes:core/v1:ConfigMap",
  service: "kubernetes:core/v1:Service",
  serviceAccount: "kubernetes:core/v1:ServiceAccount",
  ingress: "kubernetes:networking.k8s.io/v1:Ingress",
  job: "kubernetes:batch/v1:Job",
  networkPolicy: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  clusterIssuer: "kubernetes:cert-manager.io/v1:ClusterIssuer",
  certificate: "kubernetes:cert-manager.io/v1:Certificate",
  workerPool: "kubernetes:workers.spacelift.io/v1beta1:WorkerPool",
  release: "kubernetes:helm.sh/v3:Release",
} as const;

type ObjectToken = Exclude<keyof typeof TOKENS, "release">;

/** The inputs of an object: kind and version follow from the token. */
export function objectInputs(token: ObjectToken, metadata: Properties, rest: Properties = {}): Properties {
  const [, version = "", kind = ""] = TOKENS[token].split(":");
  return { apiVersion: version.replace(/^core\//, ""), kind, metadata, ...rest };
}

/** Makes an object whose logical name is its kind. */
export function makeObject(
  engine: EngineClient,
  token: ObjectToken,
  metadata: Properties,
  rest: Properties = {},
): Promise<State> {
  return engine.create(TOKENS[token], token, objectInputs(token, metadata, rest));
}

/** Makes a release of a chart from a repository. */
export function makeRelease(engine: EngineClient, chart: string, options: Properties = {}): Promise<State> {
  return engine.create(TOKENS.release, chart, releaseInputs(chart, options));
}

/** The inputs of a release that is named after its chart and makes a namespace of that name. */
export function releaseInputs(chart: string, options: Properties = {}): Properties {
  const repositoryOpts = { repo: "https://charts.example.com" };
  return {
    chart,
    name: chart,
    namespace: chart,
    createNamespace: true,
    compat: "true",
    repositoryOpts,
    ...options,
  };
}
