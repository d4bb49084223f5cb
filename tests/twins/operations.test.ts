import { strict as assert } from "node:assert";
import {
  defineResource,
  defineTwin,
  type Fault,
  numeric,
  table,
  text,
  textOf,
  TwinError,
} from "../../rehearsal/twins/framework";
import { EngineClient } from "./support/engine-client";

const THING = "probe:index:Thing";
const things = table<{ attempts: number }>("probe/thing");
const taken = new Set<string>();

const probeTwin = defineTwin({
  package: "probe",
  version: "1.0.0",
  config: {},
  retryDelays: (code) => (code === "Busy" || code === "429" ? [20, 60] : []),
  resources: {
    [THING]: defineResource({
      inputs: { place: text(), seconds: numeric(), code: text() },
      computed: ["at"],
      latency: { create: ({ seconds }) => Number(seconds ?? 0) },
      claim: (operation, { place, code }) => {
        const key = textOf(place);
        if (taken.has(key)) throw new TwinError(`${operation} finds ${key} taken`, textOf(code));
        taken.add(key);
        return () => taken.delete(key);
      },
      create(_inputs, { world, clock, name }) {
        world.change((state) => {
          things.of(state).set(name, { attempts: (things.of(state).get(name)?.attempts ?? 0) + 1 });
        });
        return { id: name, outputs: { at: clock.now().getTime() } };
      },
    }),
  },
});

describe("Operations of a twin", () => {
  let engine: EngineClient;
  const connect = async (...faults: Fault[]): Promise<void> => {
    engine = await EngineClient.connect(probeTwin, { faults });
  };
  afterEach(async () => {
    await engine.close();
  });
  const secondsOf = async (name: string, seconds: number): Promise<number> => {
    const before = (await engine.create(THING, "before", {})).outputs["at"];
    const { outputs } = await engine.create(THING, name, { seconds });
    return Math.round((Number(outputs["at"]) - Number(before)) / 1000);
  };
  const fault = { package: "probe", operation: "create", message: "slow down", code: "429" } as const;

  it("take as long as their properties say", async () => {
    await connect();
    assert.equal(await secondsOf("slow", 90), 90);
  });

  it("are tried again after a while when the provider does so", async () => {
    await connect({ ...fault, name: "thing", times: 2 });
    assert.equal(await secondsOf("thing", 5), 85);
  });

  it("are not done twice when the answer is lost", async () => {
    await connect({ ...fault, name: "thing", stage: "after" });
    await engine.create(THING, "thing", {});
    assert.equal(
      engine.world.read((state) => things.of(state).get("thing")?.attempts),
      1,
    );
  });

  it("wait for one another where the provider tries again", async () => {
    await connect();
    const inputs = { place: "door", code: "Busy" };
    await Promise.all([engine.create(THING, "one", inputs), engine.create(THING, "two", inputs)]);
    assert.equal(taken.size, 0);
  });

  it("rejects the second of two that want the same at once, and the first lets go", async () => {
    await connect();
    const inputs = { place: "door", code: "Final" };
    const outcomes = await Promise.allSettled([
      engine.create(THING, "one", inputs),
      engine.create(THING, "two", inputs),
    ]);
    const failed = outcomes.filter((outcome) => outcome.status === "rejected");
    assert.match(String(failed[0]?.reason), /Final: create finds door taken/);
    assert.equal(failed.length, 1);
    await engine.create(THING, "three", inputs);
  });

  it("rejects at last what is refused again and again", async () => {
    await connect({ ...fault, name: "thing", times: 3 });
    await assert.rejects(engine.create(THING, "thing", {}), /429: slow down/);
  });
});
