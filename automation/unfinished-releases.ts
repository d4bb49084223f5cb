import { z } from "zod";
import { connect, isReachable } from "../components/cluster/access";
import { clearTheWay, type ClearingOptions } from "../components/cluster/release-clearing";
import type { WantedRelease } from "../components/cluster/release-recovery";
import type { ClusterAccess } from "../components/platform/platform";
import type { StackState, StateResource } from "../engine/protocol";
import { helmRevisions } from "../kubernetes/helm-release";
import type { KubeClient } from "../kubernetes/kube-client";
import { isKubeError } from "../kubernetes/kube-error";
import { SpaceliftError } from "./errors";
import type { Run } from "./run";
import type { OpenStack } from "./workspace/open-stack";

const RELEASE = "kubernetes:helm.sh/v3:Release";
/** Marks a secret in a state. */
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

const operationsSchema = z
  .array(z.looseObject({ resource: z.looseObject({ urn: z.string(), type: z.string() }), type: z.string() }))
  .nullish()
  .transform((operations) => operations ?? []);

const releaseInputs = z.looseObject({
  name: z.string(),
  namespace: z.string(),
  chart: z.string(),
  timeout: z.number().default(300),
});

/** A release of the stack that a killed run has left in the middle of something. */
interface Unfinished {
  readonly release: WantedRelease;
  readonly resource: StateResource;
  readonly status: string;
}

/** What killed runs have left of the releases of a stack. */
export interface UnfinishedReleases {
  /** Puts it right: what is complete goes into the state, what is not is taken away or recorded as failed. */
  readonly settle: () => Promise<void>;
}

/**
 * Looks for releases that a killed run has left in the middle of an installation or update, and says what it found. Changes
 * nothing yet.
 */
export async function findUnfinishedReleases(
  run: Run,
  open: OpenStack,
  access: ClusterAccess | undefined,
): Promise<UnfinishedReleases> {
  const candidates = candidatesOf(open.before);
  const signal = run.signal ?? new AbortController().signal;
  const pendingAlone = { settle: () => record(open, [], signal) };
  if (candidates.length === 0 || !isReachable(access)) return pendingAlone;
  const say = (message: string): void => {
    run.emit({
      kind: "message",
      severity: "warning",
      message: run.redact(message),
      elapsedMs: run.elapsed(),
    });
  };
  try {
    const client = await connect(access, signal);
    const found = await Promise.all(candidates.map((each) => withStatus(client, each, signal)));
    const unfinished = found.flatMap((each) => each ?? []);
    for (const { release, status } of unfinished) say(finding(release, status));
    return { settle: () => settle(open, client, unfinished, { signal, say }) };
  } catch (error) {
    if (!isKubeError(error)) throw error;
    say(`Whether a killed run has left a release unfinished cannot be seen: ${error.message}.`);
    return pendingAlone;
  }
}

/** Releases of the state, and those that were being made when a run was killed. */
export function candidatesOf({ deployment }: StackState): Omit<Unfinished, "status">[] {
  const resources = deployment.resources ?? [];
  const known = new Set(resources.map(({ urn }) => urn));
  const begun = operationsSchema
    .parse(deployment["pending_operations"])
    .filter(({ type, resource }) => type === "creating" && !known.has(resource.urn))
    .map(({ resource }) => resource);
  const of = (resource: StateResource, operation: "update" | "adopt"): Omit<Unfinished, "status">[] => {
    const inputs = releaseInputs.safeParse(resource.inputs);
    if (resource.type !== RELEASE || !inputs.success) return [];
    const { name, namespace, chart, timeout } = inputs.data;
    const release = { operation, name, namespace, chart, timeoutSeconds: timeout, values: {} };
    return [{ resource, release }];
  };
  return [
    ...resources.flatMap((resource) => of(resource, "update")),
    ...begun.flatMap((resource) => of(resource, "adopt")),
  ];
}

async function withStatus(
  client: KubeClient,
  candidate: Omit<Unfinished, "status">,
  signal: AbortSignal,
): Promise<Unfinished | undefined> {
  const { namespace, name, operation } = candidate.release;
  const [newest] = await helmRevisions(client, namespace, name, { signal });
  // One that failed is in nobody's way, and one that is deployed only in that of its own creation.
  if (!newest || newest.status === "failed" || (newest.status === "deployed" && operation === "update"))
    return undefined;
  return { ...candidate, status: newest.status };
}

const finding = ({ name, namespace, operation }: WantedRelease, status: string): string => {
  const where = operation === "adopt" ? ", and the state does not know it" : "";
  return `A run that did not end has left the release "${name}" in the namespace "${namespace}" ${status}${where}.`;
};

async function settle(
  open: OpenStack,
  client: KubeClient,
  unfinished: readonly Unfinished[],
  options: ClearingOptions,
): Promise<void> {
  const adopted: StateResource[] = [];
  for (const { release, resource } of unfinished) {
    const { outcome, message } = await clearTheWay(client, release, options);
    if (outcome === "refused") {
      throw new SpaceliftError("SPACELIFT_UPDATE_FAILED", message, {
        fix: `look at it with \`helm --namespace ${release.namespace} history ${release.name}\``,
      });
    }
    await options.say(message);
    if (outcome === "adopt") adopted.push(asMade(resource, release));
  }
  await record(open, adopted, options.signal);
}

/** Writes into the state what was adopted, and forgets the creations that have ended. Mostly there is nothing to write. */
async function record(
  { before, stack, engine, exportState }: OpenStack,
  adopted: readonly StateResource[],
  signal: AbortSignal,
): Promise<void> {
  if (withoutPending(before, adopted) === undefined) return;
  const settled = withoutPending(await exportState(), adopted);
  if (settled === undefined) return;
  // Secrets are encrypted in it, and stay so.
  const { workDir } = stack.workspace;
  await engine.run(
    ["stack", "import", "--stack", stack.name],
    workDir,
    {},
    undefined,
    undefined,
    signal,
    JSON.stringify(settled),
  );
}

/** The resource as its provider would have written it, had its creation ended. */
function asMade(resource: StateResource, { namespace, name }: WantedRelease): StateResource {
  const { inputs = {} } = resource;
  // Secrets inside stay encrypted; the provider keeps its inputs in a secret of their own.
  const kept = { ...SECRET, plaintext: JSON.stringify(inputs) };
  return { ...resource, id: `${namespace}/${name}`, outputs: { ...inputs, __inputs: kept } };
}

/**
 * The state with what was adopted, and without the creations that are known to have ended; undefined when that is the
 * same. The engine never forgets a creation by itself.
 */
export function withoutPending(state: StackState, adopted: readonly StateResource[]): StackState | undefined {
  const { deployment } = state;
  const before = deployment.resources ?? [];
  const known = new Set(before.map(({ urn }) => urn));
  // What it hangs on was there when its creation began; without that, the engine would refuse the state.
  const added = adopted.filter(({ parent = "", dependencies = [] }) =>
    [...(parent === "" ? [] : [parent]), ...dependencies].every((urn) => known.has(urn)),
  );
  for (const { urn } of added) known.add(urn);
  const operations = operationsSchema.parse(deployment["pending_operations"]);
  const pending = operations.filter(({ type, resource }) => type !== "creating" || !known.has(resource.urn));
  if (added.length === 0 && pending.length === operations.length) return undefined;
  return {
    ...state,
    deployment: { ...deployment, resources: [...before, ...added], pending_operations: pending },
  };
}
