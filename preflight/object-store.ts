import { sign } from "aws4";
import { storageOrigin } from "../components/platform/platform";
import { createsOnStorage, type StorageLogin } from "../config/onprem/storage-logins";
import { required, setCommand } from "../config/problems";
import { type HttpResponse, isPage, requestPeer, type Peer } from "../peers/http";
import { type ConnectionProblem, connectionProblem } from "../peers/connection";
import { machineCas, publicCas } from "../peers/trust";
import { certificateFinding, type CheckContext, type Finding, finding } from "./check";

const reachableCheck = finding("object-storage.reachable", "Object storage");
const certificateCheck = finding("object-storage.certificate", "Certificate of the object storage");
const clockCheck = finding("object-storage.clock", "Clock of the object storage");

/** Signatures are refused when they are more than this off. */
const REFUSED_SKEW_MINUTES = 15;
const STRANGE_SKEW_MINUTES = 2;

const caFix = setCommand("onprem.objectStorage.caCertificateFile", "./minio-ca.pem");

/** A server that stores objects, and how it is reached. */
export interface ObjectStore extends Peer {
  readonly region: string;
  readonly words: Words;
}

/** How a kind of server is known, and called in what is said of it. */
interface Words {
  readonly name: string;
  readonly api: string;
  /** What a fix says of the endpoint. */
  readonly isApi: string;
  /** Path that it answers to without credentials. */
  readonly path: string;
  /** What is wrong with an answer to it; undefined when it is one of such a server. */
  readonly strangeness: (answer: HttpResponse) => string | undefined;
}

const minio: Words = {
  name: "MinIO",
  api: "MinIO's API",
  isApi: "MinIO's API, not its console",
  path: "/minio/health/live",
  strangeness: (answer) => {
    if (answer.status !== 200) return `with status ${answer.status}, not 200`;
    return isPage(answer) || answer.isCut ? "with a web page or a file: that is not MinIO" : undefined;
  },
};

const s3: Words = {
  name: "the server",
  api: "the API of S3",
  isApi: "the API of S3",
  path: "/",
  // Who is not logged in is refused, or is shown no buckets: either way in XML.
  strangeness: (answer) =>
    /<(?:Error|ListAllMyBucketsResult)\b/.test(answer.text)
      ? undefined
      : `with status ${answer.status} and no XML of S3: that is not the API of S3`,
};

export type Login = StorageLogin<string>;

interface SignedRequest {
  /** @default "GET" */
  readonly method?: string;
  /** Further headers; each becomes part of the signature. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** @default - that of the server */
  readonly region?: string;
  /** @default - that of all requests */
  readonly timeoutMs?: number;
}

