import { unknownKey } from "../explain";
import { type Problem, keyPath, setCommand } from "../problems";
import type { Rule } from "./rule";

/**
 * Fields of a WorkerPool (`workers.spacelift.io/v1beta1`), from the definition that the controller's chart brings. The
 * API server drops what it does not know without an error.
 */
const specFields = [
  "allowedRunnerImageHosts",
  "description",
  "driftDetectionRunLimits",
  "failedPodsHistoryLimit",
  "failedPodsHistoryTTL",
  "mqttReconnectRetryCount",
  "pod",
  "poolSize",
  "privateKey",
  "space",
  "spaceliftAPICredentials",
  "successfulPodsHistoryLimit",
  "successfulPodsHistoryTTL",
  "token",
];

const podFields = [
  "activeDeadlineSeconds",
  "additionalSidecarContainers",
  "affinity",
  "annotations",
  "automountServiceAccountToken",
  "binariesCacheVolume",
  "customBinariesPath",
  "customInitContainers",
  "defaultAnsibleRunnerImage",
  "defaultRunnerImage",
  "dnsConfig",
  "dnsPolicy",
  "grpcServerContainer",
  "hostAliases",
  "imagePullSecrets",
  "initContainer",
  "labels",
  "launcherImage",
  "nodeName",
  "nodeSelector",
  "runtimeClassName",
  "schedulerName",
  "securityContext",
  "serviceAccountName",
  // Of later controllers.
  "shareProcessNamespace",
  "terminationGracePeriodSeconds",
  "tolerations",
  "topologySpreadConstraints",
  "volumes",
  "workerContainer",
  "workspaceVolume",
];

const containerFields = [
  "env",
  "envFrom",
  "imagePullPolicy",
  // Of later controllers.
  "lifecycle",
  "resources",
  "securityContext",
  "volumeMounts",
];

const containers = ["initContainer", "grpcServerContainer", "workerContainer"];

/** What each entry of a list must have, by the name of the list: what it is merged by. */
const required: Readonly<Record<string, readonly string[]>> = {
  additionalSidecarContainers: ["name"],
  customInitContainers: ["name"],
  env: ["name"],
  imagePullSecrets: ["name"],
  volumeMounts: ["name", "mountPath"],
  volumes: ["name"],
};

type Path = readonly (string | number)[];
type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function fieldProblems(path: Path, value: unknown, known: readonly string[] | undefined): Problem[] {
  if (value === undefined || value === null) return [];
  if (!isFields(value)) return [mustBe(path, "an object", {})];
  return Object.entries(value).flatMap(([field, inner]) => [
    ...(known === undefined || known.includes(field) ? [] : [unknownKey([...path, field], known)]),
    ...listProblems([...path, field], inner, required[field]),
  ]);
}

function listProblems(path: Path, value: unknown, keys: readonly string[] | undefined): Problem[] {
  if (keys === undefined || value === null) return [];
  const example = Object.fromEntries(keys.map((key) => [key, `<${key}>`]));
  if (!Array.isArray(value)) return [mustBe(path, "a list", [example])];
  return value.flatMap((entry: unknown, index) => {
    if (!isFields(entry)) return [mustBe([...path, index], "an object", example)];
    return keys
      .filter((key) => typeof entry[key] !== "string" || entry[key] === "")
      .map((key) => mustBe([...path, index, key], "a string that is not empty", `<${key}>`));
  });
}

const mustBe = (path: Path, what: string, example: unknown): Problem => ({
  key: keyPath(path),
  problem: `must be ${what}`,
  fix: setCommand(keyPath(path), example),
});

/** Refuses fields of a pool's `spec` that would be dropped or could not be merged. */
export const poolSpecs: Rule = ({ workers, charts }) => {
  if (!workers || !charts) return [];
  // Another chart may bring another definition.
  const { chart, version } = charts.workerController;
  const known = (fields: readonly string[]): readonly string[] | undefined =>
    chart === undefined && version === undefined ? fields : undefined;
  return workers.pools.flatMap(({ spec }, index) => {
    const path = ["workers", "pools", index, "spec"];
    const { pod } = spec;
    return [
      ...fieldProblems(path, spec, known(specFields)),
      ...fieldProblems([...path, "pod"], pod, known(podFields)),
      ...containers.flatMap((name) =>
        fieldProblems([...path, "pod", name], isFields(pod) ? pod[name] : undefined, known(containerFields)),
      ),
    ];
  });
};
