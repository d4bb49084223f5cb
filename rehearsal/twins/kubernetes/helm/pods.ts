import { objectAt, type WorldState } from "../../framework";
import { pullRefusal } from "../../azure/cluster/integration";
import { parseReference } from "../../docker/reference";
import { pushedImages, registries } from "../../docker/tables";
import { findObject } from "../cluster";

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
