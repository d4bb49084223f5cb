import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import {
  deploySpacelift,
  destroySpacelift,
  getOutputs,
  previewSpacelift,
  refreshSpacelift,
} from "../../../automation";
import { writeArchive } from "../../support/archives";
import { buildImage } from "../../support/images";
import { operationTimeout } from "../support";
import { onprem, recorder, worldOf } from "./support";

describe("the embedding API: the life of a stack", function () {
  this.timeout(operationTimeout);
  const world = worldOf();

  it("plans a deployment and changes nothing", async () => {
    const plan = await previewSpacelift(onprem(world(), "embedded"));
    assert.ok((plan.changes["create"] ?? 0) > 40, JSON.stringify(plan.changes));
    assert.ok(
      plan.steps.some(({ resource, operation }) => operation === "create" && resource.name === "spacelift"),
    );
  });

  it("deploys, tells what happens, and gives typed outputs with the secrets apart", async () => {
    const { events, of } = recorder();
    const lines: string[] = [];
    const options = onprem(world(), "embedded");
    const deployment = await deploySpacelift(options, {
      onEvent: (event) => events.push(event),
      onLog: (line) => lines.push(line),
    });
    assert.equal(deployment.outputs.url, "https://spacelift.example.com");
    assert.match(deployment.secrets.adminPassword ?? "", /^\w{32}$/);
    assert.deepEqual(
      of("phase").map(({ phase }) => phase),
      ["configuration", "workspace", "preview", "update", "outputs"],
    );
    const last = of("resource").at(-1);
    assert.equal(last?.done, last?.total);
    const kept = await readdir(world().workspace.backend.replace("file://", ""), { recursive: true });
    assert.ok(kept.some((file) => file.endsWith("embedded.json")));
    assert.deepEqual(
      kept.filter((file) => file.endsWith(".attrs")),
      [],
      "a kill could empty it",
    );
    const shown = [inspect(deployment, { depth: 9 }), JSON.stringify([deployment, events]), ...lines].join(
      "\n",
    );
    for (const secret of [...Object.values(options.secrets ?? {}), ...Object.values(deployment.secrets)]) {
      assert.ok(!shown.includes(secret), "a secret was shown");
    }
    assert.ok(lines.some((line) => line.includes("spacelift")));
  });

  it("tells how far the push of each image is, and gives its digest", async () => {
    const folder = await mkdtemp(join(tmpdir(), "spacelift-test-"));
    const { of, events } = recorder();
    try {
      const images = await Promise.all(
        ["spacelift-backend", "spacelift-launcher"].map(
          async (name) => [name, (await buildImage(`${name}:v3.0.0`, ["a layer"])).tar] as const,
        ),
      );
      const archive = await writeArchive(folder, "v3.0.0", Object.fromEntries(images));
      const options = onprem(world(), "embedded", { images: { push: true, archive } });
      const { outputs } = await deploySpacelift(options, { onEvent: (event) => events.push(event) });
      assert.match(
        `${outputs.backendDigest ?? ""} ${outputs.launcherDigest ?? ""}`,
        /^sha256:\w{64} sha256:\w{64}$/,
      );
      const whole = of("push").filter(
        ({ sentBytes, totalBytes }) => sentBytes === totalBytes && totalBytes > 0,
      );
      assert.deepEqual([...new Set(whole.map(({ image }) => image))].sort(), ["backend", "launcher"]);
      await deploySpacelift(onprem(world(), "embedded"));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("has nothing to do the second time", async () => {
    const { changes } = await deploySpacelift(onprem(world(), "embedded"));
    assert.deepEqual(Object.keys(changes), ["same"]);
  });

  it("refuses a release that cannot follow the one that is deployed, before the engine is asked", async () => {
    for (const call of [previewSpacelift, deploySpacelift]) {
      await assert.rejects(call(onprem(world(), "embedded", { version: "v5.1.1" })), {
        code: "SPACELIFT_CONFIG_INVALID",
        message: /settings\.version: skips a major version: v3\.0\.0 is deployed/,
      });
    }
  });

  it("reads the outputs back", async () => {
    const { stack, workspace } = onprem(world(), "embedded");
    const { outputs, secrets } = await getOutputs({ stack, workspace });
    assert.equal(outputs.adminUsername, "admin");
    assert.match(secrets.encryptionPrivateKey, /^[\w+/=]{1000,}$/);
  });

  it("refreshes without finding a difference", async () => {
    const { stack, workspace } = onprem(world(), "embedded");
    const { changes } = await refreshSpacelift({ stack, workspace });
    assert.deepEqual(Object.keys(changes), ["same"]);
  });

  it("destroys all but the data, and says what it kept", async () => {
    const { stack, workspace } = onprem(world(), "embedded");
    const { kept } = await destroySpacelift({ stack, workspace });
    assert.ok(
      kept.protected.some(({ name }) => name.includes("states")),
      JSON.stringify(kept.protected),
    );
    assert.ok(kept.advice.length > 0);
  });
});
