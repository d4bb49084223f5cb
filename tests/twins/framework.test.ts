import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import {
  checkFields,
  Clock,
  computed,
  defineResource,
  defineTwin,
  listOf,
  mapOf,
  numeric,
  object,
  openWorld,
  PartialFailure,
  type Properties,
  table,
  text,
  textOf,
  TwinError,
  UNKNOWN,
} from "../../rehearsal/twins/framework";
import { compare } from "../../rehearsal/twins/framework/changes";
import { decode, encode } from "../../rehearsal/twins/framework/wire";
import { EngineClient } from "./support/engine-client";

const THING = "probe:index:Thing";
const things = table<{ size: number }>("probe/thing");

const probeTwin = defineTwin({
  package: "probe",
  version: "1.0.0",
  config: { region: text({ required: true }), tags: mapOf(text()) },
  resources: {
    [THING]: defineResource({
      inputs: { name: text({ required: true }), size: numeric({ min: 1 }) },
      replaceOn: ["name"],
      computed: ["address"],
      secretOutputs: ["address"],
      latency: { create: 3600 },
      create(inputs, { world, config }) {
        const name = textOf(inputs["name"]);
        world.change((state) => {
          things.of(state).set(name, { size: Number(inputs["size"] ?? 1) });
        });
        if (name === "half")
          throw new PartialFailure("half", { ...inputs, address: "x" }, inputs, ["it did not start"]);
        return { id: name, outputs: { ...inputs, address: `${textOf(config["region"])}/${name}` } };
      },
      read: (recorded, { world }) =>
        world.read((state) => things.of(state).has(recorded.id)) ? recorded : undefined,
      update: (before, inputs) => ({ ...before.outputs, ...inputs }),
      delete(recorded, { world }) {
        world.change((state) => things.of(state).delete(recorded.id));
      },
    }),
  },
});

