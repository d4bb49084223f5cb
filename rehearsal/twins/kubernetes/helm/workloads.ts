import { createHash } from "node:crypto";
import { pullRefusal } from "../../azure/cluster/integration";
import { parseReference, pushedImages, registries } from "../../docker/tables";
import { at, canonicalJson, listAt, objectAt, type Properties, type WorldState } from "../../framework";
import { findObject, type KubeObject, newObject, objectKey, objects } from "../cluster";

/**
 * Does what the controllers of Deployments and pods do: gives every Deployment of a release its pods, which are ready
 * unless something is wrong with the workload.
 *
 * @param problems lines that begin with `Deployment <namespace>/<name>: `, each with a reason and mostly a message
 */
export function rollOut(state: WorldState, release: string, problems: readonly string[], now: Date): void {
  for (const [key, object] of objects.of(state).entries()) {
    if (object.kind !== "Deployment" || object.release !== release) continue;
    const prefix = `Deployment ${object.namespace ?? ""}/${object.name}: `;
    const problem = problems.find((each) => each.startsWith(prefix))?.slice(prefix.length);
    const replicas = Number(at(object.body, "spec", "replicas") ?? 1);
    placePods(state, object, { replicas, problem, now });
    const ready = problem === undefined ? replicas : 0;
    const status = { replicas, updatedReplicas: replicas, readyReplicas: ready, availableReplicas: ready };
    objects.of(state).set(key, { ...object, status });
  }
}

interface Wanted {
  readonly replicas: number;
  readonly problem: string | undefined;
  readonly now: Date;
}

function placePods(state: WorldState, deployment: KubeObject, { replicas, problem, now }: Wanted): void {
  const owner = objectKey(deployment);
  const template = objectAt(deployment.body, "spec", "template");
  const hash = createHash("sha256").update(canonicalJson(template)).digest("hex").slice(0, 10);
  const pods = Array.from({ length: replicas }, (_, index) => `${deployment.name}-${hash}-${index}`);
  const rows = objects.of(state);
  for (const [key, each] of rows.entries())
    if (each.owner === owner && !pods.includes(each.name)) rows.delete(key);
  const labels = { ...objectAt(template, "metadata", "labels"), "pod-template-hash": hash };
  for (const [index, name] of pods.entries()) {
    const identity = { apiVersion: "v1", kind: "Pod", name, namespace: deployment.namespace ?? "" };
    const spec = { ...objectAt(template, "spec"), nodeName: nodeName(index) };
    const status = podStatus(listAt(template, "spec", "containers"), problem, now);
    const known = rows.get(objectKey(identity));
    const pod = known ?? newObject(identity, { metadata: { labels }, spec }, { now, owner });
    rows.set(objectKey(identity), { ...pod, status });
  }
}

/** How many nodes a simulated cluster has. */
export const NODES = 3;

/** The name of a node, counted round and round. */
export const nodeName = (index: number): string => `node-${(index % NODES) + 1}`;

function podStatus(
  containers: ReturnType<typeof listAt>,
  problem: string | undefined,
  now: Date,
): Properties {
  const ready = problem === undefined;
  const [, reason = "Error", message = problem ?? ""] = /^(\w+): (.*)$/s.exec(problem ?? "") ?? [];
  return {
    phase: ready ? "Running" : "Pending",
    startTime: now.toISOString(),
    conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
    containerStatuses: containers.map((container) => ({
      name: at(container, "name") ?? "",
      ready,
      started: ready,
      restartCount: 0,
      state: ready ? { running: { startedAt: now.toISOString() } } : { waiting: { reason, message } },
      lastState: {},
    })),
  };
}

/** A deployment whose pods need things of the cluster to start. */
export interface Workload {
  readonly namespace: string;
  readonly name: string;
  readonly image: string | undefined;
  readonly serviceAccount: string;
  /** Names of the Secrets whose keys become environment variables. */
  readonly secrets: readonly string[];
  /** Variables without which the process exits. */
  readonly neededVariables: readonly string[];
}

/** Says why the pods of a workload cannot start, in the order in which Kubernetes would find out; empty when they can. */
export function podProblems(state: WorldState, workload: Workload, now: Date): string[] {
  const { namespace, name } = workload;
  const problem =
    accountProblem(state, workload) ??
    imageProblem(state, workload, now) ??
    secretProblem(state, workload) ??
    variableProblem(state, workload);
  return problem === undefined ? [] : [`Deployment ${namespace}/${name}: ${problem}`];
}

function accountProblem(state: WorldState, { namespace, serviceAccount }: Workload): string | undefined {
  const isFound =
    findObject(state, { apiVersion: "v1", kind: "ServiceAccount", name: serviceAccount, namespace }) !==
    undefined;
  if (isFound || serviceAccount === "default") return undefined;
  return `error looking up service account ${namespace}/${serviceAccount}: serviceaccount "${serviceAccount}" not found`;
}

function imageProblem(state: WorldState, { image }: Workload, now: Date): string | undefined {
  const reference = image === undefined ? undefined : parseReference(image);
  if (image === undefined || reference === undefined)
    return `InvalidImageName: couldn't parse image name "${image ?? ""}"`;
  const refusal = pullRefusal(state, reference.registry, now);
  if (refusal !== undefined) return `ImagePullBackOff: failed to pull image "${image}": ${refusal}`;
  // Of registries that are not simulated every image is taken to exist.
  if (!registries.of(state).has(reference.registry) || pushedImages.of(state).has(reference.full))
    return undefined;
  return `ImagePullBackOff: failed to pull image "${image}": ${reference.full}: not found`;
}

function secretProblem(state: WorldState, { namespace, secrets }: Workload): string | undefined {
  const missing = secrets.find((name) => secretKeys(state, namespace, name) === undefined);
  if (missing === undefined) return undefined;
  if (missing === "") return "secretRef.name: Required value: a workload refers to a Secret without a name";
  return `CreateContainerConfigError: secret "${missing}" not found`;
}

function variableProblem(
  state: WorldState,
  { namespace, secrets, neededVariables }: Workload,
): string | undefined {
  const known = new Set(secrets.flatMap((name) => secretKeys(state, namespace, name) ?? []));
  const missing = neededVariables.filter((name) => !known.has(name));
  return missing.length === 0
    ? undefined
    : `CrashLoopBackOff: missing environment variables: ${missing.join(", ")}`;
}

function secretKeys(state: WorldState, namespace: string, name: string): string[] | undefined {
  const found = findObject(state, { apiVersion: "v1", kind: "Secret", name, namespace });
  return found === undefined ? undefined : Object.keys(objectAt(found.body, "data"));
}
