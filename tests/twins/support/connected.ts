import type { Properties, Twin } from "../../../rehearsal/twins/framework";
import { EngineClient } from "./engine-client";

/** Gives every test of a suite a client on a fresh world; call it within `describe`. */
export function connected(twin: Twin, config: Properties = {}): () => EngineClient {
  let engine: EngineClient | undefined;
  beforeEach(async () => {
    engine = await EngineClient.connect(twin, { config });
  });
  afterEach(async () => {
    await engine?.close();
  });
  return () => {
    if (engine === undefined) throw new Error("the client is there only while a test runs");
    return engine;
  };
}
