import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { placeholderArchive } from "../../rehearsal/placeholders";
import { inOrder, operationTimeout } from "../engine/support";
import { configuredAks } from "../support/azure-configurations";
import { answersOf, cliWorld, objects } from "./support";

describe("spacelift on the Azure target", function () {
  this.timeout(operationTimeout);
  const cli = cliWorld();
  inOrder();

  it("init and up install it", async () => {
    const { spacelift, folder } = cli();
    await writeFile(join(folder, "self-hosted.tar.gz"), await placeholderArchive("v4.0.0"));
    const input = answersOf(configuredAks({ images: { archive: "./self-hosted.tar.gz" } }));
    const made = await spacelift(["init", "-s", "aks", "--answers", "-"], { input });
    assert.equal(made.code, 0, made.stderr);
    const { code, stderr, stdout } = await spacelift(["up", "--yes", "--skip-preflight"]);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /^DNS records:\n {2}spacelift\.example\.com {2}A {2}\d/m);
  });

  it("doctor finds nothing wrong in Azure with what was deployed", async () => {
    const ended = await cli().spacelift(["doctor", "--json"]);
    const { results } = objects(ended).at(-1) as { results: { id: string; status: string }[] };
    const azure = results.filter(({ id }) => id.startsWith("azure."));
    assert.deepEqual(
      azure.filter(({ status }) => status === "failed"),
      [],
      ended.stderr,
    );
    const passed = azure.filter(({ status }) => status === "passed").map(({ id }) => id);
    for (const id of ["azure.kubernetes.cluster", "azure.database.server"])
      assert.ok(passed.includes(id), `${id}: ${passed.join(", ")}`);
    assert.equal(results.find(({ id }) => id === "release.step")?.status, "passed");
  });

  it("status reaches the cluster with the kubeconfig that the deployment got from Azure", async () => {
    const env = { HOME: "/nowhere", KUBECONFIG: undefined };
    const ended = await cli().spacelift(["status", "--no-drift", "--json"], { env });
    assert.equal(ended.code, 0, ended.stdout + ended.stderr);
    const { verdict, cluster } = objects(ended).at(-1) as {
      verdict: string;
      cluster: { value: { server: string } };
    };
    assert.equal(verdict, "healthy");
    assert.match(cluster.value.server, /^https:\/\/.+\.azmk8s\.io/);
  });
});
