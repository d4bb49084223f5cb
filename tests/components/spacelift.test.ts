import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Platform } from "../../components/platform/platform";
import { Spacelift, type SpaceliftArgs } from "../../components/spacelift";
import { fakePlatform } from "../support/fake-platform";
import { type SecretValue, absent, anything, secret } from "../support/inventory";
import { run } from "../support/run";

const service = { replicas: 3, nodeSelector: {}, tolerations: [] };

interface Changes extends Partial<SpaceliftArgs> {
  readonly adminPassword?: string;
}

const args = (platform: Platform, { adminPassword, ...more }: Changes = {}): SpaceliftArgs => ({
  platform,
  namespace: { name: "spacelift", create: true },
  env: {
    domain: "spacelift.example.com",
    admin: { username: "admin", password: pulumi.secret(adminPassword ?? "planted-admin") },
    licenseToken: pulumi.secret("planted-licence"),
    encryptionPrivateKey: pulumi.secret("planted-key"),
    telemetry: { vendor: "Disabled" },
    rootCas: [],
    drain: { concurrency: {} },
    extra: { shared: {}, server: {}, drain: {} },
  },
  services: { server: service, drain: service, scheduler: service, vcsGateway: service },
  ingress: {
    className: "traefik",
    software: "traefik",
    annotations: {},
    vcsGatewayAnnotations: {},
    ready: [],
  },
  certificates: { type: "existingIssuer", kind: "ClusterIssuer", name: "corporate" },
  mqtt: { serviceType: "ClusterIP", annotations: {}, allowedRanges: [] },
  chart: { timeoutMinutes: 20 },
  helmValues: {},
  networkPolicies: { externalWorkers: false, acmeChallenges: false },
  podDisruptionBudgets: true,
  ...more,
});

const spacelift = async (more: Changes = {}, platform: Partial<Platform> = {}) => {
  const { inventory } = await run(() => {
    const fake = fakePlatform(platform);
    new Spacelift("spacelift", args(fake, more), { providers: [fake.kubernetes.provider] });
  });
  return inventory;
};

const secretType = "kubernetes:core/v1:Secret";
const releaseType = "kubernetes:helm.sh/v3:Release";

