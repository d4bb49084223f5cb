import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type BackendEnvOptions, backendEnv } from "../../../../components/spacelift/env";
import { additionalRootCas } from "../../../../components/spacelift/env";

const secret = (value: string): pulumi.Output<string> => pulumi.secret(value);

const options: BackendEnvOptions = {
  domain: "spacelift.example.com",
  namespace: "spacelift",
  version: "v3.0.0",
  admin: { username: "admin", password: secret("admin-password") },
  licenseToken: secret("licence"),
  encryptionPrivateKey: secret("key"),
  database: { url: secret("postgres://") },
  objectStorage: {
    service: {
      type: "minio",
      endpoint: "minio.example.com",
      tls: true,
      insecureSkipVerify: false,
      accessKeyId: "access",
      secretAccessKey: secret("secret"),
    },
    buckets: {
      states: "states",
      metadata: "metadata",
      uploads: "uploads",
      workspaces: "workspaces",
      binaries: "bin",
    },
    uploadsUrl: "https://minio.example.com",
  },
  launcherRepository: "registry.example.com/launcher",
  telemetry: { vendor: "Disabled" },
  rootCas: [],
  drain: { concurrency: {} },
  extra: { shared: {}, server: {}, drain: {} },
};

describe("backendEnv", () => {
  it("always sets the selectors that default to AWS", () => {
    const { shared } = backendEnv(options);
    assert.equal(shared["OBJECT_STORAGE_TYPE"], "minio");
    assert.equal(shared["ENCRYPTION_TYPE"], "rsa");
    assert.equal(shared["MESSAGE_QUEUE_TYPE"], "postgres");
    assert.equal(shared["MQTT_BROKER_TYPE"], "builtin");
    assert.equal(shared["LICENSE_TYPE"], "jwt");
  });

  it("shares the buckets that the guide gives to one service alone", () => {
    const { shared, server, drain } = backendEnv(options);
    assert.equal(shared["OBJECT_STORAGE_BUCKET_METADATA"], "metadata");
    assert.equal(shared["OBJECT_STORAGE_BUCKET_UPLOADS"], "uploads");
    assert.equal(shared["OBJECT_STORAGE_BUCKET_WORKSPACE"], "workspaces");
    assert.deepEqual(Object.keys(server), ["ADMIN_USERNAME", "ADMIN_PASSWORD", "WEBHOOKS_ENDPOINT"]);
    assert.deepEqual(Object.keys(drain), ["LAUNCHER_IMAGE", "LAUNCHER_IMAGE_TAG"]);
  });

  it("tells no service of a bucket that none of them uses", () => {
    assert.ok(!Object.values(backendEnv(options).shared).includes("bin"));
  });

  it("has nothing but strings and Outputs as values", () => {
    const full = backendEnv({
      ...options,
      drain: { concurrency: { asyncJobs: 4, webhooks: 2 }, messageTimeoutSeconds: 300 },
      telemetry: {
        vendor: "Datadog",
        agentHost: "agent",
        tags: { team: "a", env: "b" },
        traceSampleRate: 0.5,
      },
    });
    for (const env of [full.shared, full.server, full.drain]) {
      for (const [name, value] of Object.entries(env)) {
        assert.ok(typeof value === "string" || pulumi.Output.isInstance(value), name);
      }
    }
    assert.equal(full.drain["DRAIN_CONCURRENCY_ASYNC_JOBS"], "4");
    assert.equal(full.drain["MESSAGE_PROCESSING_TIMEOUT_SECONDS"], "300");
    assert.equal(full.shared["DD_TAGS"], "team:a,env:b");
    assert.equal(full.shared["DD_TRACE_SAMPLE_RATE"], "0.5");
    assert.equal(full.shared["OBSERVABILITY_VENDOR"], "Datadog");
  });

  it("names the broker's Service, or the domain for workers outside", () => {
    const endpoint = (more: Partial<BackendEnvOptions>) =>
      backendEnv({ ...options, ...more }).shared["MQTT_BROKER_ENDPOINT"];
    assert.equal(endpoint({ namespace: "tools" }), "tls://spacelift-mqtt.tools.svc.cluster.local:1984");
    assert.equal(endpoint({ mqttDomain: "mqtt.example.com" }), "tls://mqtt.example.com:1984");
  });

  it("switches on what is chosen and leaves no trace of the rest", () => {
    const bare = backendEnv(options).shared;
    const chosen = [
      "VCS_GATEWAY_ENDPOINT",
      "SPACELIFT_PUBLIC_API",
      "SLACK_SECRET",
      "HTTPS_PROXY",
      "NO_PROXY",
    ];
    assert.deepEqual(
      chosen.filter((name) => name in bare),
      [],
    );
    const full = backendEnv({
      ...options,
      vcsGatewayDomain: "vcs.example.com",
      publicApi: "https://app.spacelift.io",
      slack: { clientId: "1.2", clientSecret: secret("c"), signingSecret: secret("s") },
      proxy: { https: "http://proxy:3128", noProxy: ["minio.example.com"] },
    }).shared;
    assert.equal(full["VCS_GATEWAY_ENDPOINT"], "vcs.example.com:443");
    assert.equal(full["SPACELIFT_PUBLIC_API"], "https://app.spacelift.io");
    assert.equal(full["NO_PROXY"], "localhost,127.0.0.1,.svc,.svc.cluster.local,minio.example.com");
    assert.ok(!("HTTP_PROXY" in full));
    assert.equal(full["SLACK_APP_CLIENT_ID"], "1.2");
  });

  it("lets further variables win", () => {
    const { shared, drain } = backendEnv({
      ...options,
      extra: { shared: { ENVIRONMENT: "staging" }, server: {}, drain: { LAUNCHER_IMAGE: "other" } },
    });
    assert.equal(shared["ENVIRONMENT"], "staging");
    assert.equal(drain["LAUNCHER_IMAGE"], "other");
  });

  it("takes Azure storage without any credentials", () => {
    const { shared } = backendEnv({
      ...options,
      objectStorage: {
        ...options.objectStorage,
        service: { type: "azure", accountUrl: "https://account.blob.core.windows.net" },
      },
    });
    assert.equal(shared["OBJECT_STORAGE_TYPE"], "azure");
    assert.equal(shared["OBJECT_STORAGE_AZURE_ACCOUNT_URL"], "https://account.blob.core.windows.net");
    assert.ok(!Object.keys(shared).some((name) => name.includes("MINIO")));
  });
});

describe("additionalRootCas", () => {
  it("has one doubly encoded entry for every certificate of every chain", () => {
    const pem = (body: string): string => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
    const value = additionalRootCas([pem("AAAA") + pem("BBBB"), pem("CCCC")]);
    const decoded = JSON.parse(Buffer.from(value, "base64").toString()) as { caCertificates: string[] };
    assert.deepEqual(
      decoded.caCertificates.map((entry) => Buffer.from(entry, "base64").toString()),
      [pem("AAAA"), pem("BBBB"), pem("CCCC")],
    );
  });
});
