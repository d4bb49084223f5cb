import { readFile } from "node:fs/promises";
import { sign } from "aws4";
import { required, setCommand } from "../config/problems";
import { type HttpResponse, isPage, requestPeer, type Peer } from "../peers/http";
import { type ConnectionProblem, connectionProblem } from "../peers/connection";
import { machineCas, publicCas } from "../peers/trust";
import { certificateFinding, type CheckContext, type Finding, finding } from "./check";

const reachableCheck = finding("object-storage.reachable", "Object storage");
const certificateCheck = finding("object-storage.certificate", "Certificate of the object storage");
const clockCheck = finding("object-storage.clock", "Clock of the object storage");

const LIVE = "/minio/health/live";

/** Signatures are refused when they are more than this off. */
const REFUSED_SKEW_MINUTES = 15;
const STRANGE_SKEW_MINUTES = 2;

const caFix = setCommand("onprem.objectStorage.caCertificateFile", "./minio-ca.pem");

/** Who signs requests. */
export interface StorageLogin {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The setting that the key comes from: `onprem.objectStorage.adminUser`. */
  readonly key: string;
  /** The secret with the password. */
  readonly secret: "minioAdminPassword" | "minioSecretKey";
}

/** A MinIO server, and how it is reached. */
export interface Minio extends Peer {
  readonly region: string;
}

/**
 * Sends a signed GET.
 *
 * @param headers further headers; each becomes part of the signature
 */
export async function askSigned(
  minio: Minio,
  login: StorageLogin,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpResponse> {
  const { host } = new URL(minio.origin);
  const signed = sign(
    { host, path, method: "GET", service: "s3", region: minio.region, headers: { ...headers } },
    { accessKeyId: login.accessKeyId, secretAccessKey: login.secretAccessKey },
  );
  const texts = Object.entries(signed.headers ?? {}).map(([name, value]) => [name, String(value)] as const);
  return requestPeer(minio, path, { headers: Object.fromEntries(texts) });
}

/** The code of an S3 error: `AccessDenied`; undefined when the answer is none of S3. */
export const errorCode = ({ text }: HttpResponse): string | undefined =>
  /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? /"Code":\s*"(\w+)"/.exec(text)?.[1];

/** Findings about the connection, and the server if there is more to ask it. */
interface MinioConnection {
  readonly findings: readonly Finding[];
  readonly minio?: Minio;
}

type Attempt = { readonly answer: HttpResponse } | { readonly problem: ConnectionProblem };

/** Connects to MinIO and looks whether it lives, who vouches for it and what time it has. */
export async function connectMinio(context: CheckContext): Promise<MinioConnection> {
  const { files, env, signal, now } = context;
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
        ? connectUnverified(context, minio, problem)
        : { findings: [refusalFinding(endpoint, problem)] };
    }
    const reason = `${endpoint} has a certificate that this machine trusts and pods do not`;
    return connected(context, minio, certificateCheck.warning(reason, caFix), byMachine.answer);
  }
  const { answer } = byPods;
  // The provider, which creates buckets and user from here, knows `caCertificateFile` but no `rootCas`.
  const creates = storage.createBuckets || storage.createUser;
  if (creates && !insecureSkipVerify && "problem" in byMachine && byMachine.problem.kind === "certificate") {
    const reason = `${endpoint} has a certificate that pods trust and this machine does not`;
    return connected(context, minio, certificateCheck.failed(reason, caFix), answer);
  }
  const verified = answer.certificate
    ? certificateFinding(certificateCheck, answer.certificate, now())
    : certificateCheck.skipped("`onprem.objectStorage.tls` is off");
  return connected(context, minio, verified, answer);
}

async function attempt(minio: Minio): Promise<Attempt> {
  try {
    return { answer: await requestPeer(minio, LIVE) };
  } catch (error) {
    minio.signal.throwIfAborted();
    return { problem: connectionProblem(error) };
  }
}

/** Goes on without verifying, as `insecureSkipVerify` has it. */
async function connectUnverified(
  context: CheckContext,
  minio: Minio,
  problem: ConnectionProblem,
): Promise<MinioConnection> {
  const { host } = new URL(minio.origin);
  const unverified = { ...minio, insecure: true };
  const again = await attempt(unverified);
  if ("problem" in again) return { findings: [refusalFinding(host, again.problem)] };
  const reason = `${host} ${problem.reason}, and \`insecureSkipVerify\` accepts any`;
  return connected(context, unverified, certificateCheck.warning(reason, caFix), again.answer);
}

function connected(
  { now }: CheckContext,
  minio: Minio,
  certificate: Finding,
  answer: HttpResponse,
): MinioConnection {
  const { host } = new URL(minio.origin);
  const fix = `see that \`onprem.objectStorage.endpoint\` is MinIO's API, not its console, and that MinIO is up`;
  if (answer.status === 200 && (isPage(answer) || answer.isCut)) {
    const reason = `${host} answers ${LIVE} with a web page or a file: that is not MinIO`;
    return { findings: [reachableCheck.failed(reason, fix), certificate] };
  }
  if (answer.status === 200) {
    const found = reachableCheck.passed(`MinIO lives at ${host}`);
    return { findings: [found, certificate, clockFinding(answer, now())], minio };
  }
  const reason = `${host} answers ${LIVE} with status ${answer.status}, not 200`;
  return { findings: [reachableCheck.failed(reason, fix), certificate] };
}

function refusalFinding(endpoint: string, problem: ConnectionProblem): Finding {
  const reason = `${endpoint} ${problem.reason}`;
  if (problem.kind === "network") {
    const address = setCommand("onprem.objectStorage.endpoint", "minio.example.com");
    return reachableCheck.failed(reason, `see that MinIO is up and reachable from here, or ${address}`);
  }
  const fix = problem.untrusted ? caFix : `give MinIO a valid certificate for ${endpoint}`;
  return certificateCheck.failed(reason, fix);
}

function clockFinding({ headers }: HttpResponse, now: Date): Finding {
  const theirs = Date.parse(headers.date ?? "");
  if (Number.isNaN(theirs)) return clockCheck.skipped("the answer carries no date");
  const seconds = Math.round((theirs - now.getTime()) / 1000);
  const minutes = Math.abs(seconds) / 60;
  const direction = seconds > 0 ? "ahead of" : "behind";
  const off = `its clock is ${Math.round(minutes)} min ${direction} this machine's`;
  const fix = "synchronise the clocks of MinIO, of this machine and of the nodes (NTP)";
  if (minutes > REFUSED_SKEW_MINUTES) {
    return clockCheck.failed(`${off}: signatures are refused from ${REFUSED_SKEW_MINUTES} min on`, fix);
  }
  if (minutes > STRANGE_SKEW_MINUTES) return clockCheck.warning(off, fix);
  return clockCheck.passed(`within ${STRANGE_SKEW_MINUTES} min of this machine's`);
}
