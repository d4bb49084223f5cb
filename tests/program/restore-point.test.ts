import assert from "node:assert/strict";
import { azureCases, type AzureRun, withAzureRuns } from "../support/azure-cases";
import { configuredAks } from "../support/azure-configurations";
import type { TestConfig } from "../support/configurations";
import type { RecordedResource } from "../support/inventory";
import { valueOf } from "../support/run";

const backupType = "azure-native:dbforpostgresql:BackupsAutomaticAndOnDemand";
const everything = azureCases["an installation with everything"] ?? assert.fail();

describe("the restore point of an upgrade on Azure", () => {
  const runCase = withAzureRuns();
  const backups = ({ inventory }: AzureRun): readonly RecordedResource[] => inventory.all(backupType);
  const release = ({ inventory }: AzureRun): RecordedResource =>
    inventory.one("kubernetes:helm.sh/v3:Release", "spacelift-release");

  it("is not there after an installation, nor without another release", async () => {
    for (const deployed of [undefined, { version: "v4.0.0" }]) {
      const run = await runCase(everything, deployed && { deployed });
      assert.deepEqual(backups(run), []);
      assert.equal(run.result.restorePoint, undefined);
    }
  });

  it("is taken when images and server are ready, and before the release", async () => {
    const run = await runCase(everything, { deployed: { version: "v3.8.0" } });
    const [backup, ...others] = backups(run);
    assert.ok(backup);
    assert.deepEqual(others, []);
    assert.equal(backup.name, "platform-before-v4-0-0-backup");
    assert.match(String(backup.inputs["backupName"]), /^before-v4-0-0-/);
    // Azure removes it with the backups of its day, and a stack that goes on must not take it away.
    assert.equal(backup.options.retainOnDelete, true);
    const { dependsOn } = backup.options;
    assert.ok(dependsOn.includes("platform-images-launcher"), dependsOn.join(", "));
    // Two writes at a time are refused by the server.
    assert.ok(dependsOn.includes("platform-database-parameter-log-connections"), dependsOn.join(", "));
    assert.ok(release(run).options.dependsOn.includes(backup.name));
    assert.deepEqual(run.result.restorePoint && (await valueOf(run.result.restorePoint)), {
      before: "v4.0.0",
      name: backup.inputs["backupName"],
      takenAt: "2026-01-01T00:00:00Z",
    });
  });

  it("stays where the upgrade is done", async () => {
    const restorePoint = {
      before: "v4.0.0",
      name: "before-v4-0-0-abcdef",
      takenAt: new Date().toISOString(),
    };
    const run = await runCase(everything, { deployed: { version: "v4.0.0", restorePoint } });
    assert.deepEqual(
      backups(run).map(({ name }) => name),
      ["platform-before-v4-0-0-backup"],
    );
  });

  it("is not taken of a burstable server, of an existing one, or where it is switched off", async () => {
    const off = (archive: string): TestConfig =>
      configuredAks({ images: { archive }, upgrade: { backup: false } });
    const cases = [azureCases["a small installation"], azureCases["a given database"], off];
    for (const each of cases) {
      const run = await runCase(each ?? assert.fail(), { deployed: { version: "v3.8.0" } });
      assert.deepEqual(backups(run), []);
    }
  });
});
