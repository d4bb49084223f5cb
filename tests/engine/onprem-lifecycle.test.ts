import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { changeCount } from "../support/rehearsed-stack";
import { inOrder, names, operationTimeout, position, rehearsalOf } from "./support";

/** What must survive a destroy. */
const kept = [
  "encryption-key-rsa",
  "platform-storage-modules",
  "platform-storage-modules-versioning",
  "platform-storage-policy-inputs",
  "platform-storage-policy-inputs-versioning",
  "platform-storage-run-logs",
  "platform-storage-run-logs-versioning",
  "platform-storage-states",
  "platform-storage-states-versioning",
];

describe("the life of an on-premises stack", function () {
  this.timeout(operationTimeout);
  inOrder();
  const stack = rehearsalOf({ stack: "onprem" });
  let encryptionKey: unknown;

  it("is created as a whole", async () => {
    const summary = await stack().up();
    assert.deepEqual(Object.keys(summary.changes), ["create"]);
    assert.equal(summary.changes["create"], 79);
    const outputs = await stack().outputs({ showSecrets: true });
    encryptionKey = outputs["encryptionPrivateKey"];
    const key = createPrivateKey(Buffer.from(text(encryptionKey), "base64").toString());
    assert.equal(key.asymmetricKeyDetails?.modulusLength, 4096);
    assert.equal(outputs["url"], "https://spacelift.example.com");
  });

  it("is healthy then, and says what has gone behind its back", async () => {
    const { verdict, reasons } = await stack().status();
    assert.deepEqual([verdict, ...reasons], ["healthy"]);
    stack().deleteObject("Secret", "cert");
    const { verdict: now, reasons: complaints } = await stack().status();
    assert.equal(now, "degraded");
    assert.match(
      complaints.join("\n"),
      /certificate of spacelift\.example\.com: the Secret cert does not exist/,
    );
    stack().deleteObject("Deployment", "spacelift-server");
    assert.equal((await stack().status()).verdict, "down");
  });

  it("pushes both images at the same time and starts Spacelift after them", async () => {
    const { deployment } = await stack().exportState();
    const named = (name: string) => deployment.resources?.find(({ urn }) => urn.endsWith(`::${name}`));
    const backend = named("platform-images-backend");
    const launcher = named("platform-images-launcher");
    assert.ok(!launcher?.dependencies?.some((urn) => urn.includes("backend")));
    const release = named("spacelift-release");
    assert.ok(release?.dependencies?.includes(String(backend?.urn)));
    assert.ok(release?.dependencies?.includes(String(launcher?.urn)));
  });

  it("keeps secrets encrypted in the state and out of the engine's words", async () => {
    const { outputs, stdout } = await stack().preview();
    const state = JSON.stringify(await stack().exportState());
    const clear = await stack().outputs({ showSecrets: true });
    for (const name of ["adminPassword", "encryptionPrivateKey"]) {
      const value = text(clear[name]);
      assert.ok(value.length > 20, name);
      assert.ok(!state.includes(value), `${name} in the state`);
      assert.ok(!stdout.includes(value), `${name} in the events`);
      assert.equal(outputs?.[name], "[secret]");
    }
    const secrets = JSON.parse(text(clear["kubernetesSecrets"])) as {
      items: { stringData: Record<string, string> }[];
    };
    const hidden = [
      "LICENSE_TOKEN",
      "DATABASE_URL",
      "OBJECT_STORAGE_MINIO_SECRET_ACCESS_KEY",
      "ADMIN_PASSWORD",
    ];
    for (const { stringData } of secrets.items) {
      for (const name of hidden) {
        const value = stringData[name];
        if (value !== undefined) assert.ok(!state.includes(value) && !stdout.includes(value), name);
      }
    }
  });

  it("has nothing to change a second time, nor after a refresh", async () => {
    assert.equal(changeCount(await stack().preview()), 0);
    assert.equal(changeCount(await stack().up()), 0);
    assert.equal(changeCount(await stack().refresh()), 0);
  });

  it("rolls only what reads a secret that changed", async () => {
    stack().setConfig("adminPassword", "another-long-password", { secret: true });
    const summary = await stack().up();
    assert.deepEqual(names(summary, "update"), ["spacelift-release"]);
    assert.deepEqual(names(summary, "replace"), ["spacelift-server"]);
    assert.deepEqual(names(summary, "delete"), ["admin-password"]);
    assert.ok(position(summary, "spacelift-server") < position(summary, "spacelift-release"));
  });

  it("upgrades without replacing anything that holds data", async () => {
    stack().setConfig("version", "v3.1.0");
    const summary = await stack().up();
    assert.deepEqual(names(summary, "replace"), [
      "platform-images-backend",
      "platform-images-launcher",
      "spacelift-drain",
    ]);
    assert.deepEqual(names(summary, "update"), ["spacelift-release"]);
    assert.ok(position(summary, "platform-images-launcher") < position(summary, "spacelift-release"));
    assert.equal(changeCount(await stack().up()), 0);
  });

  it("goes back to no older release, nor past a major version, and says so before anything is done", async () => {
    for (const [version, problem] of [
      ["v3.0.0", /is v3\.0\.0, and the newer v3\.1\.0 is deployed.*config set spacelift:version v3\.1\.0/],
      ["v5.1.1", /skips a major version: v3\.1\.0 is deployed.*go by v3\.1\.0, v4\.3\.0, v5\.1\.1/],
    ] as const) {
      stack().setConfig("version", version);
      await assert.rejects(stack().preview(), problem);
      await assert.rejects(stack().up(), problem);
    }
  });

  it("remembers the release that runs where the next one does not start", async () => {
    stack().setConfig("version", "v3.4.0");
    await stack().setFaults([
      { package: "kubernetes", name: "spacelift-release", operation: "update", message: "timed out" },
    ]);
    await assert.rejects(stack().up(), /timed out/);
    assert.equal((await stack().outputs())["version"], "v3.1.0");
    stack().setConfig("version", "v3.1.0");
    await stack().up();
    assert.equal(changeCount(await stack().up()), 0);
  });

  it("takes worker pools as soon as there are credentials for them", async () => {
    stack().setConfig("version", "v3.7.0");
    stack().setConfig("workers.apiKeyId", "01HX0000000000000000000000");
    stack().setConfig("workerApiKeySecret", "an-api-key-secret", { secret: true });
    const summary = await stack().up();
    assert.deepEqual(names(summary, "create"), ["workers-api-credentials", "workers-pool-default"]);
    const steps = JSON.stringify(summary.outputs?.["nextSteps"]);
    assert.doesNotMatch(steps, /worker pools/);
  });

  it("switches the VCS gateway on", async () => {
    stack().setConfig("vcsGateway.domain", "vcs-gateway.spacelift.example.com");
    const summary = await stack().up();
    assert.deepEqual(names(summary, "create"), [
      "spacelift-budget-vcs-gateway",
      "spacelift-policy-vcs-gateway",
    ]);
    assert.deepEqual(names(summary, "update"), ["spacelift-release"]);
    assert.deepEqual(names(summary, "replace"), ["spacelift-shared"]);
    assert.match(JSON.stringify(summary.outputs?.["dnsRecords"]), /vcs-gateway\.spacelift\.example\.com/);
  });

  it("has certificates of another signer: its issuer is made and in use before the other goes", async () => {
    stack().setConfig("tls.environment", "staging");
    const summary = await stack().up();
    assert.deepEqual(names(summary, "create"), ["issuer-letsencrypt-staging-issuer"]);
    assert.deepEqual(names(summary, "update"), ["spacelift-release"]);
    assert.deepEqual(names(summary, "delete"), ["issuer-letsencrypt-issuer"]);
    assert.ok(
      position(summary, "issuer-letsencrypt-staging-issuer") < position(summary, "spacelift-release"),
    );
    assert.ok(position(summary, "spacelift-release") < position(summary, "issuer-letsencrypt-issuer"));
    assert.equal(changeCount(await stack().up()), 0);
  });

  it("keeps the issuer to try certificates with beside the one that signs", async () => {
    stack().setConfig("tls.stagingIssuer", true);
    assert.equal(changeCount(await stack().up()), 0);
    stack().setConfig("tls.environment", "production");
    const summary = await stack().up();
    assert.deepEqual(names(summary, "create"), ["issuer-letsencrypt-issuer"]);
    assert.deepEqual(names(summary, "update"), ["spacelift-release"]);
    assert.deepEqual(names(summary, "delete"), []);
  });

  it("is upgraded to a release without a scheduler, whose budget goes with it", async () => {
    stack().setConfig("version", "v6.4.0");
    stack().setConfig("upgrade.allowFrom", "v3.7.0");
    const summary = await stack().up();
    assert.deepEqual(names(summary, "update"), ["spacelift-release", "workers-controller"]);
    assert.ok(names(summary, "replace").includes("spacelift-drain"));
    assert.deepEqual(names(summary, "delete"), ["spacelift-budget-scheduler"]);
    const values = summary.outputs?.["helmValues"] as { scheduler?: unknown } | undefined;
    assert.deepEqual(values?.scheduler, { replicaCount: 0 });
    assert.equal(changeCount(await stack().up()), 0);
  });

  it("is destroyed pools first, then controller, Spacelift, issuer, cert-manager and storage user", async () => {
    const summary = await stack().destroy();
    const order = [
      "workers-pool-default",
      "workers-controller",
      "spacelift-release",
      "issuer-letsencrypt-issuer",
      "cert-manager-release",
      "cert-manager-namespace",
    ];
    const positions = order.map((name) => position(summary, name));
    assert.deepEqual(
      positions,
      [...positions].sort((a, b) => a - b),
      order.join(", "),
    );
    assert.deepEqual(summary.kept?.protected.map(({ name }) => name).sort(), kept);
    assert.deepEqual(summary.kept.retained, []);
  });

  it("comes back on the data and the key that were kept", async () => {
    const summary = await stack().up();
    assert.deepEqual(Object.keys(summary.changes).sort(), ["create", "same"]);
    const created = names(summary, "create");
    assert.deepEqual(
      kept.filter((name) => created.includes(name)),
      [],
    );
    const outputs = await stack().outputs({ showSecrets: true });
    assert.equal(outputs["encryptionPrivateKey"], encryptionKey);
  });
});

function text(value: unknown): string {
  assert.equal(typeof value, "string");
  return value as string;
}
