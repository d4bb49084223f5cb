import { z } from "zod";
import type { Settings } from "../../config/settings";
import { type KubeClient, connectCluster } from "../../kubernetes/kube-client";
import { isKubeError, KubeError } from "../../kubernetes/kube-error";
import type { Redact } from "../../peers/redact";
import { type TimeLimit, TimeLimitError, within } from "../../peers/time";
import { readCertificates } from "./certificates";
import { ClusterReader, readIngresses } from "./cluster-reader";
import { readDifferences } from "./drift";
import { type EndpointOptions, readEndpoints } from "./endpoints";
import type { DriftSummary, Part, StatusReport } from "./report";
import { judge, valueOf } from "./verdict";
import { readVersions } from "./versions";
import { readMigrations, readWorkloads } from "./workloads";

const DEFAULT_TIMEOUT_MS = 15_000;

/** What to look at. */
export interface StatusOptions {
  readonly settings: Pick<Settings, "domain" | "vcsGateway" | "version" | "namespace">;
  /** The kubeconfig: its content, or its path. @default - `KUBECONFIG`, or `~/.kube/config` */
  readonly kubeconfig?: { readonly content: string } | { readonly path: string };
  /** Context of the kubeconfig. @default - its current one */
  readonly context?: string;
  /** Further certificates to trust when connecting to Spacelift, PEM. What TLS Secrets name as their authority is trusted. */
  readonly trustedCas?: readonly string[];
  /** Asks the engine what a refresh would change. It may take its time. @default - not asked */
  readonly detectDrift?: (signal: AbortSignal) => Promise<DriftSummary>;
  /** How long `detectDrift` may take, in milliseconds. @default 300000 */
  readonly driftTimeoutMs?: number;
  /** How long each other part may take, in milliseconds. @default 15000 */
  readonly timeoutMs?: number;
  /** Variables: proxies, credentials for plugins of the kubeconfig. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Masks secrets in all that is reported. @default - nothing is masked; no part reads the content of a secret to tell it */
  readonly redact?: Redact;
  readonly signal?: AbortSignal;
  /** @default - the clock */
  readonly now?: () => Date;
  /** How endpoints are connected to; for tests and unusual networks. */
  readonly network?: Pick<EndpointOptions, "port" | "resolve">;
}

const DEFAULT_DRIFT_TIMEOUT_MS = 300_000;

/**
 * Tells how an installation is: its pods, certificates, addresses, versions, and what differs from what was deployed.
 * Changes nothing. All parts are read side by side; one that cannot be read says why.
 *
 * @throws the signal's reason when it is aborted
 */
export async function status(options: StatusOptions): Promise<StatusReport> {
  const { settings, signal, timeoutMs = DEFAULT_TIMEOUT_MS, now = () => new Date() } = options;
  const limits = { signal, timeoutMs };
  const connected = await readPart((limited) => connect(options, limited), limits);
  const client = valueOf(connected);
  // What several parts read together ends with all of them.
  const over = new AbortController();
  const all = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  const reader = client && new ClusterReader(client, settings.namespace.name, all);
  const inCluster = <T>(read: (known: ClusterReader, limited: AbortSignal) => Promise<T>): Promise<Part<T>> =>
    readPart((limited) => {
      if (reader) return read(reader, limited);
      throw new KubeError("unreachable", connected.readable ? "" : connected.reason);
    }, limits);

  const certificates = inCluster((known, limited) =>
    readCertificates(known, settings, { now: now(), signal: limited }),
  );
  const ingresses = inCluster(readIngresses);
  // What the cluster says decides how the endpoints are reached.
  const endpoints = Promise.all([certificates, ingresses]).then(([read, found]) =>
    readPart(
      (limited) =>
        readEndpoints(settings, {
          authorities: [...(options.trustedCas ?? []), ...(valueOf(read)?.authorities ?? [])],
          ingressAddresses: (valueOf(found) ?? []).flatMap(({ addresses }) => addresses),
          env: options.env,
          signal: limited,
          ...options.network,
        }),
      limits,
    ),
  );
  const parts = await resolved({
    cluster: inCluster((known, limited) => readCluster(known, limited)),
    workloads: inCluster(readWorkloads),
    certificates: certificates.then((part) =>
      part.readable ? { readable: true as const, value: part.value.statuses } : part,
    ),
    ingresses,
    migrations: inCluster(readMigrations),
    endpoints,
    versions: inCluster((known, limited) => readVersions(known, settings, limited)),
    drift: readDrift(options, inCluster),
  }).finally(() => {
    over.abort();
  });
  const report = { ...judge(parts), checkedAt: now().toISOString(), ...parts };
  return options.redact ? masked(report, options.redact) : report;
}

/**
 * Reads one part of a report within a limit of time. What is expected to go wrong, an answer of the cluster or none, makes
 * it unreadable; a bug rejects.
 */
async function readPart<T>(read: (signal: AbortSignal) => Promise<T>, limit: TimeLimit): Promise<Part<T>> {
  try {
    return { readable: true, value: await within(limit, read) };
  } catch (error) {
    if (error instanceof TimeLimitError || isKubeError(error))
      return { readable: false, reason: error.message };
    throw error;
  }
}

const connect = (options: StatusOptions, signal: AbortSignal): Promise<KubeClient> =>
  connectCluster({ ...options.kubeconfig, context: options.context, env: options.env, signal });

async function readCluster(
  { client, namespace }: ClusterReader,
  signal: AbortSignal,
): Promise<{ server: string; version: string; namespace: string }> {
  const { gitVersion } = await client.read("/version", z.object({ gitVersion: z.string() }), { signal });
  return { server: client.server, version: gitVersion, namespace };
}

type InCluster = <T>(read: (known: ClusterReader, limited: AbortSignal) => Promise<T>) => Promise<Part<T>>;

async function readDrift(options: StatusOptions, inCluster: InCluster): Promise<StatusReport["drift"]> {
  const { detectDrift, signal, driftTimeoutMs = DEFAULT_DRIFT_TIMEOUT_MS } = options;
  const [live, stack] = await Promise.all([
    inCluster(readDifferences),
    detectDrift &&
      readPart((limited) => detectDrift(limited).catch(unreadableStack), {
        signal,
        timeoutMs: driftTimeoutMs,
      }),
  ]);
  return { live, ...(stack && { stack }) };
}

/** An engine fails in many ways, none of which is a reason to say nothing about the rest. */
function unreadableStack(error: unknown): never {
  throw new KubeError("answer", error instanceof Error ? error.message : String(error), { cause: error });
}

/** The values of promises, by name. */
async function resolved<T extends Readonly<Record<string, unknown>>>(promises: {
  readonly [K in keyof T]: Promise<T[K]>;
}): Promise<T> {
  const entries = await Promise.all(
    Object.entries(promises).map(async ([name, promise]) => [name, await promise] as const),
  );
  return Object.fromEntries(entries) as T;
}

/** A copy with every text masked. */
function masked<T>(value: T, redact: Redact): T {
  // The shape stays what it is: texts become texts.
  return JSON.parse(JSON.stringify(value), (_, each: unknown) =>
    typeof each === "string" ? redact(each) : each,
  ) as T;
}
