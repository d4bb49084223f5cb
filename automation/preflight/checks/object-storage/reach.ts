import { readFile } from "node:fs/promises";
import {
  type CheckContext,
  type Finding,
  type FindingName,
  failed,
  passed,
  skipped,
  warning,
} from "../../check";
import { setCommand } from "../../../../config/problems";
import { type Answer } from "../../../../peers/ask";
import { certificateFinding } from "../certificate-finding";
import { type ConnectionProblem, connectionProblem } from "../../../../peers/connection-problem";
import { machineCas, publicCas } from "../../../../peers/trust";
import { required } from "../../../../program/required";
import { type Minio, askMinio } from "./minio";

const reachable: FindingName = { id: "object-storage.reachable", title: "Object storage" };
const trusted: FindingName = { id: "object-storage.certificate", title: "Certificate of the object storage" };
const inTime: FindingName = { id: "object-storage.clock", title: "Clock of the object storage" };

const LIVE = "/minio/health/live";

/** Signatures are refused when they are more than this off. */
const REFUSED_SKEW_MINUTES = 15;
const STRANGE_SKEW_MINUTES = 2;

const caFix = setCommand("onprem.objectStorage.caCertificateFile", "./minio-ca.pem");

/** What came of the way to MinIO: findings, and the server if there is more to ask it. */
export interface Reached {
  readonly findings: readonly Finding[];
  readonly minio?: Minio;
}

type Attempt = { readonly answer: Answer } | { readonly problem: ConnectionProblem };

/** Goes to MinIO and looks whether it lives, who vouches for it and what time it has. */
export async function reach(context: CheckContext): Promise<Reached> {
  const { files, env, signal } = context;
  const storage = required(context.settings.onprem, "onprem").objectStorage;
  const { endpoint, tls, region, insecureSkipVerify } = storage;
  const own = files.minioCaPath === undefined ? [] : [await readFile(files.minioCaPath, "utf8")];
  const pods = publicCas(...own, ...files.rootCas);
  const machine = await machineCas(env, ...own);
  const origin = `${tls ? "https" : "http"}://${endpoint}`;
  const minio: Minio = { origin, region, ca: [...pods, ...machine], insecure: false, signal };
  const [byPods, byMachine] = await Promise.all([
    attempt({ ...minio, ca: pods }),
    attempt({ ...minio, ca: machine }),
  ]);
  if ("problem" in byPods) {
    const { problem } = byPods;
    if ("problem" in byMachine || problem.kind === "network") {
      return problem.kind === "certificate" && insecureSkipVerify
        ? accept(context, minio, problem)
        : { findings: [refused(endpoint, problem)] };
    }
    const reason = `${endpoint} has a certificate that this machine trusts and pods do not`;
    return reached(context, minio, warning(trusted, reason, caFix), byMachine.answer);
  }
  const { answer } = byPods;
  // The provider, which makes buckets and user from here, knows `caCertificateFile` but no `rootCas`.
  const makes = storage.createBuckets || storage.createUser;
  if (makes && !insecureSkipVerify && "problem" in byMachine && byMachine.problem.kind === "certificate") {
    const reason = `${endpoint} has a certificate that pods trust and this machine does not`;
    return reached(context, minio, failed(trusted, reason, caFix), answer);
  }
  return reached(context, minio, verified(context, answer), answer);
}

async function attempt(minio: Minio): Promise<Attempt> {
  try {
    return { answer: await askMinio(minio, LIVE) };
  } catch (error) {
    minio.signal.throwIfAborted();
    return { problem: connectionProblem(error) };
  }
}

/** Goes on without verifying, as `insecureSkipVerify` has it. */
async function accept(context: CheckContext, minio: Minio, problem: ConnectionProblem): Promise<Reached> {
  const { host } = new URL(minio.origin);
  const blind = { ...minio, insecure: true };
  const again = await attempt(blind);
  if ("problem" in again) return { findings: [refused(host, again.problem)] };
  const reason = `${host} ${problem.reason}, and \`insecureSkipVerify\` accepts any`;
  return reached(context, blind, warning(trusted, reason, caFix), again.answer);
}

function reached({ now }: CheckContext, minio: Minio, certificate: Finding, answer: Answer): Reached {
  const { host } = new URL(minio.origin);
  if (answer.status === 200) {
    const found = passed(reachable, `MinIO lives at ${host}`);
    return { findings: [found, certificate, clock(answer, now())], minio };
  }
  const reason = `${host} answers ${LIVE} with status ${answer.status}, not 200`;
  const fix = `see that \`onprem.objectStorage.endpoint\` is MinIO's API, not its console, and that MinIO is up`;
  return { findings: [failed(reachable, reason, fix), certificate] };
}

const verified = ({ now }: CheckContext, { certificate }: Answer): Finding =>
  certificate
    ? certificateFinding(trusted, { certificate, how: "verified", now: now() })
    : skipped(trusted, "`onprem.objectStorage.tls` is off");

function refused(endpoint: string, problem: ConnectionProblem): Finding {
  const reason = `${endpoint} ${problem.reason}`;
  if (problem.kind === "network") {
    const address = setCommand("onprem.objectStorage.endpoint", "minio.example.com");
    return failed(reachable, reason, `see that MinIO is up and reachable from here, or ${address}`);
  }
  return failed(
    trusted,
    reason,
    problem.untrusted ? caFix : `give MinIO a valid certificate for ${endpoint}`,
  );
}

function clock({ headers }: Answer, now: Date): Finding {
  const theirs = Date.parse(headers.date ?? "");
  if (Number.isNaN(theirs)) return skipped(inTime, "the answer carries no date");
  const seconds = Math.round((theirs - now.getTime()) / 1000);
  const minutes = Math.abs(seconds) / 60;
  const direction = seconds > 0 ? "ahead of" : "behind";
  const off = `its clock is ${Math.round(minutes)} min ${direction} this machine's`;
  const fix = "synchronise the clocks of MinIO, of this machine and of the nodes (NTP)";
  if (minutes > REFUSED_SKEW_MINUTES) {
    return failed(inTime, `${off}: signatures are refused from ${REFUSED_SKEW_MINUTES} min on`, fix);
  }
  if (minutes > STRANGE_SKEW_MINUTES) return warning(inTime, off, fix);
  return passed(inTime, `within ${STRANGE_SKEW_MINUTES} min of this machine's`);
}
