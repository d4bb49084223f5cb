import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import {
  anything,
  at,
  canonicalJson,
  type Fields,
  flag,
  isProperties,
  listAt,
  type OperationContext,
  type Properties,
  stringAt,
  text,
  TwinError,
  Unknown,
  type Value,
} from "../framework";
import { accessRefusal, isManagedHost, isServedByAzure } from "../azure/cluster/integration";

/** The configuration of the Kubernetes provider. */
export const configFields: Fields = {
  alwaysRender: flag(),
  cluster: text(),
  clusterIdentifier: text(),
  context: text(),
  deleteUnreachable: flag(),
  enableConfigMapMutable: flag(),
  enablePatchForce: flag(),
  enableSecretMutable: flag(),
  enableServerSideApply: flag(),
  helmReleaseSettings: anything(),
  kubeClientSettings: anything(),
  kubeconfig: text(),
  namespace: text(),
  renderYamlToDirectory: text(),
  skipUpdateUnreachable: flag(),
  strictMode: flag(),
  suppressDeprecationWarnings: flag(),
  suppressHelmHookWarnings: flag(),
  upsertExistingObjects: flag(),
};

/** The namespace for objects that name none. */
export function defaultNamespace(config: Properties): string {
  const configured = stringAt(config, "namespace");
  if (configured !== undefined && configured !== "") return configured;
  return stringAt(activeEntry(config, "contexts", "context"), "namespace") ?? "default";
}

/** Throws when the kubeconfig cannot be used, as every operation on the cluster then does. */
export function requireReachable({
  config,
  world,
  clock,
}: Pick<OperationContext, "config" | "world" | "clock">): void {
  const unreachable = (reason: string): TwinError =>
    new TwinError(`configured Kubernetes cluster is unreachable: ${reason}`);
  if (readKubeconfig(config) === "invalid")
    throw unreachable("failed to parse kubeconfig data in `kubernetes:config:kubeconfig`");
  const host = /^https:\/\/([^:/]+)/.exec(
    stringAt(activeEntry(config, "clusters", "cluster"), "server") ?? "",
  )?.[1];
  if (host === undefined || !isManagedHost(host)) return;
  if (!world.read((state) => isServedByAzure(state, host)))
    throw unreachable(`dial tcp: lookup ${host}: no such host`);
  const hasLogin = at(activeEntry(config, "users", "user"), "exec") !== undefined;
  const refusal = hasLogin ? world.read((state) => accessRefusal(state, host, clock.now())) : undefined;
  if (refusal !== undefined)
    throw unreachable(`unable to load schema information from the API server: ${refusal}`);
}

/** The paths whose change means another cluster: the identifier when there is one, else what selects the active cluster. */
export function replaceProviderOn(before: Properties, after: Properties): readonly string[] {
  if (before["clusterIdentifier"] !== undefined || after["clusterIdentifier"] !== undefined)
    return ["clusterIdentifier"];
  const selectors = ["kubeconfig", "context", "cluster"];
  if (selectors.some((key) => after[key] instanceof Unknown)) return selectors;
  const clusters = [before, after].map((config) =>
    canonicalJson(activeEntry(config, "clusters", "cluster") ?? null),
  );
  return clusters[0] === clusters[1] ? [] : selectors;
}

function readKubeconfig(config: Properties): Properties | "invalid" | undefined {
  const given = stringAt(config, "kubeconfig");
  if (given === undefined || given === "") return undefined;
  const content = !given.includes("\n") && existsSync(given) ? readFileSync(given, "utf8") : given;
  let parsed: unknown;
  try {
    parsed = parse(content);
  } catch (error) {
    if (error instanceof Error && error.name === "YAMLParseError") return "invalid";
    throw error;
  }
  // YAML without tags yields the same shapes as JSON.
  return isProperties(parsed as Value) ? (parsed as Properties) : "invalid";
}

/** The cluster, the context or the user that is in use. */
function activeEntry(
  config: Properties,
  list: "clusters" | "contexts" | "users",
  key: "cluster" | "context" | "user",
): Value | undefined {
  const kubeconfig = readKubeconfig(config);
  if (kubeconfig === undefined || kubeconfig === "invalid") return undefined;
  const contextName = stringAt(config, "context") ?? stringAt(kubeconfig, "current-context");
  const context = at(
    listAt(kubeconfig, "contexts").find((entry) => at(entry, "name") === contextName),
    "context",
  );
  const wanted = {
    contexts: contextName,
    clusters: stringAt(config, "cluster") ?? stringAt(context, "cluster"),
    users: stringAt(context, "user"),
  }[list];
  return at(
    listAt(kubeconfig, list).find((entry) => at(entry, "name") === wanted),
    key,
  );
}
