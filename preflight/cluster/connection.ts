import { z } from "zod";
import { setCommand, setSecretFromFile } from "../../config/problems";
import { connectCluster, type KubeClient } from "../../kubernetes/kube-client";
import { isKubeError, type KubeError } from "../../kubernetes/kube-error";
import { type CheckContext, type Finding, finding } from "../check";

const reachableCheck = finding("cluster.reachable", "Kubernetes API server");
const loginCheck = finding("cluster.login", "Login to the cluster");
const versionCheck = finding("cluster.version", "Version of Kubernetes");

const versionSchema = z.object({ major: z.string(), minor: z.string(), gitVersion: z.string() });
const reviewSchema = z.object({ status: z.object({ userInfo: z.object({ username: z.string() }) }) });

export type ServerVersion = z.output<typeof versionSchema>;

/** The result of connecting: the findings, and the connection when it can be used. */
export interface Connection {
  readonly findings: readonly Finding[];
  readonly cluster?: {
    readonly client: KubeClient;
    readonly version: ServerVersion;
    readonly user: string | undefined;
  };
}

/** Connects as the deployment will: by the same kubeconfig and context. */
export async function connect(context: CheckContext, kubeconfig: string | undefined): Promise<Connection> {
  const { settings, files, env, signal } = context;
  const findings: Finding[] = [];
  try {
    const client = await connectCluster({
      content: kubeconfig,
      path: files.kubeconfigPath,
      context: settings.target === "onprem" ? settings.onprem?.kubernetes.context : undefined,
      env,
      signal,
    });
    const version = await client.read("/version", versionSchema, { signal });
    findings.push(reachableCheck.passed(`${client.server} answers as Kubernetes ${version.gitVersion}`));
    const user = await whoAmI(client, signal);
    const found = user === undefined ? "the credentials are accepted" : `logged in as ${user}`;
    return { findings: [...findings, loginCheck.passed(found)], cluster: { client, version, user } };
  } catch (error) {
    if (!isKubeError(error)) throw error;
    const isLogin = findings.length > 0 || error.kind === "unauthorized";
    const check = isLogin ? loginCheck : reachableCheck;
    return { findings: [...findings, check.failed(error.message, fixOf(error, context))] };
  }
}

/** The caller's name, or undefined where the API server is too old to tell. */
async function whoAmI(client: KubeClient, signal: AbortSignal): Promise<string | undefined> {
  const group = "authentication.k8s.io";
  const body = { apiVersion: `${group}/v1`, kind: "SelfSubjectReview" };
  try {
    const review = await client.ask(`/apis/${group}/v1/selfsubjectreviews`, body, reviewSchema, { signal });
    return review.status.userInfo.username;
  } catch (error) {
    // Before 1.28 there is no such thing. Whoever is not logged in is anonymous, and not even allowed to ask.
    if (isKubeError(error, "missing")) return undefined;
    throw error;
  }
}

function fixOf({ kind }: KubeError, { settings, secrets }: CheckContext): string {
  const onprem = settings.target === "onprem" && secrets.kubeconfig === undefined;
  switch (kind) {
    case "configuration":
      return onprem
        ? `${setCommand("onprem.kubernetes.kubeconfigPath", "~/.kube/config")}, and \`onprem.kubernetes.context\` when it is not the current one; \`kubectl config get-contexts\` lists them`
        : setSecretFromFile("kubeconfig", "kubeconfig.yaml");
    case "credentials":
      return "log in with the program that the kubeconfig runs, without it asking anything; `kubectl get namespaces` must work here";
    case "untrusted":
      return "put the authority that signed the API server's certificate into the kubeconfig as `certificate-authority-data`, and its name as `tls-server-name` when it is made out to another";
    case "unauthorized":
    case "forbidden":
      return onprem
        ? "renew the credentials in the kubeconfig; `kubectl get namespaces` must work here"
        : `renew the credentials and ${setSecretFromFile("kubeconfig", "kubeconfig.yaml")}`;
    case "unreachable":
    case "timeout":
    case "missing":
    case "conflict":
    case "answer":
      return "see with `kubectl cluster-info` that the address in the kubeconfig is right and reachable from here: VPN, firewall, HTTPS_PROXY and NO_PROXY";
  }
}

/**
 * Minor versions of Kubernetes 1: the least that the worker pool controller runs on, and those that the pinned
 * cert-manager and the other charts are made for.
 */
export const supportedMinors = { least: 26, oldest: 33, newest: 37 } as const;

/** The minor version that a server or node gives itself: `v1.34.2-eks-1a2b` → 34. */
export function minorOf(version: string): number | undefined {
  const match = /^v?1\.(\d+)/.exec(version);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

/** Whether everything that is installed runs on a version of Kubernetes. */
export function versionFinding({ gitVersion }: ServerVersion): Finding {
  const minor = minorOf(gitVersion);
  const { least, oldest, newest } = supportedMinors;
  const upgrade = `upgrade the cluster to 1.${oldest} or newer, one minor version at a time`;
  if (minor === undefined) {
    const fix = `use Kubernetes 1.${newest} or older`;
    return versionCheck.warning(`${gitVersion} is no version 1 of Kubernetes`, fix);
  }
  if (minor < least) {
    return versionCheck.failed(`Kubernetes ${gitVersion} is older than 1.${least}`, upgrade);
  }
  if (minor < oldest) {
    const reason = `Kubernetes ${gitVersion} is older than 1.${oldest}, the oldest that the installed charts are tested with`;
    return versionCheck.warning(reason, upgrade);
  }
  if (minor > newest) {
    return versionCheck.warning(
      `Kubernetes ${gitVersion} is newer than 1.${newest}, the newest that this program was tried with`,
      "look for a newer release of this program, or rehearse the deployment on a test cluster",
    );
  }
  return versionCheck.passed(`Kubernetes ${gitVersion}`);
}