describe("Spacelift", () => {
  it("puts the variables into three Secrets", async () => {
    const inventory = await spacelift();
    inventory.has(secretType, "spacelift-shared", {
      // The provider names it, and makes another one when a variable changes (its pkg/provider/diff.go and autonaming).
      metadata: { name: absent, namespace: "spacelift" },
      immutable: true,
      stringData: secret({
        SERVER_DOMAIN: "spacelift.example.com",
        OBJECT_STORAGE_TYPE: "azure",
        LICENSE_TOKEN: "planted-licence",
        DATABASE_URL: "postgres://u:planted@h/d",
        ENCRYPTION_RSA_PRIVATE_KEY: "planted-key",
      }),
    });
    inventory.has(secretType, "spacelift-server", {
      stringData: secret({ ADMIN_PASSWORD: "planted-admin" }),
    });
    inventory.has(secretType, "spacelift-drain", {
      stringData: secret({ LAUNCHER_IMAGE: "registry.example.com/launcher", LAUNCHER_IMAGE_TAG: "v3.0.0" }),
    });
  });

  it("installs the chart of the release, waits for the pods and rolls back what fails", async () => {
    const inventory = await spacelift();
    inventory.has(releaseType, "spacelift-release", {
      chart: "spacelift-self-hosted",
      version: "0.62.0",
      name: "spacelift",
      namespace: "spacelift",
      atomic: true,
      timeout: 1200,
      skipAwait: absent,
      repositoryOpts: { repo: "https://downloads.spacelift.io/helm" },
    });
  });

  describe("who starts recurring work", () => {
    const budgets = "kubernetes:policy/v1:PodDisruptionBudget";
    const of = (tag: string, chart: SpaceliftArgs["chart"] = {}) =>
      spacelift(
        { chart },
        { images: { ...fakeImages, backend: `registry.example.com/backend:${tag}`, tag } },
      );

    it("is the scheduler up to v6.3", async () => {
      const inventory = await of("v6.3.0");
      inventory.has(releaseType, "spacelift-release", {
        version: "0.71.0",
        values: secret({ scheduler: { replicaCount: 3 } }),
      });
      inventory.has(secretType, "spacelift-drain", {
        stringData: secret({ LAUNCHER_IMAGE_TAG: "v6.3.0", DRAIN_SCHEDULER_ENABLED: absent }),
      });
      inventory.count(budgets, 3);
    });

    it("is the drain from v6.4 on: a scheduler has neither pods nor a budget", async () => {
      const inventory = await of("v6.4.0");
      inventory.has(releaseType, "spacelift-release", {
        version: "0.71.0",
        values: secret({ scheduler: { replicaCount: 0, resources: absent } }),
      });
      inventory.has(secretType, "spacelift-drain", {
        stringData: secret({ DRAIN_SCHEDULER_ENABLED: absent }),
      });
      inventory.count(budgets, 2);
    });

    it("is the drain when it is told to, where nobody knows whether the chart has a scheduler", async () => {
      const inventory = await of("v6.2.0", { version: "0.90.0" });
      inventory.has(releaseType, "spacelift-release", {
        version: "0.90.0",
        values: secret({ scheduler: { replicaCount: 0 } }),
      });
      inventory.has(secretType, "spacelift-drain", {
        stringData: secret({ DRAIN_SCHEDULER_ENABLED: "true" }),
      });
      inventory.count(budgets, 2);
    });
  });

  it("rolls the pods of the services whose variables changed, and no others", async () => {
    const checksums = async (password: string): Promise<Record<string, unknown>> => {
      const inventory = await spacelift({ adminPassword: password });
      // Mocks hand a whole property over as secret when anything inside is; the engine keeps to the leaf.
      const { value } = inventory.one(releaseType).inputs["values"] as SecretValue;
      const values = value as Record<string, { podAnnotations: Record<string, string> }>;
      return Object.fromEntries(
        ["server", "drain", "scheduler"].map((name) => {
          const [sum] = Object.values(values[name]?.podAnnotations ?? {});
          assert.match(sum ?? "", /^[0-9a-f]{64}$/);
          return [name, sum];
        }),
      );
    };
    const before = await checksums("planted-admin");
    const after = await checksums("another");
    assert.notEqual(after["server"], before["server"]);
    assert.equal(after["drain"], before["drain"]);
    assert.equal(after["scheduler"], before["scheduler"]);
  });

  it("merges the operator's values last", async () => {
    const inventory = await spacelift({
      helmValues: { server: { replicaCount: 7 }, shared: { image: "other:v1" } },
    });
    inventory.has(releaseType, "spacelift-release", {
      values: secret({
        server: { replicaCount: 7, secretRef: "spacelift-server-1a2b3c4d" },
        shared: { image: "other:v1" },
      }),
    });
  });

  it("makes a service account that carries pull secrets and the workload's identity", async () => {
    const inventory = await spacelift(
      {},
      {
        images: {
          ...fakeImages,
          pullCredentials: pulumi.secret('{"auths":{}}'),
          pullSecretNames: ["given"],
        },
        workloadIdentity: {
          serviceAccountAnnotations: { "azure.workload.identity/client-id": "id" },
          podLabels: { "azure.workload.identity/use": "true" },
        },
      },
    );
    inventory.has(secretType, "spacelift-pull", {
      type: "kubernetes.io/dockerconfigjson",
      stringData: secret({ ".dockerconfigjson": '{"auths":{}}' }),
    });
    inventory.has("kubernetes:core/v1:ServiceAccount", "spacelift-account", {
      metadata: { name: "spacelift-backend", annotations: { "azure.workload.identity/client-id": "id" } },
      imagePullSecrets: [{ name: "spacelift-registry" }, { name: "given" }],
    });
    inventory.has(releaseType, "spacelift-release", {
      values: secret({ server: { podLabels: { "azure.workload.identity/use": "true" } } }),
    });
  });

  it("starts only when the images are pushed", async () => {
    const { inventory } = await run(() => {
      const pushed = new pulumi.ComponentResource("test:index:Push", "push");
      const fake = fakePlatform({ images: { ...fakeImages, pushed: [pushed] } });
      new Spacelift("spacelift", args(fake), { providers: [fake.kubernetes.provider] });
    });
    assert.ok(inventory.one(releaseType).options.dependsOn.includes("push"));
  });

  it("switches the VCS gateway on as a whole", async () => {
    const inventory = await spacelift({ vcsGatewayDomain: "vcs.example.com" });
    inventory.has(releaseType, "spacelift-release", {
      values: secret({
        vcsGateway: {
          enabled: true,
          domain: "vcs.example.com",
          service: { annotations: { "traefik.ingress.kubernetes.io/service.serversscheme": "h2c" } },
          ingress: { annotations: { "cert-manager.io/cluster-issuer": "corporate" } },
        },
      }),
    });
    inventory.has(secretType, "spacelift-shared", {
      stringData: secret({ VCS_GATEWAY_ENDPOINT: "vcs.example.com:443" }),
    });
    inventory.one("kubernetes:networking.k8s.io/v1:NetworkPolicy", "spacelift-policy-vcs-gateway");
    inventory.count("kubernetes:policy/v1:PodDisruptionBudget", 4);
  });

  it("puts a given certificate under the names the chart looks for", async () => {
    const certificates = {
      type: "provided",
      certificate: "PEM",
      privateKey: pulumi.secret("planted-tls"),
    } as const;
    const inventory = await spacelift({ certificates, vcsGatewayDomain: "vcs.example.com" });
    for (const name of ["cert", "vcs-gateway-cert"]) {
      inventory.has(secretType, `spacelift-${name}`, {
        metadata: { name },
        type: "kubernetes.io/tls",
        stringData: secret({ "tls.crt": "PEM", "tls.key": "planted-tls" }),
      });
    }
    assert.deepEqual(
      inventory.one(releaseType).options.dependsOn.filter((name) => name.includes("cert")),
      ["spacelift-cert", "spacelift-vcs-gateway-cert"],
    );
  });

  it("mounts the database's CA into every service", async () => {
    const inventory = await spacelift(
      {},
      { database: { url: pulumi.secret("postgres://u:p@h/d"), caCertificate: "PEM" } },
    );
    inventory.has("kubernetes:core/v1:ConfigMap", "spacelift-database-ca", { data: { "ca.pem": "PEM" } });
    for (const name of ["server", "drain", "scheduler"]) {
      inventory.has(releaseType, "spacelift-release", {
        values: secret({
          [name]: { volumes: [{ configMap: { name: "spacelift-database-ca" } }], volumeMounts: [anything] },
        }),
      });
    }
  });

  it("leaves out a given namespace, policies and budgets on demand", async () => {
    const { inventory } = await run(() => {
      const fake = fakePlatform();
      const { networkPolicies, ...rest } = args(fake);
      const bare = {
        ...rest,
        platform: fake,
        podDisruptionBudgets: false,
        namespace: { name: "given", create: false },
      };
      new Spacelift("spacelift", bare, { providers: [fake.kubernetes.provider] });
    });
    inventory.count("kubernetes:core/v1:Namespace", 0);
    inventory.count("kubernetes:networking.k8s.io/v1:NetworkPolicy", 0);
    inventory.count("kubernetes:policy/v1:PodDisruptionBudget", 0);
    inventory.has(releaseType, "spacelift-release", { namespace: "given" });
  });
});

const fakeImages: Platform["images"] = {
  backend: "registry.example.com/backend:v3.0.0",
  launcherRepository: "registry.example.com/launcher",
  tag: "v3.0.0",
  pullSecretNames: [],
  pushed: [],
};
