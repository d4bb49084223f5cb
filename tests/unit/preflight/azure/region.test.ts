import { runAzureChecks } from "../../../support/arm/checks";
import { withArm } from "../../../support/arm/server";
import { configuredAks } from "../../../support/azure-configurations";

const aks = (section: Readonly<Record<string, unknown>>): ReturnType<typeof configuredAks> =>
  configuredAks({ aks: section });

describe("providersCheck", () => {
  const arm = withArm();
  const only = "azure.providers";

  it("names the namespaces that are not registered, with the commands", async () => {
    arm.world().providers.set("Microsoft.DBforPostgreSQL", "NotRegistered");
    arm.world().providers.set("Microsoft.Storage", "Unregistered");
    const command = "az provider register --subscription [0-9-]+ --namespace Microsoft";
    const fix = new RegExp(`^run \`${command}.DBforPostgreSQL --wait && ${command}.Storage --wait\`$`);
    (await runAzureChecks(arm, { only })).assert(
      only,
      "failed",
      /^Microsoft.DBforPostgreSQL is NotRegistered, Microsoft.Storage is Unregistered$/,
      fix,
    );
  });

  it("warns of one that is being registered", async () => {
    arm.world().providers.set("Microsoft.Storage", "Registering");
    (await runAzureChecks(arm, { only })).assert(only, "warning", /Microsoft.Storage is Registering/, /wait/);
  });

  it("names one that Azure does not know", async () => {
    arm.world().providers.delete("Microsoft.Storage");
    (await runAzureChecks(arm, { only })).assert(only, "failed", /Microsoft.Storage is unknown/, /register/);
  });

  it("looks at the feature that encryption at the host takes", async () => {
    const config = aks({ cluster: { encryptionAtHost: true } });
    const id = "azure.providers.encryptionAtHost";
    (await runAzureChecks(arm, { only, config })).assert(
      id,
      "failed",
      /NotRegistered/,
      /az feature register/,
    );
    arm.world().features.set("Microsoft.Compute/EncryptionAtHost", "Registered");
    (await runAzureChecks(arm, { only, config })).assert(id, "passed", /registered/);
  });
});

describe("regionCheck", () => {
  const arm = withArm();
  const only = "azure.region";

  it("says that there is no such region, and what there is", async () => {
    const results = await runAzureChecks(arm, { only, config: aks({ location: "westeuropa" }) });
    results.assert(
      only,
      "failed",
      /no region westeuropa/,
      /config set --path spacelift:aks.location westeurope`/,
    );
  });

  it("says which zones the subscription lacks", async () => {
    const region = arm.world().locations[0]!;
    arm.world().locations[0] = {
      ...region,
      availabilityZoneMappings: [{ logicalZone: "1", physicalZone: "westeurope-az2" }],
    };
    const results = await runAzureChecks(arm, { only });
    results.assert("azure.region.zones", "failed", /zones 1 alone in westeurope, not 2, 3$/, /zones: \[1\]/);
  });

  it("asks for no zones where none are used", async () => {
    const results = await runAzureChecks(arm, { only, config: aks({ zones: [] }) });
    if (results.all.some(({ id }) => id === "azure.region.zones")) throw new Error("zones were looked at");
  });

  it("says that there is no paired region", async () => {
    arm.world().locations[0] = {
      ...arm.world().locations[0]!,
      metadata: { regionType: "Physical", pairedRegion: [] },
    };
    const results = await runAzureChecks(arm, { only, config: aks({ size: "ha" }) });
    results.assert(
      "azure.region.pair",
      "failed",
      /no paired region, which `aks.database.geoRedundantBackup` and `aks.storage.sku`/,
      /geoRedundantBackup false/,
    );
  });

  it("finds the paired region", async () => {
    const results = await runAzureChecks(arm, { only, config: aks({ size: "ha" }) });
    results.assert("azure.region.pair", "passed", /paired with northeurope/);
  });

  it("says which service the region does not offer", async () => {
    arm.world().notOffered.add("Microsoft.DBforPostgreSQL/flexibleServers");
    const results = await runAzureChecks(arm, { only });
    results.assert(
      "azure.region.services",
      "failed",
      /does not offer Microsoft.DBforPostgreSQL\/flexibleServers$/,
      /az provider show --namespace Microsoft.DBforPostgreSQL/,
    );
  });
});
