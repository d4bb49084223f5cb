import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openWorld } from "../../rehearsal/twins/framework";
import { buckets, policies } from "../../rehearsal/twins/minio/tables";
import { operationTimeout, sharedEngine } from "../engine/support";
import { configured } from "../support/configurations";
import { answersOf, cliWorld, type Ended, objects, run } from "./support";

describe("spacelift and plain pulumi on the same stack", function () {
  this.timeout(operationTimeout * 2);
  const cli = cliWorld();

  /** Runs plain `pulumi` on the program, with the stack file of the project folder. */
  async function pulumi(...args: readonly string[]): Promise<Ended> {
    const { env, folder } = cli();
    const { root } = await sharedEngine();
    const file = join(folder, "Pulumi.onprem.yaml");
    return run([join(root, "bin", "pulumi")], [...args, "--config-file", file, "--stack", "onprem"], {
      cwd: resolve(__dirname, "../.."),
      env,
    });
  }

  it("each finds nothing to change in what the other has deployed", async () => {
    const { spacelift, world, folder } = cli();
    const input = answersOf(configured({}, { kubeconfig: world.kubeconfig }));
    const made = await spacelift(["init", "-s", "onprem", "--answers", "-"], { input });
    assert.equal(made.code, 0, made.stderr);
    const first = await spacelift(["up", "--yes", "--skip-preflight"]);
    assert.equal(first.code, 0, first.stderr);
    const plain = await pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", "--non-interactive");
    assert.equal(plain.code, 0, plain.stdout + plain.stderr);
    const again = await spacelift(["preview", "--json"]);
    assert.deepEqual(Object.keys(objects(again).at(-1)?.["changes"] as object), ["same"]);
    const salts = (await readFile(join(folder, "Pulumi.onprem.yaml"), "utf8")).match(/^encryptionsalt/gm);
    assert.equal(salts?.length, 1);
  });

  it("status tells drift resource by resource, without values", async () => {
    const { spacelift, world } = cli();
    const drift = async (): Promise<unknown> => {
      const ended = await spacelift(["status", "--json"]);
      return (objects(ended).at(-1) as { drift: { stack: unknown } }).drift.stack;
    };
    assert.deepEqual(await drift(), { readable: true, value: { resources: [] } });
    openWorld(join(world.workspace.directory ?? "", "world")).change((state) => {
      const [[name] = [""]] = policies.of(state).entries();
      policies.of(state).set(name, { document: '{"Version":"2012-10-17","Statement":[]}' });
      // Its rules, not the bucket: without that, the provider fails to read its versioning.
      const bucket = buckets.of(state).get("spacelift-run-logs");
      assert.ok(bucket);
      const { acl, objectLocking, objects: keys, versioning = {} } = bucket;
      buckets.of(state).set("spacelift-run-logs", { acl, objectLocking, objects: keys, versioning });
    });
    const { value } = (await drift()) as { value: { resources: { urn: string; change: string }[] } };
    const changes = value.resources.map(({ urn, change }) => `${change} ${urn.split("::").at(-1) ?? ""}`);
    assert.ok(changes.includes("delete platform-storage-run-logs-lifecycle"), changes.join("\n"));
    assert.ok(changes.includes("update platform-storage-policy"), changes.join("\n"));
    assert.match((await spacelift(["status"])).stdout, /update {2}platform-storage-policy {2}\(policy\)/);
    const { stdout } = await spacelift(["refresh"]);
    assert.match(stdout, /1 deleted/);
  });
});
