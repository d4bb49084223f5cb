import { z } from "zod";
import { setCommand, setSecretFromFile } from "../../../../config/problems";
import { type KubeClient, connectCluster } from "../../../../kubernetes/kube-client";
import { type KubeError, isKubeError } from "../../../../kubernetes/kube-error";
import { type CheckContext, failed, type Finding, type FindingName, passed, skipped } from "../../check";

const reachable: FindingName = { id: "cluster.reachable", title: "Kubernetes API server" };
const login: FindingName = { id: "cluster.login", title: "Login to the cluster" };

const versionSchema = z.object({ major: z.string(), minor: z.string(), gitVersion: z.string() });
const reviewSchema = z.object({ status: z.object({ userInfo: z.object({ username: z.string() }) }) });

/** Version of an API server. */
export type ServerVersion = z.output<typeof versionSchema>;

/** What came of connecting: the findings, and the connection when it can be used. */
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
  let client: KubeClient;
  let version: ServerVersion;
  try {
    client = await connectCluster({
      content: kubeconfig,
      path: files.kubeconfigPath,
      context: settings.target === "onprem" ? settings.onprem?.kubernetes.context : undefined,
      env,
      signal,
    });
    version = await client.read("/version", versionSchema, { signal });
  } catch (error) {
    if (!isKubeError(error)) throw error;
    const name = error.kind === "unauthorized" ? login : reachable;
    return { findings: [failed(name, error.message, fixOf(error, context))] };
  }
  const answered = passed(reachable, `${client.server} answers as Kubernetes ${version.gitVersion}`);
  try {
    const user = await whoAmI(client, signal);
    const said = user === undefined ? "the credentials are accepted" : `logged in as ${user}`;
    return { findings: [answered, passed(login, said)], cluster: { client, version, user } };
  } catch (error) {
    if (!isKubeError(error)) throw error;
    return { findings: [answered, failed(login, error.message, fixOf(error, context))] };
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

/** What is not looked at because the cluster cannot be. */
export const unseen = (name: FindingName): Finding => skipped(name, "the cluster could not be looked at");
