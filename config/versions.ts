import semver from "semver";

/** A chart as it is installed when nothing else is configured. */
export interface ChartPin {
  /** Name of the chart in its repository. */
  readonly chart: string;
  readonly repository: string;
  readonly version: string;
}

/** The charts that belong to any release of Spacelift. Those of Spacelift itself follow its release: {@link chartsOf}. */
export const charts = {
  traefik: { chart: "traefik", repository: "https://traefik.github.io/charts", version: "41.3.0" },
  // The last release of an archived project; older ones are open to CVE-2025-1974 and its successors.
  ingressNginx: {
    chart: "ingress-nginx",
    repository: "https://kubernetes.github.io/ingress-nginx",
    version: "4.15.1",
  },
  certManager: { chart: "cert-manager", repository: "https://charts.jetstack.io", version: "v1.21.2" },
} as const satisfies Record<string, ChartPin>;

/** What newer releases of Spacelift can do and older ones cannot. */
export type ReleaseFeature = "vcsGateway" | "autoRegistration" | "longPollWorkers";

/**
 * Who starts recurring work: a Deployment of its own (`scheduler`), that or the drain when a variable tells it to
 * (`either`), or the drain always (`drain`).
 */
export type Recurring = "scheduler" | "either" | "drain";

interface ReleaseLine {
  /** First release of the line; it ends before the next one's. */
  readonly since: string;
  /** Version of Spacelift's charts, which are published together under one number. */
  readonly charts: string;
  readonly recurring: Recurring;
  /** What the line brings; later lines keep it. */
  readonly brings: readonly ReleaseFeature[];
}

/**
 * The releases of Spacelift self-hosted, oldest first: a line wherever something this program depends on changes.
 *
 * Sources: the vendor's self-hosted changelog and its pages on VCS agent pools ("since v3.4.0"), Kubernetes workers
 * (auto-registration from v3.7.0) and networking (v6.3.0 lists HTTP beside MQTT); pull requests 149 and 154 of the
 * charts' repository (the drain can schedule from v6.2.0 with `DRAIN_SCHEDULER_ENABLED`, always does from v6.4.0); the
 * charts themselves.
 */
const releaseLines: readonly [ReleaseLine, ...ReleaseLine[]] = [
  { since: "3.0.0", charts: "0.62.0", recurring: "scheduler", brings: [] },
  { since: "3.4.0", charts: "0.62.0", recurring: "scheduler", brings: ["vcsGateway"] },
  { since: "3.7.0", charts: "0.62.0", recurring: "scheduler", brings: ["autoRegistration"] },
  { since: "6.2.0", charts: "0.62.0", recurring: "either", brings: [] },
  // The controller of chart 0.62.0 (v0.0.32, April 2026) is older than HTTP long-polling; that of 0.71.0 is v0.0.38.
  { since: "6.3.0", charts: "0.71.0", recurring: "either", brings: ["longPollWorkers"] },
  { since: "6.4.0", charts: "0.71.0", recurring: "drain", brings: [] },
];

/** The newest minor release whose changes are in the table: the charts' own tests name v6.5.0. */
export const newestRelease = "6.5.0";

/**
 * The newest release of each major version that is known here: the ways from one to the next. Sources: the vendor's
 * changelog, the versions of its self-hosted pages, the charts' tests.
 */
const newestOfMajors = ["3.8.0", "4.3.0", "5.1.1", newestRelease] as const;

/** The oldest release this program can install: the first that runs outside AWS. */
export const oldestRelease = releaseLines[0].since;

/**
 * What versions of the charts bring, seen by rendering them with this program's values: from `oldest` on they are all
 * obeyed, apart from what has a version of its own.
 */
export const chartFacts = {
  spacelift: {
    // Before it, Services and Deployments have other names.
    oldest: "0.43.0",
    vcsGateway: "0.56.0",
    newest: "0.71.0",
  },
  workerController: {
    // Before 0.58.0 the definitions of pools are installed once and never updated, before 0.61.0 a controller that is
    // confined to namespaces may not read its API credentials (pull request 135), before it nothing keeps node drains
    // from runs (134).
    oldest: "0.62.0",
    newest: "0.71.0",
  },
} as const;

/** A version without its `v`; one that cannot be told, as the tag of a private build, counts as the newest. */
const known = (release: string): string => semver.valid(release) ?? newestRelease;

function lineOf(release: string): ReleaseLine {
  const version = known(release);
  return releaseLines.findLast(({ since }) => semver.gte(version, since)) ?? releaseLines[0];
}

/** The charts of Spacelift that fit a release (`v4.3.0`): of the newest line, when the release is newer than the table. */
export function chartsOf(release: string): {
  readonly spacelift: ChartPin;
  readonly workerController: ChartPin;
} {
  const repository = "https://downloads.spacelift.io/helm";
  const { charts: version } = lineOf(release);
  return {
    spacelift: { chart: "spacelift-self-hosted", repository, version },
    workerController: { chart: "spacelift-workerpool-controller", repository, version },
  };
}

/** The release that brought a feature, with its `v`. */
export function sinceRelease(feature: ReleaseFeature): string {
  const line = releaseLines.find(({ brings }) => brings.includes(feature));
  return `v${line?.since ?? oldestRelease}`;
}

export const hasFeature = (release: string, feature: ReleaseFeature): boolean =>
  semver.gte(known(release), sinceRelease(feature));

/**
 * Who starts recurring work in a release. Every chart of the table has the scheduler's Deployment for releases that need
 * it. Of a newer chart nobody knows yet: where the drain can do it, it is told to, which is right with and without that
 * Deployment.
 *
 * @param chartVersion version of the Spacelift chart. @default - the one that belongs to the release
 */
export function recurringWork(
  release: string,
  chartVersion?: string,
): "scheduler" | "drain" | "drainWhenTold" {
  const { recurring } = lineOf(release);
  if (recurring !== "either") return recurring;
  return chartVersion !== undefined && isNewerChart("spacelift", chartVersion)
    ? "drainWhenTold"
    : "scheduler";
}

/** Whether a chart's version is newer than what the table knows. */
export const isNewerChart = (name: keyof typeof chartFacts, version: string): boolean =>
  semver.gt(version, chartFacts[name].newest);

/** Whether a release is newer than what the table knows; its patches are not. */
export const isNewerRelease = (release: string): boolean =>
  semver.gte(known(release), semver.inc(newestRelease, "minor") ?? newestRelease);

/**
 * One release of each major version between two: those to be installed on the way; `v7.x.y` of a version that nothing is
 * known of. None where there is no version in between, and where one of the two is no version, as the tag of a private
 * build.
 */
export function releasesBetween(from: string, to: string): readonly string[] {
  if (semver.valid(from) === null || semver.valid(to) === null) return [];
  const first = semver.major(from) + 1;
  return Array.from({ length: Math.max(0, semver.major(to) - first) }, (_, index) => {
    const known = newestOfMajors.find((release) => semver.major(release) === first + index);
    return `v${known ?? `${first + index}.x.y`}`;
  });
}

/** Whether a release is older than another; of what is no version, nobody knows. */
export const isOlderRelease = (release: string, than: string): boolean =>
  semver.valid(release) !== null && semver.valid(than) !== null && semver.lt(release, than);
