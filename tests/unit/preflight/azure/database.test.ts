import { runAzureChecks } from "../../../support/arm/checks";
import { addInstallation, addResource, installed, serverBody } from "../../../support/arm/given-resources";
import { withArm } from "../../../support/arm/server";
import { postgresCapability } from "../../../../rehearsal/twins/azure/api/subscription";
import { configuredAks } from "../../../support/azure-configurations";

const aks = (section: Readonly<Record<string, unknown>>): ReturnType<typeof configuredAks> =>
  configuredAks({ aks: section });

describe("databaseServerCheck", () => {
  const arm = withArm();
  const only = "azure.database";
  const database = (section: Readonly<Record<string, unknown>>): ReturnType<typeof aks> =>
    aks({ database: section });
  const running = (changes: Parameters<typeof serverBody>[0]): void => {
    addInstallation(arm.world());
    addResource(arm.world(), installed.database, serverBody(changes));
  };

  it("says that the subscription gets none in the region, unless there is one", async () => {
    arm.world().postgresCapabilities = [
      postgresCapability({ restricted: "Enabled", reason: "RestrictedRegion" }),
    ];
    (await runAzureChecks(arm, { only })).assert(only, "failed", /RestrictedRegion/, /another region/);
    addInstallation(arm.world());
    (await runAzureChecks(arm, { only })).assert("azure.database.server", "passed", /ready/);
  });

  it("says that the region does not offer the version", async () => {
    arm.world().postgresCapabilities = [
      postgresCapability({
        supportedServerVersions: [{ name: "15" }, { name: "16" }, { name: "17", status: "Disabled" }],
      }),
    ];
    (await runAzureChecks(arm, { only })).assert(
      "azure.database.version",
      "failed",
      /offers 15, 16, not 17/,
      /database.version 16`/,
    );
  });

  it("says that the region does not offer the size", async () => {
    const results = await runAzureChecks(arm, { only, config: database({ sku: "Standard_D64ds_v5" }) });
    results.assert("azure.database.sku", "failed", /does not offer Standard_D64ds_v5/, /list-skus/);
  });

  it("says that there is no standby of the mode", async () => {
    const skus = [
      { name: "Standard_D4ds_v5", vCores: 4, supportedHaMode: ["SameZone"] },
      { name: "Standard_D4ads_v5", vCores: 4, supportedHaMode: ["SameZone"] },
    ];
    arm.world().postgresCapabilities = [
      postgresCapability({
        supportedServerEditions: [{ name: "GeneralPurpose", supportedServerSkus: skus }],
      }),
    ];
    const id = "azure.database.sku";
    (await runAzureChecks(arm, { only })).assert(
      id,
      "failed",
      /without a standby of mode ZoneRedundant/,
      /highAvailability SameZone`/,
    );
    (await runAzureChecks(arm, { only, config: database({ highAvailability: "SameZone" }) })).assert(
      id,
      "passed",
      /SameZone/,
    );
    addInstallation(arm.world());
    (await runAzureChecks(arm, { only })).assert(id, "warning", /without a standby/, /SameZone/);
  });

  it("says that backups stay in the region", async () => {
    arm.world().postgresCapabilities = [
      postgresCapability({ geoBackupSupported: "Disabled", supportedFeatures: [] }),
    ];
    const results = await runAzureChecks(arm, { only, config: aks({ size: "ha" }) });
    results.assert(
      "azure.database.backup",
      "failed",
      /no backups in another region/,
      /geoRedundantBackup false/,
    );
  });

  it("warns of a new major version, and refuses what Azure would", async () => {
    const id = "azure.database.version";
    running({ version: "16" });
    (await runAzureChecks(arm, { only })).assert(id, "warning", /from 16 to 17/, /backup create/);
    addResource(
      arm.world(),
      installed.replica,
      serverBody({ version: "16", replicationRole: "AsyncReplica" }),
    );
    (await runAzureChecks(arm, { only })).assert(id, "failed", /read replica/, /readReplica false/);
    running({ version: "17" });
    (await runAzureChecks(arm, { only, config: database({ version: 16 }) })).assert(
      id,
      "failed",
      /never goes back/,
      /version 17/,
    );
    running({ version: "14" });
    (await runAzureChecks(arm, { only })).assert(id, "failed", /does not upgrade to 17/, /version 14/);
  });

  it("says in which state the server cannot be changed", async () => {
    const id = "azure.database.server";
    running({ state: "Stopped" });
    (await runAzureChecks(arm, { only })).assert(id, "failed", /Stopped/, /flexible-server start --ids/);
    running({ state: "Updating" });
    (await runAzureChecks(arm, { only })).assert(id, "failed", /busy \(Updating\)/, /wait/);
    running({ storage: { storageSizeGB: 256 } });
    (await runAzureChecks(arm, { only })).assert(id, "warning", /never shrinks to 128/, /storageGb 256`/);
  });
});
