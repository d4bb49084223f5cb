import assert from "node:assert/strict";
import { engineTimeout, sharedEngine } from "../engine/support";
import { experiments } from "./experiments";
import { unexpected } from "./report";
import { runExperiment } from "./run-experiment";

/** The same on every machine; `SPACELIFT_TORTURE_SEED` tries others. */
const seed = Number(process.env["SPACELIFT_TORTURE_SEED"] ?? 20261130);

/** For each experiment: what is left then is for the whole. */
const SECONDS = 80;

/** What `npm run torture` does at length, a choice of it for every change. */
describe(`what breaks, in short (seed ${seed})`, function () {
  this.timeout(engineTimeout);

  for (const [name, experiment] of Object.entries(experiments)) {
    it(`is survived: ${name}`, async () => {
      const engine = await sharedEngine();
      const lines: string[] = [];
      const end = performance.now() + SECONDS * 1000;
      const { outcomes } = await runExperiment(experiment, {
        seed,
        scope: "short",
        engine,
        isOver: () => performance.now() > end,
        say: (line) => lines.push(line),
      });
      assert.ok(outcomes.length > 0, "nothing was tried");
      assert.equal(unexpected(outcomes).length, 0, lines.join("\n"));
    });
  }
});
