import type { HelmRecord, HelmRevision } from "../../kubernetes/helm-release";
import type { ReleaseProgress } from "../../kubernetes/release-progress";

/** What a run wanted from Helm when it was refused. */
export interface WantedRelease {
  /** `adopt`: a release that the state lacks is to be written into it. */
  readonly operation: "create" | "update" | "adopt";
  readonly name: string;
  readonly namespace: string;
  /** Name of the chart, or where it lies. */
  readonly chart: string;
  readonly version?: string | undefined;
  readonly values: unknown;
  /** How long Helm waits for a release. */
  readonly timeoutSeconds: number;
}

/** What is known of a release that stands in the way. */
export interface ReleaseEvidence {
  readonly newest: HelmRecord;
  readonly older: readonly HelmRevision[];
  readonly progress: ReleaseProgress;
  /** Seconds for which `progress` has been `ready`, as far as it was watched. */
  readonly readySeconds: number;
  /** Seconds for which the newest record has been watched, and was the same. */
  readonly watchedSeconds: number;
  readonly now: Date;
}

/** What to do about a release that stands in the way. */
export type Remedy =
  /** An operation may be going on that nobody may disturb. */
  | { readonly kind: "wait"; readonly until: Date }
  /** Record that the operation has failed, upon which Helm takes the next one. */
  | { readonly kind: "mark-failed" }
  /** Forget the records, upon which an installation takes over the objects as they are. */
  | { readonly kind: "forget" }
  /** It is complete: write it into the state. */
  | { readonly kind: "adopt" }
  /** Somebody has to decide. */
  | { readonly kind: "refuse"; readonly problem: string };

/** Helm's own words for a release that stands in the way (its pkg/action/install.go, upgrade.go and storage/driver). */
const refusals = {
  create: [/cannot re-use a name that is still in use/],
  update: [/another operation \(install\/upgrade\/rollback\) is in progress/, /has no deployed releases/],
} as const;

/** Whether Helm failed because of what an earlier run has left. */
export const isStandingInTheWay = (operation: "create" | "update", error: string): boolean =>
  refusals[operation].some((pattern) => pattern.test(error));

/** Helm writes its record at once, and one after the other: this much after its time limit, it cannot be at work. */
const GRACE_SECONDS = 60;
/** Helm looks every two seconds whether all is ready, and then records that it is done. */
const READY_SECONDS = 15;
/** Helm creates the objects of a chart in one go, right after it has recorded that it begins. */
const APPLY_SECONDS = 120;

const busy = ["pending-install", "pending-upgrade", "pending-rollback", "uninstalling"];

/** Whether an operation on a revision has begun and not ended, as far as its record says. */
export const isBusy = (status: string): boolean => busy.includes(status);

/**
 * Until when the process that began an operation may still be at it; undefined when it cannot.
 *
 * A record does not say who writes it. The lock of the stack tells that no other engine is at work on it; yet a provider
 * goes on when its engine is killed. It is not there any more when its time limit is over, when all that it waits for has
 * long been there, or when it should long have created what is missing. The record was dated by the clock of that machine: what
 * lies in the future was not begun later than it has been watched.
 */
export function busyUntil(
  { newest, progress, readySeconds, watchedSeconds, now }: ReleaseEvidence,
  timeoutSeconds: number,
): Date | undefined {
  if (!isBusy(newest.status)) return undefined;
  const dated = Date.parse(newest.removed ?? newest.updated ?? "");
  const begun = Math.min(Number.isNaN(dated) ? 0 : dated, now.getTime() - watchedSeconds * 1000);
  const until = new Date(begun + (timeoutSeconds + GRACE_SECONDS) * 1000);
  if (until <= now) return undefined;
  const seconds = (now.getTime() - begun) / 1000;
  // Hooks run before and after: nothing can be said of a chart that has them.
  if (newest.hasHooks || newest.status === "uninstalling") return until;
  if (progress === "ready" && seconds >= GRACE_SECONDS && readySeconds >= READY_SECONDS) return undefined;
  if (progress === "missing" && seconds >= APPLY_SECONDS) return undefined;
  return until;
}

/** Decides what to do about a release that stands in the way of a run. */
export function remedyFor(wanted: WantedRelease, evidence: ReleaseEvidence): Remedy {
  const { newest, older } = evidence;
  const place = `the Helm release "${wanted.name}" in the namespace "${wanted.namespace}"`;
  if (!isChart(wanted.chart, newest.chart.name))
    return { kind: "refuse", problem: `${place} is of another chart, ${newest.chart.name}` };
  const until = busyUntil(evidence, wanted.timeoutSeconds);
  if (until !== undefined) return { kind: "wait", until };
  if (wanted.operation === "update") return { kind: "mark-failed" };
  const isComplete =
    newest.status === "deployed" ||
    older.some(({ status }) => status === "deployed" || status === "superseded") ||
    evidence.progress === "ready";
  if (!isComplete) return { kind: "forget" };
  if (wanted.operation === "adopt") return { kind: "adopt" };
  // It runs. An installation that fails is taken away again by Helm, so it must be one that changes nothing.
  const differences = differencesOf(wanted, newest);
  if (differences.length > 0) {
    const what = differences.join(", ");
    return { kind: "refuse", problem: `${place} runs, and was installed with something else: ${what}` };
  }
  if (evidence.progress === "ready") return { kind: "forget" };
  return { kind: "refuse", problem: `${place} is installed, and not all of its pods are ready` };
}

/** Charts are named by a repository, an archive or a folder; a record knows the name alone. */
const isChart = (asked: string, found: string): boolean =>
  asked
    .replace(/\/+$/, "")
    .split("/")
    .at(-1)
    ?.replace(/-v?\d+\.\d+\.\d+.*\.tgz$/, "") === found || /^[./~]/.test(asked);

/** Paths of values that differ, never the values themselves, and the version of the chart. */
function differencesOf({ version, values }: WantedRelease, { chart, values: found }: HelmRecord): string[] {
  const isSame = version === undefined || version.replace(/^v/, "") === chart.version.replace(/^v/, "");
  return [...(isSame ? [] : [`version ${chart.version} of the chart`]), ...differingPaths(values, found)];
}

function differingPaths(wanted: unknown, found: unknown, path = "values"): string[] {
  const [left, right] = [wanted ?? undefined, found ?? undefined];
  if (!isRecord(left) || !isRecord(right))
    return JSON.stringify(sorted(left)) === JSON.stringify(sorted(right)) ? [] : [path];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].sort().flatMap((key) => differingPaths(left[key], right[key], `${path}.${key}`));
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A copy with its keys in order and without nulls, which the provider leaves out. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== null && each !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)]),
  );
}

/** How a description begins that {@link recoveryDescription} made. */
const MARK = "Recovered: revision ";

/**
 * The description a release is to have. One that was left in the middle of something gets one that says so: it makes a
 * change of a release whose state looks like what is wanted, as a refresh takes the values of an unfinished revision for
 * those that run. It stays with the release from there on, so that the next run changes nothing.
 */
export function recoveryDescription(
  newest: Pick<HelmRecord, "revision" | "status" | "description"> | undefined,
): string | undefined {
  if (newest === undefined) return undefined;
  if (newest.status === "deployed")
    return newest.description?.startsWith(MARK) === true ? newest.description : undefined;
  return `${MARK}${newest.revision} had been left ${newest.status}`;
}
