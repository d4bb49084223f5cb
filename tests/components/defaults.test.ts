import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  CertManager,
  EncryptionKey,
  IngressController,
  ObjectStorage,
  OnPremPlatform,
  Spacelift,
  type SpaceliftArgs,
  Workers,
} from "../../components";
import { fakePlatform } from "../support/fake-platform";
import { absent, type Inventory, secret } from "../support/inventory";
import { run } from "../support/run";

const made = async (program: () => void): Promise<Inventory> => (await run(program)).inventory;

const releaseType = "kubernetes:helm.sh/v3:Release";
const namespaceType = "kubernetes:core/v1:Namespace";
const bucketType = "minio:index/s3Bucket:S3Bucket";
const password = pulumi.secret("planted-password");

/** The least that makes Spacelift. */
const least = (): Omit<SpaceliftArgs, "platform"> => ({
  env: {
    domain: "spacelift.example.com",
    admin: { username: "admin", password },
    licenseToken: pulumi.secret("planted-licence"),
    encryptionPrivateKey: pulumi.secret("planted-key"),
  },
  ingress: { className: "nginx" },
  certificates: { type: "existingSecret" },
});

describe("components with nothing but what they cannot do without", () => {
  it("Spacelift", async () => {
    const inventory = await made(() => {
      new Spacelift("spacelift", { platform: fakePlatform(), ...least() });
    });
    inventory.has(namespaceType, "spacelift-namespace", { metadata: { name: "spacelift" } });
    inventory.has(releaseType, "spacelift-release", { version: "0.62.0", timeout: 1200 });
    inventory.count("kubernetes:policy/v1:PodDisruptionBudget", 3);
    inventory.count("kubernetes:networking.k8s.io/v1:NetworkPolicy", 0);
    inventory.has("kubernetes:core/v1:Secret", "spacelift-shared", {
      stringData: secret({ OBSERVABILITY_VENDOR: "Disabled" }),
    });
  });

  it("Spacelift takes an undefined argument as one that is left out, as looser compilers let through", async () => {
    const values = async (more: object, replicas?: number): Promise<unknown> => {
      let spacelift: Spacelift | undefined;
      await run(() => {
        const platform = fakePlatform(replicas === undefined ? {} : { replicas });
        spacelift = new Spacelift("spacelift", { platform, ...least(), ...more });
      });
      const { server, mqttService } = spacelift?.values as {
        server: { replicaCount: number };
        mqttService: { type: string };
      };
      return [server.replicaCount, mqttService.type];
    };
    assert.deepEqual(await values({}), [3, "ClusterIP"]);
    assert.deepEqual(await values({}, 1), [1, "ClusterIP"]);
    const loose = { services: { server: { replicas: undefined } }, mqtt: { serviceType: undefined } };
    assert.deepEqual(await values(loose), [3, "ClusterIP"]);
    assert.deepEqual(await values({ services: { server: { replicas: 5 } } }, 1), [5, "ClusterIP"]);
  });

  it("Workers", async () => {
    const inventory = await made(() => {
      new Workers("workers", {
        endpoint: "https://spacelift.example.com",
        apiKey: { id: "01HX", secret: password },
        pools: [{ name: "default", size: 1 }],
        images: { pullSecretNames: [], tag: "v3.0.0" },
        spacelift: new pulumi.ComponentResource("test:index:Spacelift", "spacelift"),
      });
    });
    inventory.has(namespaceType, "workers-namespace", { metadata: { name: "spacelift-workers" } });
    inventory.has("kubernetes:workers.spacelift.io/v1beta1:WorkerPool", "workers-pool-default", {
      spec: { poolSize: 1 },
    });
    inventory.count("kubernetes:networking.k8s.io/v1:NetworkPolicy", 2);
  });

  it("IngressController", async () => {
    const inventory = await made(() => {
      new IngressController("ingress", {});
    });
    inventory.has(namespaceType, "ingress-namespace", { metadata: { name: "traefik" } });
    inventory.has(releaseType, "ingress-release", {
      name: "traefik",
      values: {
        deployment: { replicas: 2 },
        ingressClass: { name: "traefik" },
        service: { spec: { type: "LoadBalancer", externalTrafficPolicy: "Cluster" } },
      },
    });
  });

  it("IngressController with ingress-nginx", async () => {
    const inventory = await made(() => {
      new IngressController("ingress", { controller: "ingress-nginx" });
    });
    inventory.has(namespaceType, "ingress-namespace", { metadata: { name: "ingress-nginx" } });
    inventory.has(releaseType, "ingress-release", { values: { controller: { ingressClass: "nginx" } } });
  });

  it("CertManager", async () => {
    const inventory = await made(() => {
      new CertManager("cert-manager", {});
    });
    inventory.has(namespaceType, "cert-manager-namespace", { metadata: { name: "cert-manager" } });
    inventory.has(releaseType, "cert-manager-release", {
      values: { crds: { enabled: true }, config: absent },
    });
  });

  it("EncryptionKey, which is protected", async () => {
    const inventory = await made(() => {
      new EncryptionKey("key", {});
    });
    assert.equal(inventory.one("tls:index/privateKey:PrivateKey").options.protect, true);
  });

  it("ObjectStorage, whose data is protected", async () => {
    const inventory = await made(() => {
      new ObjectStorage("storage", { endpoint: "minio.example.com", admin: { user: "minio", password } });
    });
    inventory.count(bucketType, 10);
    assert.equal(inventory.all(bucketType).filter(({ options }) => options.protect).length, 4);
    inventory.has("pulumi:providers:minio", "storage-minio", { minioSsl: "true", minioRegion: "us-east-1" });
    inventory.has("minio:index/iamUser:IamUser", "storage-user", { name: "spacelift" });
  });

  it("OnPremPlatform", async () => {
    let platform: OnPremPlatform | undefined;
    const inventory = await made(() => {
      platform = new OnPremPlatform("platform", {
        cluster: { identifier: "test" },
        registry: { address: "registry.example.com", credentials: { username: "spacelift", password } },
        images: { version: "v3.0.0", backendRepository: "backend", launcherRepository: "launcher" },
        objectStorage: { endpoint: "minio.example.com", admin: { user: "minio", password } },
        database: { url: pulumi.secret("postgres://u:p@h/d") },
      });
    });
    inventory.count(bucketType, 10);
    assert.equal(platform?.kept.length, 4);
    assert.equal(platform.objectStorage.uploadsUrl, "https://minio.example.com");
    assert.ok(platform.images.pullCredentials);
  });
});