describe("The framework of the twins", () => {
  describe("on the wire", () => {
    it("keeps unknowns, and secrets at their paths", () => {
      const value: Properties = { a: [{ b: "secret" }, UNKNOWN], c: { d: UNKNOWN }, e: 1, f: true };
      const back = decode(encode(value, new Set(["/a/0/b", "/c"])));
      assert.deepEqual(back.value, value);
      assert.deepEqual([...back.secrets].sort(), ["/a/0/b", "/c"]);
    });
  });

  describe("comparing inputs", () => {
    it("names every leaf that differs and whether it replaces", () => {
      const before: Properties = { name: "a", labels: { "x/y": "1" }, list: [1, 2], same: { deep: [1] } };
      const after: Properties = {
        name: UNKNOWN,
        labels: { "x/y": "2" },
        list: [1, 2, 3],
        same: { deep: [1] },
      };
      assert.deepEqual(compare(before, after, ["name", "labels"]), [
        { path: "name", kind: "update", replaces: true },
        { path: 'labels["x/y"]', kind: "update", replaces: true },
        { path: "list[2]", kind: "add", replaces: false },
      ]);
    });
  });

  describe("checking inputs", () => {
    const fields = {
      rules: listOf(
        object({
          id: text({ required: true }),
          status: computed(),
          days: numeric({ integer: true, max: 9 }),
        }),
      ),
    };
    it("lets unknown values pass", () => {
      assert.deepEqual(checkFields(fields, { rules: [{ id: UNKNOWN, days: UNKNOWN }, UNKNOWN] }), []);
    });
    it("rejects what is missing, unknown, computed or of the wrong type, with the path of each", () => {
      const failures = checkFields(fields, {
        rules: [{ status: "on", days: 1.5, other: 1 }, { id: "a", days: 10 }, 7],
      });
      assert.deepEqual(
        failures.map(({ property }) => property),
        ["rules[0].status", "rules[0].days", "rules[0].other", "rules[0].id", "rules[1].days", "rules[2]"],
      );
    });
  });

  describe("for the world", () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "world-"));
    });
    afterEach(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    it("keeps records between openings, readable by the owner alone", () => {
      openWorld(folder).change((state) => {
        things.of(state).set("a", { size: 1 });
      });
      assert.deepEqual(
        openWorld(folder).read((state) => things.of(state).entries()),
        [["a", { size: 1 }]],
      );
      assert.equal(statSync(join(folder, "world", "world.json")).mode & 0o777, 0o600);
    });

    it("leaves the world as it was when a change fails", () => {
      const world = openWorld(folder);
      const failing = (): void => {
        world.change((state) => {
          things.of(state).set("a", { size: 1 });
          throw new Error("no");
        });
      };
      assert.throws(failing, /^Error: no$/);
      assert.deepEqual(
        world.read((state) => things.of(state).entries()),
        [],
      );
    });

    it("loses no change when several processes write at once", async () => {
      const framework = resolve(__dirname, "../../rehearsal/twins/framework");
      const script = `
        const { openWorld, table } = require(${JSON.stringify(framework)});
        const rows = table("probe/thing");
        const world = openWorld(${JSON.stringify(folder)});
        for (let turn = 0; turn < 40; turn += 1) {
          world.change((state) => rows.of(state).set("n", { size: (rows.of(state).get("n")?.size ?? 0) + 1 }));
        }`;
      const run = (): Promise<number | null> =>
        new Promise((done) =>
          spawn(process.execPath, ["--import", "tsx", "-e", script], { stdio: "inherit" }).on("close", done),
        );
      assert.deepEqual(await Promise.all([run(), run(), run()]), [0, 0, 0]);
      assert.deepEqual(
        openWorld(folder).read((state) => things.of(state).get("n")),
        { size: 120 },
      );
    });

    it("seals equal secrets alike, and differently in another world", () => {
      const world = openWorld(folder);
      assert.equal(world.seal("s"), openWorld(folder).seal("s"));
      assert.notEqual(world.seal("s"), world.seal("t"));
      assert.notEqual(world.seal("s"), openWorld(join(folder, "other")).seal("s"));
      assert.ok(!readFileSync(join(folder, "world", "world.key"), "utf8").includes("s"));
    });
  });

  describe("for the clock", () => {
    it("passes simulated time in no time by default", async () => {
      const clock = new Clock();
      const before = clock.now();
      await clock.sleep(3600);
      assert.ok(clock.now().getTime() - before.getTime() >= 3_600_000);
    });
    it("takes the scaled time, and less when aborted", async () => {
      const started = Date.now();
      await new Clock(10_000).sleep(500);
      const took = Date.now() - started;
      assert.ok(took >= 45 && took < 90_000, `took ${took} ms`);
      await assert.rejects(new Clock(1).sleep(60, AbortSignal.timeout(20)), /aborted/i);
    });
    it("rejects a scale that is not positive", () => {
      assert.throws(() => new Clock(0), /must be positive, got 0/);
    });
  });

  describe("serving a twin", () => {
    const connect = (options: Parameters<typeof EngineClient.connect>[1] = {}): Promise<EngineClient> =>
      EngineClient.connect(probeTwin, { config: { region: "west" }, ...options });
    const withEngine = async (
      options: Parameters<typeof connect>[0],
      body: (engine: EngineClient) => Promise<void>,
    ): Promise<void> => {
      const engine = await connect(options);
      try {
        await body(engine);
      } finally {
        await engine.close();
      }
    };

    it("leads a resource through its life", async () => {
      await withEngine({}, async (engine) => {
        const preview = await engine.create(THING, "t", { name: "a" }, { preview: true });
        assert.deepEqual([preview.id, preview.outputs["address"]], ["", UNKNOWN]);
        const state = await engine.create(THING, "t", { name: "a" });
        assert.deepEqual([state.id, state.outputs["address"]], ["a", "west/a"]);
        assert.ok(state.secrets.has("/address"));
        assert.equal((await engine.update(state, { name: "a", size: 2 }, true)).outputs["address"], "west/a");
        assert.equal((await engine.update(state, { name: "a", size: 2 })).outputs["size"], 2);
        assert.deepEqual((await engine.diff(state, { name: "b" })).replaces, ["name"]);
        await engine.delete(state);
        assert.equal(await engine.read(state), undefined);
      });
    });

    it("reads settings that are no strings from text", async () => {
      await withEngine({}, async (engine) => {
        assert.deepEqual(await engine.checkConfig({ region: "w", tags: '{"a":"b"}' }), []);
        assert.deepEqual(await engine.checkConfig({ tags: '{"a":1}' }), [
          "tags.a: expected a string, got a number",
          'region: Missing required argument. The argument "region" is required, but no definition was found.',
        ]);
      });
    });

    it("tells provider instances apart by their connections", async () => {
      await withEngine({}, async (engine) => {
        const other = await engine.another({ region: "east" });
        const [there, here] = [
          await other.create(THING, "t", { name: "b" }),
          await engine.create(THING, "t", { name: "a" }),
        ];
        assert.deepEqual([there.outputs["address"], here.outputs["address"]], ["east/b", "west/a"]);
        await other.close();
      });
    });

    it("injects a fault as often as asked, before the work or after it", async () => {
      const fault = {
        package: "probe",
        type: THING,
        operation: "create",
        message: "slow down",
        code: "429",
      } as const;
      await withEngine({ faults: [{ ...fault, times: 2 }] }, async (engine) => {
        await assert.rejects(engine.create(THING, "t", { name: "a" }), /^Error: 429: slow down$/);
        await assert.rejects(engine.create(THING, "t", { name: "a" }), /429/);
        assert.deepEqual(
          engine.world.read((state) => things.of(state).entries()),
          [],
        );
        await engine.create(THING, "t", { name: "a" });
      });
      await withEngine({ faults: [{ ...fault, name: "t", stage: "after" }] }, async (engine) => {
        await assert.rejects(engine.create(THING, "t", { name: "a" }), /429/);
        assert.equal(
          engine.world.read((state) => things.of(state).has("a")),
          true,
        );
        await engine.create(THING, "u", { name: "b" });
      });
    });

    it("hands the engine the state of what was made but did not become ready in time", async () => {
      const fault = {
        package: "probe",
        operation: "create",
        message: "timed out",
        stage: "unready",
      } as const;
      await withEngine({ faults: [fault] }, async (engine) => {
        await assert.rejects(engine.create(THING, "t", { name: "late" }), (error: Error) => {
          assert.equal(error.message, "timed out");
          assert.ok(error.cause instanceof Error && "metadata" in error.cause);
          return true;
        });
        assert.ok(engine.world.read((state) => things.of(state).has("late")));
      });
    });

    it("hands the engine the state of what was made but did not start", async () => {
      await withEngine({}, async (engine) => {
        await assert.rejects(engine.create(THING, "t", { name: "half" }), (error: Error) => {
          assert.equal(error.message, "it did not start");
          const { cause } = error;
          assert.ok(cause instanceof Error && "metadata" in cause);
          return true;
        });
      });
    });

    it("rejects types and functions that it does not simulate", async () => {
      await withEngine({}, async (engine) => {
        await assert.rejects(
          engine.check("probe:index:Other", "o", {}),
          /the simulated provider of "probe" has no resource type "probe:index:Other"/,
        );
      });
    });

    it("names the code of an error before its message", () => {
      assert.equal(new TwinError("in use", "Conflict").message, "Conflict: in use");
    });
  });
});
