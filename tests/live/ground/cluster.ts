import { join } from "node:path";
import { freePort } from "../../support/peers/server-process";
import { ApiClient, type ApiObject, until } from "./api-client";
import { type ApiServer, type ControlPlane, startApiServer } from "./api-server";
import { startBalancers } from "./balancers";
import { goProgram } from "./go-programs";
import { addNodes } from "./nodes";
import { kwokPrograms } from "./programs";

/** A Kubernetes of the tests' own on loopback, with nodes on which pods report ready without running. */
export type Cluster = ApiServer;

// Nothing routes to the addresses of pods and nodes.
const POD_RANGE = "10.244.0.1/16";
const NODE_ADDRESS = "10.0.0.1";

/** Starts API server, controllers, scheduler and kwok, and waits until a pod could be scheduled. */
export async function startCluster(): Promise<Cluster> {
  const kwok = await goProgram(kwokPrograms);
  const plane = await startApiServer();
  const { api, kubeconfigPath, run } = plane;
  try {
    await startComponent(plane, "kube-controller-manager", [
      `--service-account-private-key-file=${plane.files.accountsKey}`,
      `--root-ca-file=${plane.files.authority}`,
      "--use-service-account-credentials",
      // A node that is late on a busy machine makes its pods unready, and nothing here makes them ready again.
      "--node-monitor-grace-period=1h",
    ]);
    await startComponent(plane, "kube-scheduler", []);
    await addNodes(api);
    await run(
      kwok,
      [
        `--kubeconfig=${kubeconfigPath}`,
        "--manage-all-nodes=true",
        `--cidr=${POD_RANGE}`,
        `--node-ip=${NODE_ADDRESS}`,
        "--server-address=127.0.0.1:0",
      ],
      async () => (await api.list("/api/v1/nodes")).every(isReady),
    );
    await until("namespaces have their account", async () =>
      Boolean(await api.find("/api/v1/namespaces/default/serviceaccounts/default")),
    );
    plane.onStop(startBalancers(api).stop);
    return plane;
  } catch (error) {
    await plane.stop();
    throw error;
  }
}

async function startComponent(
  { programs, authority, files, run, kubeconfigFor }: ControlPlane,
  name: "kube-controller-manager" | "kube-scheduler",
  args: readonly string[],
): Promise<void> {
  const kubeconfig = await kubeconfigFor(`system:${name}`);
  const port = await freePort();
  const own = new ApiClient({ port, authority, token: "" });
  await run(
    join(programs, name),
    [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${port}`,
      `--tls-cert-file=${files.certificate}`,
      `--tls-private-key-file=${files.key}`,
      "--leader-elect=false",
      "--kube-api-qps=500",
      "--kube-api-burst=1000",
      ...args,
    ],
    async () => (await own.send("GET", "/healthz")).status === 200,
  );
}

function isReady({ status }: ApiObject): boolean {
  const { conditions = [] } = (status ?? {}) as {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
  return conditions.some(({ type, status: holds }) => type === "Ready" && holds === "True");
}
