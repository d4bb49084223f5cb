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

  it("fences the runs off, unless told otherwise", async () => {
    const policyType = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
    (await workers()).inventory.count(policyType, 2);
    (await workers({ networkPolicies: false })).inventory.count(policyType, 0);
  });
});
