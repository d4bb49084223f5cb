import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  deploySpacelift,
  type DeploymentOptions,
  destroySpacelift,
  getOutputs,
  refreshSpacelift,
} from "../../../automation";
import { inOrder, operationTimeout, sharedEngine } from "../support";
import { onprem, worldOf } from "./support";

/** The words of a command that say what it does. */
const WORDS = /^(?:stack )?[a-z]+/;

// Each command is a process and, with the state far away, five or more round trips before it does anything.
describe("the embedding API: how often it starts the engine", function () {
  this.timeout(operationTimeout);
  const world = worldOf();
  inOrder();
  let folder = "";

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spacelift-commands-"));
    const { root } = await sharedEngine();
    const command = join(folder, "bin", "pulumi");
    await mkdir(join(folder, "bin"));
    const note = `echo "$* [\${PULUMI_DIY_BACKEND_NO_LEGACY_WARNING}]" >> '${join(folder, "noted")}'`;
    await writeFile(command, `#!/bin/sh\n${note}\nexec '${root}/bin/pulumi' "$@"\n`);
    await chmod(command, 0o755);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const options = (): DeploymentOptions => {
    const usual = onprem(world(), "counted");
    return { ...usual, workspace: { ...usual.workspace, engine: { root: folder } } };
  };

  /** What a call starts, less the question for the version, which leads to no backend. */
  const started = async (call: () => Promise<unknown>): Promise<readonly string[]> => {
    await writeFile(join(folder, "noted"), "");
    await call();
    const lines = (await readFile(join(folder, "noted"), "utf8")).trimEnd().split("\n");
    const onBackend = lines.filter((line) => !line.startsWith("version"));
    for (const line of onBackend) assert.match(line, /\[true\]$/, "it looks for stacks of an old layout");
    return onBackend.map((line) => WORDS.exec(line)?.[0] ?? line);
  };

  it("a first deployment makes the stack, plans, updates and reads the outputs once", async () => {
    assert.deepEqual(await started(() => deploySpacelift(options())), [
      "stack export",
      "stack init",
      "stack export",
      "preview",
      "up",
      "stack export",
    ]);
  });

  it("a later one does without making it", async () => {
    const commands = await started(() => deploySpacelift(options()));
    assert.deepEqual(commands, ["stack export", "preview", "up", "stack export"]);
  });

  it("outputs are read by one command", async () => {
    assert.deepEqual(await started(() => getOutputs(options())), ["stack export"]);
  });

  it("a refresh does not ask for the history", async () => {
    assert.deepEqual(await started(() => refreshSpacelift(options())), ["stack export", "refresh"]);
  });

  it("a destroy compares the state before and after", async () => {
    const commands = await started(() => destroySpacelift(options()));
    assert.deepEqual(commands, ["stack export", "destroy", "stack export"]);
  });
});
