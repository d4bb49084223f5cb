import assert from "node:assert/strict";
import { rootCertificates } from "node:tls";
import * as pulumi from "@pulumi/pulumi";
import { Workers, type WorkersArgs } from "../../components/workers";
import { fakePlatform } from "../support/fake-platform";
import { type Inventory, absent, secret } from "../support/inventory";
import { run } from "../support/run";

const poolType = "kubernetes:workers.spacelift.io/v1beta1:WorkerPool";
const secretType = "kubernetes:core/v1:Secret";
const releaseType = "kubernetes:helm.sh/v3:Release";

const pool = (name: string): WorkersArgs["pools"][number] => ({ name, size: 1, resources: {}, spec: {} });

async function workers(
  more: Partial<WorkersArgs> = {},
): Promise<{ readonly inventory: Inventory; readonly waiting: readonly string[] }> {
  const { inventory, result } = await run(() => {
    const created = new Workers("workers", {
      namespace: "spacelift-workers",
      controllerNamespace: "controller",
      namespaceLabels: {},
      endpoint: "https://spacelift.example.com",
      pools: [pool("default"), pool("gpu")],
      credentials: {},
      images: fakePlatform().images,
      rootCas: [],
      networkPolicies: true,
      chart: {},
      helmValues: {},
      spacelift: new pulumi.ComponentResource("test:index:Spacelift", "the-release"),
      ...more,
    });
    return { waiting: created.waitingPools };
  });
  return { inventory, waiting: result.waiting };
}

