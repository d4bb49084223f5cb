import { runAzureChecks } from "../../../support/arm/checks";
import { addInstallation } from "../../../support/arm/given-resources";
import { withArm } from "../../../support/arm/server";
import { configuredAks } from "../../../support/azure-configurations";

const aks = (section: Readonly<Record<string, unknown>>): ReturnType<typeof configuredAks> =>
  configuredAks({ aks: section });

describe("the checks of quotas", () => {
  const arm = withArm();
  const only = "azure.quota";
  const limit = (source: keyof ReturnType<typeof arm.world>["usages"], quota: string, most: number): void => {
    arm.world().usages[source].set(quota, { title: quota, used: 10, limit: most });
  };
  const family = "azure.quota.nodes.standardDDSv5Family";

  // `prod` has 2 + 3 + 1 nodes at least and 3 + 6 + 6 at most, of 4 processors each.
  it("say that the fewest nodes do not fit", async () => {
    limit("compute", "standardDDSv5Family", 33);
    limit("compute", "cores", 34);
    const results = await runAzureChecks(arm, { only });
    results.assert(
      family,
      "failed",
      /10 of 33 are in use, 24 more are needed/,
      /az quota update --resource-name standardDDSv5Family --scope \/subscriptions\/.*westeurope --limit-object value=70`/,
    );
    results.assert("azure.quota.nodes.cores", "warning", /fewest nodes \(24\) fit, the most \(60\)/, /cores/);
  });

  it("are content at the limit", async () => {
    limit("compute", "standardDDSv5Family", 70);
    (await runAzureChecks(arm, { only })).assert(family, "passed", /up to 60 more/);
  });

  it("count the existing nodes", async () => {
    limit("compute", "standardDDSv5Family", 26);
    addInstallation(arm.world());
    (await runAzureChecks(arm, { only })).assert(
      family,
      "warning",
      /fewest nodes \(16\) fit, the most \(52\)/,
      /./,
    );
  });

  it("say that there are no addresses left, by the strictest count", async () => {
    limit("network", "IPv4StandardSkuPublicIpAddresses", 11);
    const id = "azure.quota.addresses";
    (await runAzureChecks(arm, { only })).assert(
      id,
      "failed",
      /10 of 11 are in use, 2 more are needed/,
      /IPv4Standard/,
    );
    addInstallation(arm.world());
    (await runAzureChecks(arm, { only })).assert(id, "passed", /up to 0 more/);
  });

  it("say that no more storage accounts may be created", async () => {
    limit("storage", "StorageAccounts", 10);
    const id = "azure.quota.storage";
    (await runAzureChecks(arm, { only })).assert(id, "failed", /1 more are needed/, /./);
    addInstallation(arm.world());
    (await runAzureChecks(arm, { only })).assert(id, "passed", /spaceliftstab12cd exists/);
  });

  it("count the server's standby and replica", async () => {
    limit("postgres", "standardDDSv5Family", 21);
    const config = aks({ database: { readReplica: true } });
    const id = "azure.quota.database";
    (await runAzureChecks(arm, { only, config })).assert(
      id,
      "failed",
      /12 more are needed/,
      /--resource-name standardDDSv5Family --scope .*DBforPostgreSQL/,
    );
    (await runAzureChecks(arm, { only })).assert(id, "passed", /up to 8 more/);
    const burstable = aks({ database: { sku: "Standard_B2s" } });
    (await runAzureChecks(arm, { only, config: burstable })).assert(
      id,
      "passed",
      /^standardBSFamily.*up to 2 more/,
    );
    addInstallation(arm.world());
    (await runAzureChecks(arm, { only, config })).assert(id, "passed", /pg-ab12cd exists/);
  });

  it("say what the region does not count", async () => {
    arm.world().usages.storage.clear();
    arm.world().usages.network.clear();
    const results = await runAzureChecks(arm, { only });
    results.assert("azure.quota.storage", "skipped", /does not count StorageAccounts/);
    results.assert("azure.quota.addresses", "skipped", /does not count/);
  });
});
