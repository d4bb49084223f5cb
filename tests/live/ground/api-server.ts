import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { type KeyPair, authority } from "../../support/peers/authority";
import { freePort, startServer } from "../../support/peers/server-process";
import { type ApiAccess, ApiClient } from "./api-client";
import { AuditLog, auditPolicy } from "./audit";
import { goProgram, goPrograms } from "./go-programs";
import { etcdPrograms, kubernetesPrograms } from "./programs";

/** An API server on loopback with its database. */
export interface ApiServer {
  /** File with the kubeconfig of its administrator. */
  readonly kubeconfigPath: string;
  /** Content of that file. */
  readonly kubeconfig: string;
  readonly api: ApiClient;
  /** The one that deploys, of whose requests there is a log. */
  readonly deployer: {
    readonly kubeconfigPath: string;
    readonly kubeconfig: string;
    readonly requests: AuditLog;
  };
  /** Ends it, with everything that was started for it, and removes what they wrote. */
  readonly stop: () => Promise<void>;
}

/** What the other parts of a control plane need of an API server. */
export interface ControlPlane extends ApiServer {
  /** Folder with the programs of Kubernetes. */
  readonly programs: string;
  /** Certificate of its authority, PEM. */
  readonly authority: string;
  /** Files for whoever serves or signs as part of it. */
  readonly files: Readonly<Record<"authority" | "certificate" | "key" | "accountsKey", string>>;
  /** How one of {@link users} reaches it. */
  readonly access: (user: keyof typeof users) => ApiAccess;
  /** Writes the kubeconfig of one of {@link users}. */
  readonly kubeconfigFor: (user: keyof typeof users) => Promise<string>;
  /** Starts a program that goes with the server. */
  readonly run: (command: string, args: readonly string[], answers: () => Promise<boolean>) => Promise<void>;
  /** Has something done before the server goes. */
  readonly onStop: (step: () => Promise<void>) => void;
}

/** Who may sign in, with their groups. What they may do is what Kubernetes itself says of the names. */
export const users = {
  administrator: ["system:masters"],
  deployer: ["system:masters"],
  "system:kube-controller-manager": [],
  "system:kube-scheduler": [],
} as const;

const SERVICE_RANGE = "10.96.0.0/16";

/** Starts etcd and an API server with RBAC; nothing acts on what it stores. */
export async function startApiServer(): Promise<ControlPlane> {
  const etcd = await goProgram(etcdPrograms);
  const programs = await goPrograms(kubernetesPrograms);
  const folder = await mkdtemp(join(tmpdir(), "spacelift-test-cluster-"));
  const stops: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const step of stops.splice(0).reverse()) await step();
  };
  const place = async (name: string, content: string): Promise<string> => {
    await writeFile(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const run: ControlPlane["run"] = async (command, args, answers) => {
    const options = { command, args, cwd: folder, answers };
    // What it holds is thrown away: nothing of it has to end in good order.
    const server = await startServer({ ...options, end: "SIGKILL" });
    stops.push(server.stop);
  };
  try {
    const etcdUrl = await startDatabase(etcd, folder, run);
    const root = authority("Cluster CA");
    const accounts = accountKeys();
    const files = {
      ...(await placePair(place, root.issue(["DNS:localhost", "IP:127.0.0.1"]))),
      authority: await place("ca.crt", root.certificate),
      accountsKey: await place("accounts.key", accounts.privateKey),
    };
    const tokens = Object.fromEntries(
      Object.keys(users).map((user) => [user, randomBytes(24).toString("hex")]),
    );
    const signIns = Object.entries(users).map(
      ([user, groups]) => `${tokens[user] ?? ""},${user},${user},"${groups.join(",")}"\n`,
    );
    const requests = new AuditLog(join(folder, "audit.log"));
    const port = await freePort();
    const access = (user: keyof typeof users): ApiAccess => ({
      port,
      authority: root.certificate,
      token: tokens[user] ?? "",
    });
    const api = new ApiClient(access("administrator"));
    await run(
      join(programs, "kube-apiserver"),
      [
        `--etcd-servers=${etcdUrl}`,
        `--secure-port=${port}`,
        "--bind-address=127.0.0.1",
        `--tls-cert-file=${files.certificate}`,
        `--tls-private-key-file=${files.key}`,
        `--token-auth-file=${await place("tokens.csv", signIns.join(""))}`,
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://kubernetes.default.svc",
        `--service-account-key-file=${await place("accounts.pub", accounts.publicKey)}`,
        `--service-account-signing-key-file=${files.accountsKey}`,
        `--service-cluster-ip-range=${SERVICE_RANGE}`,
        "--allow-privileged",
        `--audit-policy-file=${await place("audit.yaml", stringify(auditPolicy("deployer")))}`,
        `--audit-log-path=${requests.path}`,
        // Nobody asks for it, and finding its address takes a route to the world.
        "--endpoint-reconciler-type=none",
      ],
      async () => (await api.send("GET", "/readyz")).status === 200,
    );
    const kubeconfigOf = (user: string): string =>
      stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": "live",
        clusters: [
          {
            name: "live",
            cluster: {
              server: `https://127.0.0.1:${port}`,
              "certificate-authority-data": Buffer.from(root.certificate).toString("base64"),
            },
          },
        ],
        users: [{ name: user, user: { token: tokens[user] } }],
        contexts: [{ name: "live", context: { cluster: "live", user } }],
      });
    const kubeconfigFor = (user: string): Promise<string> =>
      place(`${user.replace("system:", "")}.kubeconfig`, kubeconfigOf(user));
    return {
      kubeconfigPath: await kubeconfigFor("administrator"),
      kubeconfig: kubeconfigOf("administrator"),
      api,
      deployer: {
        kubeconfigPath: await kubeconfigFor("deployer"),
        kubeconfig: kubeconfigOf("deployer"),
        requests,
      },
      stop,
      programs,
      authority: root.certificate,
      access,
      files,
      kubeconfigFor,
      run,
      onStop: (step) => {
        stops.push(step);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startDatabase(etcd: string, folder: string, run: ControlPlane["run"]): Promise<string> {
  const [url, peerUrl] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
  await run(
    etcd,
    [
      ...["--data-dir", join(folder, "etcd"), "--log-level", "warn", "--unsafe-no-fsync"],
      ...["--listen-client-urls", url, "--advertise-client-urls", url],
      ...["--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl],
      ...["--initial-cluster", `default=${peerUrl}`],
    ],
    async () => (await fetch(`${url}/health`)).ok,
  );
  return url;
}

const accountKeys = (): { readonly publicKey: string; readonly privateKey: string } =>
  generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });

async function placePair(
  place: (name: string, content: string) => Promise<string>,
  { certificate, privateKey }: KeyPair,
): Promise<{ readonly certificate: string; readonly key: string }> {
  return { certificate: await place("server.crt", certificate), key: await place("server.key", privateKey) };
}
