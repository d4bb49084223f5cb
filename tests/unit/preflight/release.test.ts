import assert from "node:assert/strict";
import { releaseCheck, stepCheck } from "../../../preflight/release";
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

describe("check of the step from the deployed release", () => {
  const finding = async (version: string, deployed: string | undefined) =>
    (
      await look(
        stepCheck(() => Promise.resolve(deployed)),
        configured({ version }),
      )
    ).finding("release.step");

  it("says where it leads from", async () => {
    assert.equal((await finding("v4.0.0", "v3.8.0")).reason, "v4.0.0 follows v3.8.0");
    assert.equal((await finding("v4.0.0", "v4.0.0")).reason, "v4.0.0 is deployed");
    assert.equal((await finding("v4.0.0", undefined)).status, "skipped");
  });

  it("finds one that the deployment would refuse", async () => {
    const found = await finding("v3.8.0", "v4.0.0");
    assertBad(
      found,
      "failed",
      /^`version` is v3\.8\.0, and the newer v4\.0\.0/,
      /config set spacelift:version v4\.0\.0/,
    );
  });
});
