import assert from "node:assert/strict";
import { openWorld } from "../../rehearsal/twins";
import { objects } from "../../rehearsal/twins/kubernetes/cluster";
import { OperationError, type RehearsedStackOptions, changeCount } from "../support/rehearsed-stack";
import { selfSigned } from "../support/certificates";
import { samples } from "../support/configurations";
import { inOrder, names, operationTimeout, rehearsalOf } from "./support";

const ca = selfSigned("Example CA");

const choices: Readonly<Record<string, Pick<RehearsedStackOptions, "config" | "secrets">>> = {
  "Traefik, a self-signed CA, the VCS gateway, workers outside, telemetry and a registry without TLS": {
    config: {
      version: "v3.4.0",
      ingress: { mode: "traefik", address: "192.0.2.10" },
      tls: { mode: "selfSigned" },
      vcsGateway: { domain: "vcs-gateway.spacelift.example.com" },
      mqtt: { domain: "mqtt.spacelift.example.com", serviceType: "LoadBalancer" },
      telemetry: { vendor: "Datadog", agentHost: "datadog-agent.datadog.svc" },
      usageReporting: true,
      proxy: { https: "http://proxy.example.com:3128", noProxy: ["10.244.0.0/16"] },
      buckets: { createBinaries: true },
      "onprem.registry.plainHttp": true,
    },
  },
  "ingress-nginx, a given CA, a given key, a database with a CA of its own, pools made by hand and images pushed by Docker":
    {
      config: {
        "images.method": "docker",
        ingress: { mode: "ingress-nginx" },
        tls: { mode: "ca", certificate: ca.certificate },
        rootCas: [ca.certificate],
        onprem: {
          registry: { address: "registry.example.com", username: "spacelift" },
          objectStorage: { endpoint: "minio.example.com:9000", adminUser: "minio" },
          database: { caCertificate: ca.certificate },
        },
        workers: { pools: [{ name: "default", size: 2 }] },
      },
      secrets: {
        caPrivateKey: ca.privateKey,
        encryptionPrivateKey: samples.encryptionPrivateKey,
        databaseReadOnlyUrl: "postgres://reader:p@replica.example.com/spacelift?sslmode=require",
        workerPoolCredentials: JSON.stringify({ default: { token: "dG9rZW4=", privateKey: "a2V5" } }),
      },
    },
  "a provided certificate, given buckets and credentials, no workers, policies or budgets": {
    config: {
      tls: { mode: "provided", certificate: ca.certificate },
      onprem: {
        registry: { address: "registry.example.com", open: true },
        objectStorage: {
          endpoint: "minio.example.com",
          createBuckets: false,
          createUser: false,
          accessKeyId: "given-access-key",
        },
      },
      workers: { enabled: false },
      networkPolicies: false,
      podDisruptionBudgets: false,
    },
    secrets: { tlsPrivateKey: ca.privateKey, minioSecretKey: "given-secret-key" },
  },
};

const isWorkerPool = ({ name }: { readonly name: string }): boolean => name.startsWith("workerpools.");
const isTraefik = ({ name }: { readonly name: string }): boolean => name.endsWith(".traefik.io");

for (const [title, choice] of Object.entries(choices)) {
  describe(`an on-premises stack with ${title}`, function () {
    this.timeout(operationTimeout);
    const stack = rehearsalOf({ stack: "onprem", ...choice });

    it("is created, and has nothing to change a second time", async () => {
      assert.deepEqual(Object.keys((await stack().up()).changes), ["create"]);
      assert.equal(changeCount(await stack().preview()), 0);
      assert.equal(changeCount(await stack().refresh()), 0);
    });

    it("leaves the custom kinds behind that it says it leaves", async () => {
      const said = JSON.stringify((await stack().outputs())["keptOnDestroy"]);
      await stack().destroy();
      const left = openWorld(stack().folders.world)
        .read((state) => objects.of(state).entries())
        .map(([, { kind, name }]) => ({ kind, name }))
        .filter(({ kind }) => kind === "CustomResourceDefinition");
      // Traefik's are many: the command takes them by their group.
      const unsaid = left.filter(({ name }) => !said.includes(name) && !/traefik\.io$/.test(name));
      assert.deepEqual(unsaid, []);
      assert.equal(said.includes("workerpools.workers.spacelift.io"), left.some(isWorkerPool));
      assert.equal(said.includes("traefik"), left.some(isTraefik));
    });
  });
}

describe("an on-premises stack in trouble", function () {
  this.timeout(operationTimeout);
  inOrder();
  const fault = { package: "command", name: "platform-images-backend", operation: "create" } as const;
  const stack = rehearsalOf({
    stack: "onprem",
    faults: [{ ...fault, message: "the registry is out of space" }],
  });

  it("rejects a wrong configuration without creating anything", async () => {
    stack().setConfig("domain", "https://spacelift.example.com");
    await assert.rejects(stack().up(), (error) => {
      assert.ok(error instanceof OperationError);
      assert.match(error.message, /1 problem in the configuration; nothing was changed/);
      assert.match(error.message, /run `pulumi config set spacelift:domain spacelift\.example\.com`/);
      assert.doesNotMatch(error.message, /\bat .+\.ts:\d+/);
      return true;
    });
    const { deployment } = await stack().exportState();
    assert.deepEqual(
      (deployment.resources ?? []).filter(({ type }) => type !== "pulumi:pulumi:Stack"),
      [],
    );
    stack().setConfig("domain", "spacelift.example.com");
  });

  it("stops where a push fails and does not start Spacelift", async () => {
    await assert.rejects(stack().up(), (error) => {
      assert.ok(error instanceof OperationError);
      assert.match(error.message, /the registry is out of space/);
      assert.ok(!names(error.summary, "create").includes("spacelift-release"));
      return true;
    });
  });

  it("goes on from there at the next up", async () => {
    const summary = await stack().up();
    assert.ok(names(summary, "create").includes("platform-images-backend"));
    assert.ok(names(summary, "create").includes("spacelift-release"));
    assert.equal(changeCount(await stack().up()), 0);
  });
});