describe("Workers", () => {
  it("works without credentials and says which pools wait", async () => {
    const { inventory, waiting } = await workers();
    inventory.count(poolType, 0);
    assert.deepEqual(waiting, ["default", "gpu"]);
    inventory.has(releaseType, "workers-controller", {
      chart: "spacelift-workerpool-controller",
      values: { crds: { install: true }, controllerManager: { namespaces: ["spacelift-workers"] } },
    });
  });

  it("registers pools with the API key, which only the controller gets", async () => {
    const { inventory, waiting } = await workers({
      apiKey: { id: "01HX", secret: pulumi.secret("planted-key") },
    });
    inventory.has(secretType, "workers-api-credentials", {
      metadata: { name: "spacelift-api-credentials", namespace: "controller" },
      stringData: secret({
        keyId: "01HX",
        keySecret: "planted-key",
        endpoint: "https://spacelift.example.com",
      }),
    });
    inventory.count(poolType, 2);
    inventory.has(poolType, "workers-pool-gpu", {
      metadata: { name: "gpu" },
      spec: { poolSize: 1, token: absent },
    });
    assert.deepEqual(waiting, []);
  });

  it("gives a pool made by hand its own Secret", async () => {
    const credentials = {
      gpu: { token: pulumi.secret("planted-token"), privateKey: pulumi.secret("planted-private") },
    };
    const { inventory, waiting } = await workers({ credentials });
    inventory.has(secretType, "workers-pool-gpu-credentials", {
      metadata: { namespace: "spacelift-workers" },
      stringData: secret({ token: "planted-token", privateKey: "planted-private" }),
    });
    inventory.has(poolType, "workers-pool-gpu", {
      spec: { token: { secretKeyRef: { name: "gpu-credentials", key: "token" } } },
    });
    assert.deepEqual(waiting, ["default"]);
  });

  it("goes pools first, then the controller, then Spacelift", async () => {
    const { inventory } = await workers({ apiKey: { id: "01HX", secret: pulumi.secret("planted-key") } });
    assert.ok(inventory.one(poolType, "workers-pool-gpu").options.dependsOn.includes("workers-controller"));
    assert.deepEqual(inventory.one(releaseType).options.dependsOn, [
      "the-release",
      "workers-namespace",
      "workers-api-credentials",
    ]);
  });

  it("makes controller and runs trust further CAs", async () => {
    const { inventory } = await workers({ rootCas: ["PEM-1\n", "PEM-2\n"] });
    const mapType = "kubernetes:core/v1:ConfigMap";
    inventory.has(mapType, "workers-controller-trusted-cas", {
      data: { "trusted-cas.pem": "PEM-1\nPEM-2\n", "ca-bundle.crt": absent },
    });
    inventory.has(mapType, "workers-trusted-cas", {
      data: {
        "trusted-cas.pem": "PEM-1\nPEM-2\n",
        "ca-bundle.crt": `${rootCertificates.join("\n")}\nPEM-1\nPEM-2\n`,
      },
    });
    inventory.has(releaseType, "workers-controller", {
      values: { controllerManager: { extraVolumes: [{ configMap: { name: "spacelift-trusted-cas" } }] } },
    });
  });

  it("takes namespaces that exist", async () => {
    const { inventory } = await workers({ createNamespace: false, createControllerNamespace: false });
    inventory.count("kubernetes:core/v1:Namespace", 0);
    inventory.has(releaseType, "workers-controller", { namespace: "controller" });
    assert.deepEqual(inventory.one(releaseType).options.dependsOn, ["the-release"]);
  });

  it("gives the controller the id of an OIDC key alone, as the vendor documents it", async () => {
    const { inventory } = await workers({ apiKey: { id: "01HX" } });
    inventory.has(secretType, "workers-api-credentials", {
      stringData: secret({ keyId: "01HX", keySecret: absent, endpoint: "https://spacelift.example.com" }),
    });
    inventory.count(poolType, 2);
  });

  it("keeps the address of a proxy, which may hold a password, out of the pools", async () => {
    const proxy = { https: "http://user:planted-proxy@proxy:3128", noProxy: ["minio"] };
    const { inventory } = await workers({ proxy, podCidr: "10.244.0.0/16", apiKey: { id: "01HX" } });
    inventory.has(secretType, "workers-proxy", {
      metadata: { name: "spacelift-proxy", namespace: "spacelift-workers" },
      stringData: secret({
        HTTPS_PROXY: "http://user:planted-proxy@proxy:3128",
        NO_PROXY: "localhost,127.0.0.1,.svc,.svc.cluster.local,minio,10.244.0.0/16",
      }),
    });
    const reference = (name: string, key: string): object => ({
      name,
      valueFrom: { secretKeyRef: { name: "spacelift-proxy", key } },
    });
    const env = [
      reference("HTTPS_PROXY", "HTTPS_PROXY"),
      reference("https_proxy", "HTTPS_PROXY"),
      reference("NO_PROXY", "NO_PROXY"),
      reference("no_proxy", "NO_PROXY"),
    ];
    inventory.has(poolType, "workers-pool-gpu", {
      spec: {
        pod: { initContainer: { env }, grpcServerContainer: { env }, workerContainer: { env } },
      },
    });
    (await workers()).inventory.count(secretType, 0);
  });

  it("lets a mirrored controller pull from the registry", async () => {
    const images = { ...fakePlatform().images, pullCredentials: pulumi.secret("planted-pull") };
    const helmValues = {
      controllerManager: { manager: { image: { repository: "registry.example.com/c" } } },
    };
    const mirrored = (await workers({ images, helmValues })).inventory;
    mirrored.has(secretType, "workers-controller-pull", {
      metadata: { name: "spacelift-registry", namespace: "controller" },
      stringData: secret({ ".dockerconfigjson": "planted-pull" }),
    });
    mirrored.has(releaseType, "workers-controller", {
      values: { controllerManager: { imagePullSecrets: [{ name: "spacelift-registry" }] } },
    });
    const byChart = (await workers({ images, chart: { chart: "oci://registry.example.com/c" } })).inventory;
    byChart.count(secretType, 2);
    const vendors = (await workers({ images })).inventory;
    vendors.count(secretType, 1);
    vendors.has(releaseType, "workers-controller", {
      values: { controllerManager: { imagePullSecrets: absent } },
    });
  });

  it("keeps node drains and autoscalers away from runs, unless told otherwise", async () => {
    const stays = {
      "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
      "karpenter.sh/do-not-disrupt": "true",
    };
    const long = {
      ...pool("gpu"),
      spec: { pod: { activeDeadlineSeconds: 14_400, annotations: { a: "b" } } },
    };
    const apiKey = { id: "01HX", secret: pulumi.secret("planted-key") };
    const { inventory } = await workers({ apiKey, pools: [pool("default"), long] });
    // A number, and more than there can be pods: a share cannot be worked out for pods that a Worker owns, which has no scale
    // (k8s.io/kubernetes, pkg/controller/disruption: getExpectedPodCount).
    inventory.has(releaseType, "workers-controller", {
      values: { pdb: { enabled: true, minAvailable: 10_000 } },
    });
    inventory.has(poolType, "workers-pool-gpu", { spec: { pod: { annotations: { ...stays, a: "b" } } } });
    assert.equal(inventory.one(poolType, "workers-pool-default").options.deleteTimeout, "90m");
    assert.equal(inventory.one(poolType, "workers-pool-gpu").options.deleteTimeout, "260m");
    (await workers({ podDisruptionBudgets: false })).inventory.has(releaseType, "workers-controller", {
      values: { pdb: absent },
    });
  });

  it("leaves the kinds of pools to those who use them, and says how to be rid of them", async () => {
    (await workers()).inventory.has(releaseType, "workers-controller", {
      values: { crds: { annotations: { "helm.sh/resource-policy": "keep" } } },
    });
  });

  it("fences the runs off, unless told otherwise", async () => {
    const policyType = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
    (await workers()).inventory.count(policyType, 2);
    (await workers({ networkPolicies: false })).inventory.count(policyType, 0);
  });
});
