import assert from "node:assert/strict";
import { changeCount } from "../support/rehearsed-stack";
import { inOrder, names, operationTimeout, position, rehearsalOf } from "./support";

/** What holds data or gives the installation its identity: never to be replaced by any change below. */
const neverReplaced = [
  "encryption-key-rsa",
  "platform-cluster-cluster",
  "platform-database-database",
  "platform-database-password",
  "platform-database-server",
  "platform-network-vnet",
  "platform-storage-account",
  "platform-storage-modules",
  "platform-storage-states",
];

describe("the life of a stack on AKS", function () {
  this.timeout(operationTimeout);
  inOrder();
  const stack = rehearsalOf({
    stack: "aks",
    config: { "aks.size": "dev", "aks.cluster.kubernetesVersion": "1.35" },
  });
  let encryptionKey: unknown;

  const holdsOnToData = (replaced: readonly string[]): void => {
    assert.deepEqual(
      replaced.filter((name) => neverReplaced.includes(name)),
      [],
    );
  };

  it("is created as a whole", async () => {
    const summary = await stack().up();
    assert.deepEqual(Object.keys(summary.changes), ["create"]);
    const created = names(summary, "create");
    assert.deepEqual(
      neverReplaced.filter((name) => !created.includes(name)),
      [],
    );
    encryptionKey = (await stack().outputs({ showSecrets: true }))["encryptionPrivateKey"];
  });

  it("tells the address that it leaves with, which AKS has given it", async () => {
    const { egressAddresses } = await stack().outputs();
    assert.deepEqual(egressAddresses, ["192.0.2.4"]);
  });

  it("is healthy then, and says what has gone behind its back", async () => {
    const { verdict, reasons } = await stack().status();
    assert.deepEqual([verdict, ...reasons], ["healthy"]);
    stack().deleteObject("Deployment", "spacelift-drain");
    const { verdict: now, reasons: complaints } = await stack().status();
    assert.equal(now, "degraded");
    assert.match(complaints.join("\n"), /there is no Deployment of the drain/);
  });

  it("pushes the images while cluster and database are still being made", async () => {
    const { deployment } = await stack().exportState();
    const pushes = (deployment.resources ?? []).filter(({ type }) => type === "command:local:Command");
    assert.equal(pushes.length, 2);
    for (const { dependencies = [], urn } of pushes) {
      assert.ok(!dependencies.some((each) => /ManagedCluster|dbforpostgresql/.test(each)), urn);
    }
  });

  it("has nothing to change a second time, nor after a refresh", async () => {
    assert.equal(changeCount(await stack().preview()), 0);
    assert.equal(changeCount(await stack().up()), 0);
    assert.equal(changeCount(await stack().refresh()), 0);
  });

  it("keeps secrets and tokens out of the state", async () => {
    const state = JSON.stringify(await stack().exportState());
    const outputs = await stack().outputs({ showSecrets: true });
    const text = JSON.stringify(outputs["kubernetesSecrets"]);
    const database = /postgres:\/\/[^:]+:([A-Za-z0-9]{20,})@/.exec(text)?.[1];
    assert.ok(database);
    for (const value of [
      database,
      String(encryptionKey),
      JSON.stringify(outputs["adminPassword"]).slice(1, -1),
    ]) {
      assert.ok(!state.includes(value));
    }
    assert.doesNotMatch(state, /client-key-data|refresh_token/);
  });

  it("upgrades Spacelift: pushes with a fresh login, then rolls the pods", async () => {
    stack().setConfig("version", "v4.1.0");
    const summary = await stack().up();
    assert.deepEqual(
      names(summary, "replace").map((name) => name.replace(/^.*-(?=backend|launcher)/, "")),
      ["backend", "launcher", "spacelift-drain"],
    );
    assert.deepEqual(names(summary, "update"), ["spacelift-release"]);
    assert.equal(changeCount(await stack().up()), 0);
  });

  it("grows from dev to prod in place", async () => {
    stack().setConfig("aks.size", "prod");
    const summary = await stack().up();
    holdsOnToData([...names(summary, "replace"), ...names(summary, "delete")]);
    assert.ok(names(summary, "update").includes("platform-database-server"));
    assert.equal(changeCount(await stack().up()), 0);
  });

  it("takes the next minor version of Kubernetes in place", async () => {
    stack().setConfig("aks.cluster.kubernetesVersion", "1.36");
    const summary = await stack().up();
    const pools = ["platform-cluster-pool-apps", "platform-cluster-pool-runs"];
    assert.deepEqual(names(summary, "update"), ["platform-cluster-cluster", ...pools]);
    const { deployment } = await stack().exportState();
    const cluster = (deployment.resources ?? []).find(({ urn }) =>
      urn.endsWith("::platform-cluster-cluster"),
    );
    assert.match(JSON.stringify(cluster?.inputs?.["agentPoolProfiles"]), /"orchestratorVersion":"1\.36"/);
    holdsOnToData([...names(summary, "replace"), ...names(summary, "delete")]);
    assert.equal(changeCount(await stack().up()), 0);
  });

  it("switches the VCS gateway on", async () => {
    stack().setConfig("vcsGateway.domain", "vcs-gateway.mycompany.com");
    const summary = await stack().up();
    assert.deepEqual(names(summary, "create"), [
      "spacelift-budget-vcs-gateway",
      "spacelift-policy-vcs-gateway",
    ]);
    assert.match(JSON.stringify(summary.outputs?.["dnsRecords"]), /vcs-gateway\.mycompany\.com/);
    assert.equal(changeCount(await stack().refresh()), 0);
  });

  it("is destroyed from Spacelift down to the network, sparing the data", async () => {
    const summary = await stack().destroy();
    const order = ["workers-controller", "spacelift-release", "ingress-release", "platform-cluster-cluster"];
    const positions = order.map((name) => position(summary, name));
    assert.deepEqual(
      positions,
      [...positions].sort((a, b) => a - b),
      order.join(", "),
    );
    const kept = summary.kept?.protected.map(({ name }) => name) ?? [];
    for (const name of ["platform-database-server", "platform-storage-account", "encryption-key-rsa"]) {
      assert.ok(kept.includes(name), name);
    }
  });

  it("comes back on the data and the key that were kept", async () => {
    const summary = await stack().up();
    assert.deepEqual(Object.keys(summary.changes).sort(), ["create", "same"]);
    const outputs = await stack().outputs({ showSecrets: true });
    assert.equal(outputs["encryptionPrivateKey"], encryptionKey);
  });

  it("goes as a whole when the operator gives up protection", async () => {
    stack().setConfig("protectData", false);
    await stack().up();
    const summary = await stack().destroy();
    assert.deepEqual(summary.kept?.protected, []);
    const { deployment } = await stack().exportState();
    assert.deepEqual(deployment.resources ?? [], []);
  });
});
