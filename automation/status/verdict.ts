import { recurringWork } from "../../config/versions";
import type { Part, StatusReport, Verdict } from "./report";

const SOON_DAYS = 14;

interface Complaint {
  readonly verdict: Exclude<Verdict, "healthy">;
  readonly reason: string;
}

/** The parts of a report. */
export type StatusParts = Omit<StatusReport, "verdict" | "reasons" | "checkedAt">;

const down = (reason: string): Complaint => ({ verdict: "down", reason });
const degraded = (reason: string): Complaint => ({ verdict: "degraded", reason });

/** What was read, or undefined. */
export const valueOf = <T>(part: Part<T>): T | undefined => (part.readable ? part.value : undefined);

/** Judges an installation by all that was read of it. What could not be read is a reason for doubt, not for alarm. */
export function judge(parts: StatusParts): Pick<StatusReport, "verdict" | "reasons"> {
  const complaints = [
    ...endpointComplaints(parts),
    ...workloadComplaints(parts),
    ...certificateComplaints(parts),
    ...ingressComplaints(parts),
    ...versionComplaints(parts),
    ...driftComplaints(parts),
    ...unreadable(parts),
  ];
  const ordered = [
    ...complaints.filter(({ verdict }) => verdict === "down"),
    ...complaints.filter(({ verdict }) => verdict === "degraded"),
  ];
  return { verdict: ordered[0]?.verdict ?? "healthy", reasons: ordered.map(({ reason }) => reason) };
}

function endpointComplaints({ endpoints, workloads }: StatusParts): Complaint[] {
  const server = valueOf(workloads)?.find(({ service }) => service === "server");
  const isServing = server !== undefined && server.ready > 0;
  const read = valueOf(endpoints) ?? [];
  const isUiOk = read.some(({ name, ok }) => name === "ui" && ok);
  return read.flatMap((endpoint) => {
    const { name, url, ok, reason, via, tls, addresses } = endpoint;
    // The same host as the UI's, which has said it.
    if (name === "federation" && !isUiOk) return [];
    if (!ok) {
      // This machine alone may not know the authority, or have no way to a server that is ready.
      const isHere = tls === undefined ? isServing && addresses.length > 0 : tls.unknownAuthority === true;
      return [(name === "ui" && !isHere ? down : degraded)(`${url}: ${reason}`)];
    }
    return via === "ingress" && name !== "federation"
      ? [degraded(`DNS does not know ${new URL(url).hostname}; by the address of the Ingress, it answers`)]
      : [];
  });
}

function workloadComplaints({ workloads, versions }: StatusParts): Complaint[] {
  if (!workloads.readable) return [];
  const read = valueOf(versions);
  const hasScheduler =
    read === undefined || recurringWork(read.expected, read.release?.chartVersion) === "scheduler";
  const complaints = workloads.value.flatMap(({ service, name, desired, ready, updated, pods, problem }) => {
    const first = pods.find((pod) => pod.problem !== undefined);
    const because = first?.problem ?? problem;
    const why = because === undefined ? "" : ` (${because})`;
    if (desired > 0 && ready === 0) {
      const isVital = service === "server";
      return [(isVital ? down : degraded)(`${name}: none of ${desired} pods is ready${why}`)];
    }
    if (ready < desired) return [degraded(`${name}: ${ready} of ${desired} pods are ready${why}`)];
    if (updated < desired)
      return [degraded(`${name}: ${updated} of ${desired} pods are of the newest revision${why}`)];
    if (desired > 0 || (service === "scheduler" && !hasScheduler)) return [];
    return [(service === "server" ? down : degraded)(`${name}: scaled to 0 pods`)];
  });
  const missing = (["server", "drain"] as const).filter(
    (service) => !workloads.value.some((each) => each.service === service),
  );
  return [
    ...missing.map((service) =>
      (service === "server" ? down : degraded)(`there is no Deployment of the ${service}`),
    ),
    ...complaints,
  ];
}

function certificateComplaints({ certificates }: StatusParts): Complaint[] {
  return (valueOf(certificates) ?? []).flatMap(
    ({ host, secretName, certificate, certManager, challenges, problem }) => {
      const name = `certificate of ${host}`;
      if (problem !== undefined) {
        const proofs = challenges.length === 0 ? "" : `; ${challenges.join("; ")}`;
        const said = certManager?.message === undefined ? "" : `; cert-manager: ${certManager.message}`;
        return [degraded(`${name}: the Secret ${secretName} ${problem}${said}${proofs}`)];
      }
      const complaints: Complaint[] = [];
      if (certificate && certificate.daysLeft < 0)
        complaints.push(down(`${name}: expired on ${certificate.validTo}`));
      else if (certificate && certificate.daysLeft < SOON_DAYS) {
        complaints.push(degraded(`${name}: expires in ${certificate.daysLeft} days`));
      }
      if (certManager && !certManager.ready) {
        complaints.push(degraded(`${name}: cert-manager: ${certManager.message ?? "it is not ready"}`));
      }
      return complaints;
    },
  );
}

function ingressComplaints({ ingresses }: StatusParts): Complaint[] {
  if (!ingresses.readable) return [];
  if (ingresses.value.length === 0) return [degraded("there is no Ingress")];
  return ingresses.value
    .filter(({ addresses }) => addresses.length === 0)
    .map(({ name, className }) =>
      degraded(`Ingress ${name}: no controller has given it an address (class ${className ?? "none"})`),
    );
}

function versionComplaints({ versions, migrations }: StatusParts): Complaint[] {
  const complaints: Complaint[] = [];
  const read = valueOf(versions);
  if (read) {
    const { expected, images, launcher, release } = read;
    for (const [name, tag] of Object.entries(images)) {
      if (tag !== expected)
        complaints.push(degraded(`${name}: runs ${tag === "" ? "no tagged image" : tag}, not ${expected}`));
    }
    if (launcher !== undefined && launcher !== expected) {
      complaints.push(degraded(`runs are started with the launcher ${launcher}, not ${expected}`));
    }
    if (!release) complaints.push(degraded("Helm knows no release"));
    else if (release.status !== "deployed") {
      const said = release.description === undefined ? "" : `: ${release.description}`;
      complaints.push(degraded(`Helm release, revision ${release.revision}: ${release.status}${said}`));
    }
  }
  const migration = valueOf(migrations);
  if (migration?.state === "failing") complaints.push(degraded(`migrations: ${migration.reason}`));
  return complaints;
}

function driftComplaints({ drift: { live, stack } }: StatusParts): Complaint[] {
  const resources = (stack && valueOf(stack)?.resources) ?? [];
  return [
    ...(valueOf(live) ?? []).map((difference) => degraded(`drift: ${difference}`)),
    ...resources.map(({ urn, change }) => degraded(`drift: ${change} of ${urn}`)),
  ];
}

function unreadable({ drift, ...parts }: StatusParts): Complaint[] {
  const { cluster, endpoints } = parts;
  // Without a cluster nothing in it can be read, which need not be said seven times.
  const read: Readonly<Record<string, Part<unknown>>> = cluster.readable
    ? { ...parts, drift: drift.live }
    : { cluster, endpoints };
  const all = { ...read, ...(drift.stack && { "drift of the stack": drift.stack }) };
  return Object.entries(all).flatMap(([name, part]) =>
    part.readable ? [] : [degraded(`${name} cannot be read: ${part.reason}`)],
  );
}
