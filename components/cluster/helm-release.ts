import type * as helm from "@pulumi/kubernetes/helm/v3";
import { Release, type ReleaseArgs } from "@pulumi/kubernetes/helm/v3/release";
import * as pulumi from "@pulumi/pulumi";
import type { ChartPin } from "../../config/versions";
import { findHelmRecord, helmRevisions } from "../../kubernetes/helm-release";
import { isKubeError } from "../../kubernetes/kube-error";
import type { ClusterAccess } from "../platform/platform";
import { type FailedOperation, type Passing, retrying, tell } from "../retry";
import { connect, isReachable, valueOf } from "./access";
import { clearTheWay } from "./release-clearing";
import { isStandingInTheWay, recoveryDescription, type WantedRelease } from "./release-recovery";
import { ReleaseWatch } from "./release-watch";

/** What the operator chose about a chart: a mirror, another version, an OCI reference or a local copy. */
export interface ChartOverride {
  /** Name in the repository, `oci://` reference or path. */
  readonly chart?: string | undefined;
  readonly repository?: string | undefined;
  readonly version?: string | undefined;
}

export type ChartArgs = Pick<helm.ReleaseArgs, "chart" | "version" | "repositoryOpts">;

/**
 * Combines a pin with what the operator chose. A local chart has the version it has; an OCI reference needs no
 * repository.
 */
export function chartArgs(pin: ChartPin, override: ChartOverride): ChartArgs {
  const chart = override.chart ?? pin.chart;
  const version = override.version ?? pin.version;
  if (/^[./~]/.test(chart)) return { chart };
  if (chart.startsWith("oci://")) return { chart, version };
  return { chart, version, repositoryOpts: { repo: override.repository ?? pin.repository } };
}

/** Arguments of a release: those of the provider, less what decides how it fails. */
export type HelmReleaseArgs = Omit<ReleaseArgs, "atomic" | "cleanupOnFail" | "description" | "name"> & {
  readonly name: string;
  /** Variables of the pods: the secret ones are masked in what is told of them. @default - none */
  readonly variables?: readonly pulumi.Input<string>[];
  /** Seconds. */
  readonly timeout: number;
};

/**
 * Creates a Helm release that is rolled back when it fails, and that goes on where a run was killed.
 *
 * Before it is created or changed, its record in the cluster is looked at: one that was left in the middle of something
 * is changed even though the state looks as wanted. When Helm refuses because of what a killed run has left, that is put
 * right and Helm is asked again. Neither disturbs an operation that may still be going on. While Helm waits for the pods,
 * they are watched, so that a failure names those that were not ready and why.
 *
 * @param access how the program reaches the cluster @default - it does not, and a killed run is put right by hand
 */
export function createHelmRelease(
  name: string,
  { variables = [], ...args }: HelmReleaseArgs,
  access: ClusterAccess | undefined,
  opts: pulumi.CustomResourceOptions,
): Release {
  const hooks = isReachable(access) ? createHooks(name, { ...args, variables }, access) : undefined;
  const description =
    hooks && access
      ? // What is written about a release is no secret, though the way to the cluster is one.
        pulumi.unsecret(
          pulumi
            .all([args.namespace, access.kubeconfig])
            .apply(([namespace]) => describe(args.name, namespace ?? "default", access)),
        )
      : undefined;
  return new Release(
    name,
    { ...args, atomic: true, cleanupOnFail: true, ...(description && { description }) },
    { ...opts, ...(hooks && { hooks }) },
  );
}

/** What the program does while Helm works: see {@link createHelmRelease}. */
function createHooks(
  name: string,
  { variables = [], ...args }: HelmReleaseArgs,
  access: ClusterAccess,
): pulumi.ResourceHookBinding | undefined {
  const namespace = pulumi.output(args.namespace).apply((given) => given ?? "default");
  const watch = new ReleaseWatch({ access, name: args.name, namespace, variables });
  const retry = retrying(name, async (failure) => {
    const passing = await judge(failure, args.timeout, access);
    const report = passing === undefined ? await watch.report() : undefined;
    if (report !== undefined) await tell("error", failure.urn, report);
    return passing;
  });
  if (retry === undefined) return undefined;
  const start = new pulumi.ResourceHook(`${name}-watch`, () => {
    watch.start();
  });
  const stop = new pulumi.ResourceHook(`${name}-watched`, () => {
    watch.stop();
  });
  return {
    ...retry,
    ...{ beforeCreate: [start], beforeUpdate: [start], afterCreate: [stop], afterUpdate: [stop] },
  };
}

async function describe(name: string, namespace: string, access: ClusterAccess): Promise<string | undefined> {
  const { signal } = new AbortController();
  try {
    const client = await connect(access, signal);
    const [newest] = await helmRevisions(client, namespace, name, { signal });
    return recoveryDescription(newest && (await findHelmRecord(client, namespace, newest, { signal })));
  } catch (error) {
    if (!isKubeError(error)) throw error;
    // The provider is about to need the same, and says what is wrong for the release itself.
    await pulumi.log.debug(`the record of the release ${name} was not looked at: ${error.message}`);
    return undefined;
  }
}

/** Puts right what made Helm refuse; answers that it may be asked again, or nothing. */
async function judge(
  failure: FailedOperation,
  timeoutSeconds: number,
  access: ClusterAccess,
): Promise<Passing | undefined> {
  const { operation, error } = failure;
  if (operation === "delete" || !isStandingInTheWay(operation, error)) return undefined;
  // Unwrapping cannot be typed for values of any shape; every one is read as what it may be.
  const inputs = (await valueOf(failure.inputs)) as Readonly<Record<string, unknown>>;
  const { signal } = new AbortController();
  const wanted: WantedRelease = {
    operation,
    timeoutSeconds,
    name: String(inputs["name"]),
    namespace: String(inputs["namespace"]),
    chart: String(inputs["chart"]),
    ...(typeof inputs["version"] === "string" && { version: inputs["version"] }),
    values: inputs["values"] ?? {},
  };
  const say = (message: string): Promise<void> => tell("info", failure.urn, message);
  const { name, namespace } = wanted;
  try {
    const client = await connect(access, signal);
    const { outcome, message } = await clearTheWay(client, wanted, { signal, say });
    await tell(outcome === "refused" ? "error" : "info", failure.urn, message);
    if (outcome === "refused") return undefined;
  } catch (error) {
    if (!isKubeError(error)) throw error;
    // Helm's own error stands; thrown from here, this one would take its place.
    await say(`What holds the release "${name}" cannot be looked at: ${error.message}.`);
    return undefined;
  }
  const otherwise = `\`helm --namespace ${namespace} history ${name}\` shows what holds it.`;
  return { event: "Helm to take the release", pauses: [1], otherwise };
}
