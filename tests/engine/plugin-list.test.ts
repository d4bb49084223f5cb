import assert from "node:assert/strict";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { engineCheck, type FoundEngine, plugins } from "../../preflight/engine";
import { engineTimeout, sharedEngine } from "./support";
import { configured } from "../support/configurations";
import { type Looked, assertBad, look } from "../support/peers/look";
import { scratchFolder } from "../support/scratch";

describe("engine check against the Pulumi CLI", () => {
  const folder = scratchFolder();
  let engine: FoundEngine | undefined;
  before(async function () {
    this.timeout(engineTimeout);
    const { root, version } = await sharedEngine();
    engine = { command: join(root, "bin", "pulumi"), version };
  });

  const lookAt = (): Promise<Looked> =>
    look(engineCheck(engine!), configured(), { env: { PATH: process.env["PATH"], PULUMI_HOME: folder() } });

  it("reads the list of plugins that the CLI gives", async () => {
    assertBad((await lookAt()).finding("engine.plugins"), "warning", /^kubernetes .* not installed/);
    for (const { name, version } of plugins()) {
      const place = join(folder(), "plugins", `resource-${name}-v${version}`);
      await mkdir(place, { recursive: true });
      await writeFile(join(place, `pulumi-resource-${name}`), "#!/bin/sh\n");
      await chmod(join(place, `pulumi-resource-${name}`), 0o755);
    }
    const looked = await lookAt();
    assert.deepEqual(looked.summary, ["engine.version passed", "engine.plugins passed"]);
  });
});
