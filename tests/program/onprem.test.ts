import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ConfigError } from "../../config/problems";
import { type SpaceliftOutputs, program } from "../../program";
import { secretKeys } from "../../config/secrets";
import { selfSigned } from "../support/certificates";
import { releaseImages, writeArchive } from "../support/archives";
import { absent } from "../support/inventory";
import { generated } from "../support/computed-state";
import { type TestConfig, configured, configuredS3, minimal, runnable } from "../support/configurations";
import { fullConfiguration, tellTales } from "../support/full-configuration";
import { assertNoLeaks } from "../support/leaks";
import { type RunResult, run, valueOf } from "../support/run";
import { scratchFolder } from "../support/scratch";

const snapshotFile = join(__dirname, "onprem-identities.snapshot.txt");
const s3SnapshotFile = join(__dirname, "onprem-s3-identities.snapshot.txt");

describe("program on-prem", () => {
  const folder = scratchFolder();
  let archive: string;
  beforeEach(async () => {
    archive = await writeArchive(folder(), "v4.0.0", await releaseImages("v4.0.0"));
  });

  const deploy = (config: TestConfig, preview = false): Promise<RunResult<SpaceliftOutputs>> =>
    run(() => program({ projectDirectory: folder(), archiveCacheDirectory: join(folder(), "cache") }), {
      ...runnable(config),
      preview,
    });

  it("keeps the identity of every resource", async () => {
    const { inventory } = await deploy(fullConfiguration(archive));
    if (process.env["UPDATE_SNAPSHOTS"] === "true") writeFileSync(snapshotFile, inventory.identities());
    // A difference here deletes and makes resources anew on every stack there is: give a renamed one an alias.
    assert.equal(inventory.identities(), readFileSync(snapshotFile, "utf8"));
  });

  it("keeps the identity of every resource on an object storage that is not MinIO", async () => {
    const { inventory, result } = await deploy(configuredS3());
    if (process.env["UPDATE_SNAPSHOTS"] === "true") writeFileSync(s3SnapshotFile, inventory.identities());
    assert.equal(inventory.identities(), readFileSync(s3SnapshotFile, "utf8"));
    inventory.has("pulumi:providers:minio", "platform-storage-minio", {
      minioServer: "s3.example.com",
      minioUser: "spacelift-access-key",
    });
    // The vendor's client for MinIO takes any server that is told by its address.
    const { items } = JSON.parse(await valueOf(result.kubernetesSecrets)) as {
      items: { stringData: Record<string, string> }[];
    };
    const variables = Object.entries(items[0]?.stringData ?? {}).filter(([name]) =>
      /^OBJECT_STORAGE_(?:TYPE|MINIO)/.test(name),
    );
    assert.deepEqual(Object.fromEntries(variables), {
      OBJECT_STORAGE_TYPE: "minio",
      OBJECT_STORAGE_MINIO_ENDPOINT: "s3.example.com",
      OBJECT_STORAGE_MINIO_USE_SSL: "true",
      OBJECT_STORAGE_MINIO_ALLOW_INSECURE: "false",
      OBJECT_STORAGE_MINIO_ACCESS_KEY_ID: "spacelift-access-key",
      OBJECT_STORAGE_MINIO_SECRET_ACCESS_KEY: "planted-s3-secret-key",
    });
    assert.deepEqual(
      result.keptOnDestroy.map(({ what }) => what).filter((what) => what.startsWith("bucket")),
      ["modules", "policy-inputs", "run-logs", "states"].map(
        (name) => `bucket spacelift-${name} with its objects`,
      ),
    );
  });

  it("lets no secret out of its wrapping", async () => {
    const own = selfSigned("spacelift.example.com");
    const provided = configured(
      {
        tls: { mode: "provided", email: undefined, certificate: own.certificate },
        onprem: {
          objectStorage: {
            adminUser: undefined,
            createBuckets: false,
            createUser: false,
            accessKeyId: "access-key",
          },
        },
      },
      {
        tlsPrivateKey: own.privateKey,
        minioAdminPassword: undefined,
        minioSecretKey: "planted-minio-secret-key",
      },
    );
    const s3 = configuredS3(
      { onprem: { objectStorage: { adminAccessKeyId: "deployer" } } },
      { s3AdminSecretKey: "planted-s3-admin-secret-key" },
    );
    const configurations = [fullConfiguration(archive), provided, s3];
    const words = [
      ...tellTales,
      generated.bytes,
      "generated-password-of",
      own.privateKey.split("\n")[1] ?? "",
    ];
    for (const configuration of configurations) {
      const { inventory, result } = await deploy(configuration);
      await assertNoLeaks(inventory, result, words);
    }
    const planted = new Set(configurations.flatMap(({ secrets }) => Object.keys(secrets)));
    assert.deepEqual(
      Object.keys(secretKeys).filter((key) => !planted.has(key)),
      [],
      "secrets that no configuration here has",
    );
  });

  it("marks the outputs secret that are, and no others", async () => {
    const { result } = await deploy(minimal);
    const secrets = await Promise.all(
      Object.entries(result).map(async ([name, output]) =>
        pulumi.Output.isInstance(output) && (await pulumi.isSecret(output)) ? [name] : [],
      ),
    );
    assert.deepEqual(secrets.flat().sort(), ["adminPassword", "encryptionPrivateKey", "kubernetesSecrets"]);
  });

  it("registers the same from the same configuration", async () => {
    const config = fullConfiguration(archive);
    const [first, second] = [await deploy(config), await deploy(config)];
    assert.deepEqual(second.inventory.resources, first.inventory.resources);
  });

  it("plans as many resources as it makes, though nothing is known yet", async () => {
    const config = fullConfiguration(archive);
    const [planned, made] = [await deploy(config, true), await deploy(config)];
    assert.equal(planned.inventory.identities(), made.inventory.identities());
  });

  it("writes no Output into a text", async () => {
    const { inventory } = await deploy(fullConfiguration(archive));
    assert.doesNotMatch(
      JSON.stringify(inventory.resources),
      /Calling \[(?:toString|toJSON)\]|\[object Object\]/,
    );
  });

  it("hangs every component of its own on a provider of its own", async () => {
    const { inventory } = await deploy(fullConfiguration(archive));
    const providers = inventory.resources.filter(({ type }) => type.startsWith("pulumi:providers:"));
    assert.deepEqual(providers.map(({ type }) => type).sort(), [
      "pulumi:providers:kubernetes",
      "pulumi:providers:minio",
    ]);
    inventory.has("pulumi:providers:kubernetes", "platform-kubernetes", { clusterIdentifier: "test" });
  });

  it("protects the encryption key it generates, and generates none when one is given", async () => {
    const keyType = "tls:index/privateKey:PrivateKey";
    const { inventory, result } = await deploy(minimal);
    assert.equal(inventory.one(keyType).options.protect, true);
    inventory.has(keyType, "encryption-key-rsa", { algorithm: "RSA", rsaBits: 4096 });
    const key = Buffer.from(await valueOf(result.encryptionPrivateKey), "base64").toString();
    assert.match(key, /^-----BEGIN PRIVATE KEY-----\n/);
    (await deploy(fullConfiguration(archive))).inventory.count(keyType, 0);
  });

  it("gives the records, the steps and the manifest to go on with", async () => {
    const { result } = await deploy(fullConfiguration(archive));
    assert.deepEqual(await valueOf(result.dnsRecords), [
      { name: "spacelift.example.com", type: "A", value: "192.0.2.10" },
      { name: "vcs-gateway.spacelift.example.com", type: "A", value: "192.0.2.10" },
      {
        name: "mqtt.spacelift.example.com",
        type: "A or CNAME",
        value: "EXTERNAL-IP of `kubectl -n spacelift get service spacelift-mqtt`",
      },
    ]);
    assert.match(await valueOf(result.shell), /^export K8S_WORKER_POOL_NAMESPACE='spacelift-workers'$/m);
    assert.match(await valueOf(result.shell), /^export ADMIN_USERNAME='admin'$/m);
    const manifest = JSON.parse(await valueOf(result.kubernetesSecrets)) as {
      items: { metadata: { name: string }; stringData: Record<string, string> }[];
    };
    assert.deepEqual(
      manifest.items.map(({ metadata }) => metadata.name),
      ["spacelift-shared-1a2b3c4d", "spacelift-server-1a2b3c4d", "spacelift-drain-1a2b3c4d"],
    );
    assert.equal(manifest.items[0]?.stringData["SHARED_EXTRA"], "planted-extra");
    assert.equal(manifest.items[1]?.stringData["ADMIN_PASSWORD"], "planted-admin-password");
    const values = await valueOf(result.helmValues);
    assert.doesNotMatch(JSON.stringify(values), /checksum/);
    assert.match((await valueOf(result.nextSteps)).join("\n"), /^Create the DNS records/);
  });

  it("takes the administrator's login away: variables, password, outputs and step", async () => {
    const { inventory, result } = await deploy(
      configured({ adminLogin: false, workers: { enabled: false } }),
    );
    const passwords = inventory.all("random:index/randomPassword:RandomPassword").map(({ name }) => name);
    assert.ok(!passwords.includes("admin-password"), passwords.join());
    inventory.has("kubernetes:core/v1:Secret", "spacelift-server", {
      stringData: { ADMIN_USERNAME: absent, ADMIN_PASSWORD: absent },
    });
    const names = Object.keys(result).filter((name) => name.startsWith("admin"));
    assert.deepEqual(names, []);
    assert.doesNotMatch((await valueOf(result.nextSteps)).join("\n"), /admin-login/);
    assert.doesNotMatch(await valueOf(result.shell), /ADMIN_USERNAME|K8S_WORKER_POOL_NAMESPACE/);
  });

  it("takes existing namespaces of the ingress controller and cert-manager", async () => {
    const ingress = { mode: "traefik", className: undefined, namespace: "edge", createNamespace: false };
    const certManager = { namespace: "certs", createNamespace: false };
    const { inventory } = await deploy(configured({ ingress, certManager }));
    const created = inventory.all("kubernetes:core/v1:Namespace").map(({ name }) => name);
    assert.deepEqual(
      created.filter((name) => name.startsWith("ingress") || name.startsWith("cert")),
      [],
    );
    inventory.has("kubernetes:helm.sh/v3:Release", "ingress-release", { namespace: "edge" });
    inventory.has("kubernetes:helm.sh/v3:Release", "cert-manager-release", { namespace: "certs" });
  });

  it("installs a release that nobody here knows with the newest charts", async () => {
    const { inventory } = await deploy(configured({ version: "v9.0.0" }));
    inventory.has("kubernetes:helm.sh/v3:Release", "spacelift-release", { version: "0.71.0" });
  });

  it("tells which pools wait for credentials", async () => {
    const { result } = await deploy(configured({ workers: { pools: [{ name: "default" }] } }));
    assert.match((await valueOf(result.nextSteps)).join("\n"), /Give the worker pools default credentials/);
  });

  for (const [mode, types] of Object.entries({
    existing: [],
    traefik: ["ingress-release"],
    "ingress-nginx": ["ingress-release"],
  })) {
    it(`takes the ingress mode ${mode}`, async () => {
      const className = mode === "existing" ? "corporate" : undefined;
      const { inventory } = await deploy(configured({ ingress: { mode, className } }));
      const releases = inventory.all("kubernetes:helm.sh/v3:Release").map(({ name }) => name);
      assert.deepEqual(
        releases.filter((name) => name.startsWith("ingress")),
        types,
      );
    });
  }

  const unmanaged = [{ mode: "existingIssuer", name: "corporate" }, { mode: "existingSecret" }];
  for (const tls of unmanaged) {
    it(`installs no cert-manager with TLS mode ${tls.mode}`, async () => {
      const namespace = { create: false };
      const { inventory } = await deploy(configured({ namespace, tls: { email: undefined, ...tls } }));
      inventory.count("spacelift:cluster:CertManager", 0);
      inventory.count("spacelift:cluster:Issuer", 0);
    });
  }

  it("uses a cert-manager that is there", async () => {
    const { inventory } = await deploy(configured({ certManager: { install: false } }));
    inventory.count("spacelift:cluster:CertManager", 0);
    inventory.one("kubernetes:cert-manager.io/v1:ClusterIssuer");
  });

  it("rejects a wrong configuration before it registers anything", async () => {
    const registered: string[] = [];
    const wrong = configured({ images: { push: true, archive: "./none.tar.gz" }, rootCas: ["./none.pem"] });
    await assert.rejects(
      run(async () => {
        pulumi.runtime.registerStackTransformation(({ type }) => {
          registered.push(type);
          return undefined;
        });
        return program({ projectDirectory: folder(), archiveCacheDirectory: join(folder(), "cache") });
      }, runnable(wrong)),
      (error) => error instanceof ConfigError && error.problems.length === 2,
    );
    assert.deepEqual(registered, []);
  });

  it("rejects a secret stored in plain", async () => {
    const { config, secrets } = runnable(minimal);
    const { "spacelift:licenseToken": licence, ...rest } = secrets;
    await assert.rejects(
      run(() => program({ projectDirectory: folder() }), {
        config: { ...config, "spacelift:licenseToken": licence },
        secrets: rest,
      }),
      /`spacelift:licenseToken`: is a secret but stored in plain/,
    );
  });
});