/** Sends a signed request. */
export async function askSigned(
  store: ObjectStore,
  login: Login,
  path: string,
  { method = "GET", headers = {}, body, region = store.region, timeoutMs }: SignedRequest = {},
): Promise<HttpResponse> {
  const { host } = new URL(store.origin);
  const signed = sign(
    {
      host,
      path,
      method,
      service: "s3",
      region,
      headers: { ...headers },
      ...(body !== undefined && { body }),
    },
    { accessKeyId: login.accessKeyId, secretAccessKey: login.secretAccessKey },
  );
  const texts = Object.entries(signed.headers ?? {}).map(([name, value]) => [name, String(value)] as const);
  return requestPeer(store, path, {
    method,
    headers: Object.fromEntries(texts),
    ...(body !== undefined && { body }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
}

/** A pre-signed path: whoever has it may get the object for a minute. */
export function presignedPath(store: ObjectStore, login: Login, path: string): string {
  const { host } = new URL(store.origin);
  const signed = sign(
    { host, path: `${path}?X-Amz-Expires=60`, service: "s3", region: store.region, signQuery: true },
    { accessKeyId: login.accessKeyId, secretAccessKey: login.secretAccessKey },
  );
  return signed.path ?? path;
}

/** The code of an S3 error: `AccessDenied`; undefined when the answer is none of S3. */
export const errorCode = ({ text }: HttpResponse): string | undefined =>
  /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? /"Code":\s*"(\w+)"/.exec(text)?.[1];

/** Findings about the connection, and the server if there is more to ask it. */
interface StoreConnection {
  readonly findings: readonly Finding[];
  readonly store?: ObjectStore;
}

type Attempt = { readonly answer: HttpResponse } | { readonly problem: ConnectionProblem };

/** Connects to the object storage and looks whether it lives, who vouches for it and what time it has. */
export async function connectStore(context: CheckContext): Promise<StoreConnection> {
  const { files, env, signal, now } = context;
  const storage = required(context.settings.onprem, "onprem").objectStorage;
  const { endpoint, region, insecureSkipVerify } = storage;
  const own = files.storageCa === undefined ? [] : [files.storageCa];
  const pods = publicCas(...own, ...files.rootCas);
  const machine = await machineCas(env, ...own);
  const origin = storageOrigin(storage);
  const words = storage.kind === "s3" ? s3 : minio;
  const store = { origin, region, ca: [...pods, ...machine], insecure: false, signal, words };
  const [byPods, byMachine] = await Promise.all([
    attempt({ ...store, ca: pods }),
    attempt({ ...store, ca: machine }),
  ]);
  if ("problem" in byPods) {
    const { problem } = byPods;
    if ("problem" in byMachine || problem.kind === "network") {
      return problem.kind === "certificate" && insecureSkipVerify
        ? connectUnverified(context, store, problem)
        : { findings: [refusalFinding(endpoint, problem, words)] };
    }
    const reason = `${endpoint} has a certificate that this machine trusts and pods do not`;
    return connected(context, store, certificateCheck.warning(reason, caFix), byMachine.answer);
  }
  const { answer } = byPods;
  // The provider, which creates buckets and user from here, knows `caCertificateFile` but no `rootCas`.
  const creates = createsOnStorage(storage);
  if (creates && !insecureSkipVerify && "problem" in byMachine && byMachine.problem.kind === "certificate") {
    const reason = `${endpoint} has a certificate that pods trust and this machine does not`;
    return connected(context, store, certificateCheck.failed(reason, caFix), answer);
  }
  const verified = answer.certificate
    ? certificateFinding(certificateCheck, answer.certificate, now())
    : certificateCheck.skipped("`onprem.objectStorage.tls` is off");
  return connected(context, store, verified, answer);
}

async function attempt(store: ObjectStore): Promise<Attempt> {
  try {
    return { answer: await requestPeer(store, store.words.path) };
  } catch (error) {
    store.signal.throwIfAborted();
    return { problem: connectionProblem(error) };
  }
}

/** Goes on without verifying, as `insecureSkipVerify` has it. */
async function connectUnverified(
  context: CheckContext,
  store: ObjectStore,
  problem: ConnectionProblem,
): Promise<StoreConnection> {
  const { host } = new URL(store.origin);
  const unverified = { ...store, insecure: true };
  const again = await attempt(unverified);
  if ("problem" in again) return { findings: [refusalFinding(host, again.problem, store.words)] };
  const reason = `${host} ${problem.reason}, and \`insecureSkipVerify\` accepts any`;
  return connected(context, unverified, certificateCheck.warning(reason, caFix), again.answer);
}

function connected(
  { now }: CheckContext,
  store: ObjectStore,
  certificate: Finding,
  answer: HttpResponse,
): StoreConnection {
  const { host } = new URL(store.origin);
  const { name, isApi, path, strangeness } = store.words;
  const strange = strangeness(answer);
  if (strange !== undefined) {
    const fix = `see that \`onprem.objectStorage.endpoint\` is ${isApi}, and that ${name} is up`;
    const reason = `${host} answers ${path} ${strange}`;
    return { findings: [reachableCheck.failed(reason, fix), certificate] };
  }
  const found = reachableCheck.passed(`${name} lives at ${host}`);
  return { findings: [found, certificate, clockFinding(answer, now())], store };
}

function refusalFinding(endpoint: string, problem: ConnectionProblem, { name }: Words): Finding {
  const reason = `${endpoint} ${problem.reason}`;
  if (problem.kind === "network") {
    const address = setCommand("onprem.objectStorage.endpoint", "minio.example.com");
    return reachableCheck.failed(reason, `see that ${name} is up and reachable from here, or ${address}`);
  }
  const fix = problem.untrusted ? caFix : `give ${name} a valid certificate for ${endpoint}`;
  return certificateCheck.failed(reason, fix);
}

function clockFinding({ headers }: HttpResponse, now: Date): Finding {
  const theirs = Date.parse(headers.date ?? "");
  if (Number.isNaN(theirs)) return clockCheck.skipped("the answer carries no date");
  const seconds = Math.round((theirs - now.getTime()) / 1000);
  const minutes = Math.abs(seconds) / 60;
  const direction = seconds > 0 ? "ahead of" : "behind";
  const off = `its clock is ${Math.round(minutes)} min ${direction} this machine's`;
  const fix = "synchronise the clocks of the object storage, of this machine and of the nodes (NTP)";
  if (minutes > REFUSED_SKEW_MINUTES) {
    return clockCheck.failed(`${off}: signatures are refused from ${REFUSED_SKEW_MINUTES} min on`, fix);
  }
  if (minutes > STRANGE_SKEW_MINUTES) return clockCheck.warning(off, fix);
  return clockCheck.passed(`within ${STRANGE_SKEW_MINUTES} min of this machine's`);
}
