import semver from "semver";
import {
  chartFacts,
  chartsOf,
  hasFeature,
  isNewerChart,
  isNewerRelease,
  newestRelease,
  oldestRelease,
  recurringWork,
  type ReleaseFeature,
  sinceRelease,
} from "../versions";
import { type Problem, removeCommand, setCommand } from "../problems";
import type { ReadableSettings, Settings } from "../settings";
import type { Rule } from "./rule";

const oldest: Rule = ({ version }) =>
  version !== undefined && semver.lt(version, oldestRelease)
    ? [
        {
          key: "version",
          problem: `must be v${oldestRelease} or newer: older releases need the services of AWS, got ${version}`,
          fix: setCommand("version", `v${oldestRelease}`),
        },
      ]
    : [];

/** The problem of a key that asks for what the release cannot do. */
function lacking(version: string, feature: ReleaseFeature, key: string, what: string): Problem[] {
  if (hasFeature(version, feature)) return [];
  const since = sinceRelease(feature);
  return [
    {
      key,
      problem: `${what} came with Spacelift ${since}, and \`version\` is ${version}`,
      fix: `${setCommand("version", since)} or a newer release, or ${removeCommand(key)}`,
    },
  ];
}

const features: Rule = ({ version, vcsGateway, workers }) => {
  if (version === undefined) return [];
  return [
    ...(vcsGateway ? lacking(version, "vcsGateway", "vcsGateway", "the VCS gateway") : []),
    ...(workers?.enabled === true && workers.apiKeyId !== undefined
      ? lacking(version, "autoRegistration", "workers.apiKeyId", "registration of pools by an API key")
      : []),
  ];
};

const scheduler: Rule = ({ version, charts, services }) => {
  if (version === undefined || !charts || !services) return [];
  if (recurringWork(version, charts.spacelift.version) === "scheduler") return [];
  const { replicas, resources, affinity, nodeSelector, tolerations } = services.scheduler;
  const isSet =
    replicas !== undefined ||
    resources !== undefined ||
    affinity !== undefined ||
    Object.keys(nodeSelector).length > 0 ||
    tolerations.length > 0;
  return isSet
    ? [
        {
          key: "services.scheduler",
          problem: `has no effect: in ${version} the drain does the scheduler's work`,
          fix: removeCommand("services.scheduler"),
        },
      ]
    : [];
};

/** What a chart must be for what is asked of it, and why. */
interface Demand {
  readonly chart: keyof typeof chartFacts;
  readonly needed: string;
  readonly why: string;
}

function chartDemands({ vcsGateway, workers }: ReadableSettings): readonly Demand[] {
  const { spacelift, workerController } = chartFacts;
  const ofSpacelift = vcsGateway
    ? { needed: spacelift.vcsGateway, why: "older charts have no VCS gateway" }
    : { needed: spacelift.oldest, why: "older charts give the services other names" };
  const ofController = {
    chart: "workerController",
    needed: workerController.oldest,
    why: "older charts ignore what keeps runs from node drains, and some what pools register with",
  } as const;
  return [{ chart: "spacelift", ...ofSpacelift }, ...(workers?.enabled === true ? [ofController] : [])];
}

const pinnedCharts: Rule = (settings) => {
  const { version, charts } = settings;
  if (version === undefined || !charts) return [];
  return chartDemands(settings).flatMap(({ chart, needed, why }): Problem[] => {
    const pinned = charts[chart].version;
    if (pinned === undefined || semver.gte(pinned, needed)) return [];
    const key = `charts.${chart}.version`;
    return [
      {
        key,
        problem: `must be ${needed} or newer: ${why}, got ${pinned}`,
        fix: `${removeCommand(key)}, as ${chartsOf(version)[chart].version} fits ${version}`,
      },
    ];
  });
};

/** What of a configuration is newer than the table of releases and charts: it is taken, and nobody here has tried it. */
export function untriedVersions({
  version,
  charts,
}: Pick<Settings, "version" | "charts">): readonly string[] {
  const pins = (["spacelift", "workerController"] as const).flatMap((chart) => {
    const pinned = charts[chart].version;
    if (pinned === undefined || !isNewerChart(chart, pinned)) return [];
    return [
      `charts.${chart}.version ${pinned} is newer than ${chartFacts[chart].newest}, the newest that is known here`,
    ];
  });
  return isNewerRelease(version)
    ? [
        `version ${version} is newer than v${newestRelease}, the newest that is known here: it gets what that has, charts ${chartsOf(version).spacelift.version} included; read the vendor's changelog for what changed since`,
        ...pins,
      ]
    : pins;
}

/** Rules of what a release of Spacelift can do, and of the charts that fit it. */
export const releaseRules: readonly Rule[] = [oldest, features, scheduler, pinnedCharts];
