import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Authority, authority } from "../../support/peers/authority";
import { type ServerProcess, freePort, startServer } from "../../support/peers/server-process";
import { startChallengeServer } from "./challenges";
import type { Cluster } from "./cluster";
import { goPrograms } from "./go-programs";
import { certManagerPrograms, pebblePrograms } from "./programs";
import { repeating } from "./repeating";

/** cert-manager and an ACME server at work for a cluster. */
export interface Issuing {
  /** Where the cluster finds cert-manager's webhook, and whom it trusts for it (PEM). */
  readonly webhook: { readonly url: string; readonly authority: string };
  /** Folder with cert-manager's definitions. */
  readonly definitions: string;
  /** Directory URL of the ACME server. */
  readonly acmeServer: string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts cert-manager's webhook, Pebble and what answers its challenges. cert-manager's controllers run while the cluster has
 * their Deployment, beside it rather than in its pod.
 */
export async function startIssuing(cluster: Cluster): Promise<Issuing> {
  const certManager = await goPrograms(certManagerPrograms);
  const pebble = await goPrograms(pebblePrograms);
  const folder = await mkdtemp(join(tmpdir(), "spacelift-test-issuing-"));
  const stops: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const step of stops.reverse()) await step();
    stops.length = 0;
  };
  const place = async (name: string, content: string): Promise<string> => {
    await writeFile(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const launch = (
    command: string,
    args: readonly string[],
    answers: () => Promise<boolean>,
    env: Readonly<Record<string, string>> = {},
  ): Promise<ServerProcess> => startServer({ command, args, cwd: folder, env, answers, end: "SIGKILL" });

  try {
    const root: Authority = authority("CA of what runs beside the cluster");
    const { certificate, privateKey } = root.issue(["DNS:localhost", "IP:127.0.0.1"]);
    const rootPath = await place("ca.crt", root.certificate);
    const certificatePath = await place("server.crt", certificate);
    const keyPath = await place("server.key", privateKey);

    const [webhookPort, webhookHealth] = [await freePort(), await freePort()];
    const webhook = await launch(
      join(certManager, "webhook"),
      [
        `--kubeconfig=${cluster.kubeconfigPath}`,
        `--secure-port=${webhookPort}`,
        `--healthz-port=${webhookHealth}`,
        `--tls-cert-file=${certificatePath}`,
        `--tls-private-key-file=${keyPath}`,
        "--metrics-listen-address=0",
      ],
      async () => (await fetch(`http://127.0.0.1:${webhookHealth}/healthz`)).ok,
    );
    stops.push(webhook.stop);

    const [dnsPort, dnsManagement] = [await freePort(), await freePort()];
    const dns = await launch(
      join(pebble, "pebble-challtestsrv"),
      [
        ...["-dns01", `127.0.0.1:${dnsPort}`, "-management", `127.0.0.1:${dnsManagement}`],
        ...["-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", "", "-defaultIPv6", ""],
      ],
      async () =>
        (
          await fetch(`http://127.0.0.1:${dnsManagement}/set-default-ipv4`, {
            method: "POST",
            body: JSON.stringify({ ip: "127.0.0.1" }),
          })
        ).ok,
    );
    stops.push(dns.stop);
    const challenges = await startChallengeServer(cluster.api);
    stops.push(challenges.stop);

    const [acmePort, acmeManagement] = [await freePort(), await freePort()];
    const acmeServer = `https://localhost:${acmePort}/dir`;
    const settings = {
      listenAddress: `127.0.0.1:${acmePort}`,
      managementListenAddress: `127.0.0.1:${acmeManagement}`,
      certificate: certificatePath,
      privateKey: keyPath,
      httpPort: challenges.port,
      tlsPort: challenges.port,
    };
    const acme = await launch(
      join(pebble, "pebble"),
      [
        ...["-config", await place("pebble.json", JSON.stringify({ pebble: settings }))],
        ...["-dnsserver", `127.0.0.1:${dnsPort}`],
      ],
      () => answersWithOk(acmeServer, root.certificate),
      { PEBBLE_VA_NOSLEEP: "1" },
    );
    stops.push(acme.stop);

    const controllers = following(cluster, () =>
      launch(
        join(certManager, "controller"),
        [`--kubeconfig=${cluster.kubeconfigPath}`, `--nameservers=127.0.0.1:${dnsPort}`],
        () => Promise.resolve(true),
        {
          // Its self checks go where an ingress controller would answer; the API server is not asked by plain HTTP.
          HTTP_PROXY: `http://127.0.0.1:${challenges.port}`,
          SSL_CERT_FILE: rootPath,
        },
      ),
    );
    stops.push(controllers.stop);
    return {
      webhook: { url: `https://localhost:${webhookPort}`, authority: root.certificate },
      definitions: join(certManager, "crds"),
      acmeServer,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Runs cert-manager's controllers as long as the cluster has the Deployment that would. */
function following(
  { api }: Cluster,
  start: () => Promise<ServerProcess>,
): { readonly stop: () => Promise<void> } {
  let running: ServerProcess | undefined;
  const loop = repeating("cert-manager", async () => {
    const wanted = await api.find("/apis/apps/v1/namespaces/cert-manager/deployments/cert-manager");
    if (wanted !== undefined) running ??= await start();
    else if (running !== undefined) {
      await running.stop();
      running = undefined;
    }
  });
  return {
    stop: async () => {
      await loop.stop();
      await running?.stop();
    },
  };
}

function answersWithOk(url: string, ca: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const exchange = request(url, { ca, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    exchange.once("error", reject);
    exchange.end();
  });
}
