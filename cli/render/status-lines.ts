import type {
  CertificateStatus,
  DriftStatus,
  EndpointStatus,
  IngressStatus,
  Part,
  StatusReport,
  VersionStatus,
  WorkloadStatus,
} from "../../automation/status/report";

/** Words the state of an installation: the verdict with its reasons first, then part by part. */
export function statusLines(report: StatusReport): readonly string[] {
  return [
    report.verdict,
    ...report.reasons.map((reason) => `  ${reason}`),
    ...section("cluster", report.cluster, ({ server, version, namespace }) => [
      `${server}  ${version}  namespace ${namespace}`,
    ]),
    ...section("pods", report.workloads, (workloads) => workloads.flatMap(workloadLines)),
    ...section("certificates", report.certificates, (certificates) => certificates.flatMap(certificateLines)),
    ...section("ingress", report.ingresses, (ingresses) => ingresses.map(ingressLine)),
    ...section("migrations", report.migrations, ({ state, reason }) => [`${state}: ${reason}`]),
    ...section("endpoints", report.endpoints, (endpoints) => endpoints.map(endpointLine)),
    ...section("versions", report.versions, versionLines),
    ...driftLines(report.drift),
  ];
}

function section<T>(title: string, part: Part<T>, lines: (value: T) => readonly string[]): readonly string[] {
  if (!part.readable) return ["", `${title}: could not be read: ${part.reason}`];
  const shown = lines(part.value);
  return ["", `${title}:`, ...(shown.length === 0 ? ["  none"] : shown.map((line) => `  ${line}`))];
}

const sign = (good: boolean): string => (good ? "✓" : "✗");

function workloadLines({ name, ready, desired, restarts, pods, problem }: WorkloadStatus): readonly string[] {
  const again = restarts === 0 ? "" : `, ${restarts} restarts`;
  const troubled = pods.filter((pod) => pod.problem !== undefined);
  return [
    `${sign(ready >= desired && problem === undefined)} ${name}  ${ready} of ${desired} ready${again}`,
    ...(problem === undefined ? [] : [`    ${problem}`]),
    ...troubled.map((pod) => `    ${pod.name}: ${pod.problem ?? ""}`),
  ];
}

function certificateLines(status: CertificateStatus): readonly string[] {
  const { host, secretName, certificate, certManager, challenges, problem } = status;
  const what =
    certificate === undefined
      ? (problem ?? `nothing usable in the Secret ${secretName}`)
      : `${certificate.daysLeft} days left, from ${certificate.issuer}`;
  const isGood = certificate !== undefined && certificate.daysLeft > 0 && problem === undefined;
  const said = certManager?.ready === false && certManager.message !== undefined ? [certManager.message] : [];
  return [`${sign(isGood)} ${host}  ${what}`, ...[...said, ...challenges].map((line) => `    ${line}`)];
}

const ingressLine = ({ name, hosts, addresses }: IngressStatus): string =>
  `${sign(addresses.length > 0)} ${name}  ${hosts.join(", ")}  ${addresses.join(", ") || "no address yet"}`;

const endpointLine = ({ ok, url, reason, via, milliseconds }: EndpointStatus): string =>
  `${sign(ok)} ${url}  ${reason}  ${milliseconds} ms${via === "ingress" ? "  (past DNS, by the address of the Ingress)" : ""}`;

function versionLines({ expected, images, launcher, release }: VersionStatus): readonly string[] {
  return [
    `configured ${expected}`,
    ...Object.entries(images).map(([name, tag]) => `${sign(tag === expected)} ${name}  ${tag}`),
    ...(launcher === undefined ? [] : [`${sign(launcher === expected)} launcher  ${launcher}`]),
    ...(release === undefined
      ? []
      : [`release ${release.revision}  ${release.status}  ${release.chart} ${release.chartVersion}`]),
  ];
}

function driftLines({ live, stack }: DriftStatus): readonly string[] {
  return [
    ...section("differences from the Helm release", live, (differences) => differences),
    ...(stack === undefined
      ? []
      : section("differences from the state", stack, ({ resources }) =>
          resources.map(({ urn, change, properties = [] }) => {
            const name = urn.slice(urn.lastIndexOf("::") + 2);
            return `${change}  ${name}${properties.length === 0 ? "" : `  (${properties.join(", ")})`}`;
          }),
        )),
  ];
}
