import assert from "node:assert/strict";
import { releaseCheck } from "../../../preflight/release";
import { configured } from "../../support/configurations";
import { assertBad, look, type Looked } from "../../support/peers/look";

const lookAt = (settings: Record<string, unknown>): Promise<Looked> =>
  look(releaseCheck, configured(settings));

describe("release check", () => {
  it("says which charts a release gets", async () => {
    const reason = async (settings: Record<string, unknown>): Promise<string> =>
      (await lookAt(settings)).finding("release.charts").reason;
    assert.equal(
      await reason({ version: "v3.0.0" }),
      "v3.0.0 gets spacelift-self-hosted 0.62.0 and spacelift-workerpool-controller 0.62.0",
    );
    assert.equal(
      await reason({
        version: "v6.4.0",
        charts: { spacelift: { version: "0.66.0" }, workerController: { chart: "./controller" } },
      }),
      "v6.4.0 gets spacelift-self-hosted 0.66.0 and ./controller",
    );
  });

  it("warns of what nobody here has tried", async () => {
    const looked = await lookAt({ version: "v7.0.0", charts: { workerController: { version: "0.80.0" } } });
    assertBad(
      looked.finding("release.charts"),
      "warning",
      /v7\.0\.0 is newer than v6\.5\.0.*workerController\.version 0\.80\.0 is newer/,
      /known here/,
    );
  });
});
