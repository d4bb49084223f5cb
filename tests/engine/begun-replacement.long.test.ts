import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deploySpacelift, readStackFile } from "../../automation";
import type { StackState, StateResource } from "../../engine/protocol";
import { openWorld } from "../../rehearsal/twins";
import { WorldObjects } from "../../rehearsal/twins/kubernetes/api/world-objects";
import { operationTimeout, rehearsalOf } from "./support";

const NAME = "spacelift-drain-begun";

// The engine picks another name when it replaces a second time, so that nothing else ever deletes what was begun.
describe("a Secret that a killed run had begun to put in place of another", function () {
  this.timeout(operationTimeout);
  const stack = rehearsalOf({ stack: "onprem" });

  it("is deleted by the next run of the command line", async () => {
    await stack().up();
    const file = join(stack().folders.state, ".pulumi/stacks/spacelift/onprem.json");
    // An import of the state would leave out what is pending.
    const checkpoint = JSON.parse(await readFile(file, "utf8")) as {
      readonly checkpoint: { readonly latest: StackState["deployment"] };
    };
    const { latest } = checkpoint.checkpoint;
    const { resources = [] } = latest;
    const drain = resources.find(({ urn }) => urn.endsWith("::spacelift-drain")) ?? assert.fail();
    const metadata = { ...(drain.inputs?.["metadata"] as object), name: NAME };
    const { id: _, outputs: __, ...begun } = { ...drain, inputs: { ...drain.inputs, metadata } };
    const pending = [{ type: "creating", resource: begun satisfies StateResource }];
    const killed = { ...checkpoint.checkpoint, latest: { ...latest, pending_operations: pending } };
    await writeFile(file, JSON.stringify({ ...checkpoint, checkpoint: killed }));
    const cluster = new WorldObjects(openWorld(stack().folders.world));
    const secrets = (): readonly string[] =>
      cluster
        .all()
        .filter(({ kind, metadata: { name } }) => kind === "Secret" && name.startsWith("spacelift-drain"))
        .map(({ metadata: { name } }) => name);
    const [before] = secrets();
    const made = cluster.all().find(({ metadata: { name } }) => name === before) ?? assert.fail();
    cluster.put({ ...made, metadata: { ...made.metadata, name: NAME } });
    assert.equal(secrets().length, 2);

    const at = { stack: "onprem", workspace: await stack().workspace() };
    const said: string[] = [];
    const { settings, secrets: own } = await readStackFile({ ...at, file: stack().folders.configFile });
    await deploySpacelift(
      { ...at, settings, secrets: own },
      { onEvent: (event) => event.kind === "message" && said.push(event.message) },
    );
    assert.match(
      said.join("\n"),
      /was creating replacements of spacelift-drain\. What exists of them is deleted/,
    );
    assert.deepEqual(secrets(), [before]);
    const after = await stack().exportState();
    assert.deepEqual(after.deployment["pending_operations"] ?? [], []);
    const urns = (all: readonly StateResource[] = []) => all.map(({ urn }) => urn).sort();
    assert.deepEqual(urns(after.deployment.resources), urns(resources));
  });
});
