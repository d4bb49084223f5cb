import { runAzureChecks } from "../../../support/arm/checks";
import { addGroup, addInstallation, addResource, installed } from "../../../support/arm/given-resources";
import { withArm } from "../../../support/arm/server";
import { configuredAks } from "../../../support/azure-configurations";

const aks = (section: Readonly<Record<string, unknown>>): ReturnType<typeof configuredAks> =>
  configuredAks({ aks: section });

describe("namesCheck", () => {
  const arm = withArm();
  const only = "azure.names";

  it("warns of a resource group that holds no installation", async () => {
    addGroup(arm.world(), "spacelift");
    (await runAzureChecks(arm, { only })).assert(
      "azure.names.group",
      "warning",
      /holds nothing of an installation/,
      /resourceGroup.create false/,
    );
  });

  it("says that groups exist without an installation", async () => {
    addGroup(arm.world(), "spacelift-ingress");
    addGroup(arm.world(), "spacelift-nodes");
    const results = await runAzureChecks(arm, { only });
    results.assert(
      "azure.names.ingressGroup",
      "failed",
      /spacelift-ingress exists already/,
      /az group delete --name spacelift-ingress/,
    );
    results.assert("azure.names.nodeGroup", "failed", /AKS takes no group/, /spacelift-nodes/);
  });

  it("says that the group of the nodes is another cluster's", async () => {
    addInstallation(arm.world());
    addGroup(arm.world(), "spacelift-nodes", { managedBy: `${installed.cluster}-other` });
    (await runAzureChecks(arm, { only })).assert(
      "azure.names.nodeGroup",
      "failed",
      /AKS takes no group/,
      /delete/,
    );
  });

  it("says that a group is being deleted", async () => {
    addGroup(arm.world(), "spacelift", { properties: { provisioningState: "Deleting" } });
    (await runAzureChecks(arm, { only })).assert("azure.names.group", "failed", /being deleted/, /--deleted/);
  });

  it("says that an installation cannot move", async () => {
    addInstallation(arm.world());
    addGroup(arm.world(), "spacelift", { location: "northeurope" });
    (await runAzureChecks(arm, { only })).assert(
      "azure.names.group",
      "failed",
      /is in northeurope/,
      /location northeurope/,
    );
  });

  it("knows the parts of an installation by their names, and not those of another prefix", async () => {
    addInstallation(arm.world());
    const results = await runAzureChecks(arm, { only });
    results.assert("azure.names.storage", "passed", /^spaceliftstab12cd belongs/);
    results.assert("azure.names.registry", "passed", /^spaceliftacrab12cd/);
    results.assert("azure.names.database", "passed", /^spacelift-pg-ab12cd /);
    const another = await runAzureChecks(arm, { only, config: aks({ prefix: "other" }) });
    another.assert("azure.names.group", "warning", /prefix other/, /./);
    another.assert("azure.names.storage", "skipped", /drawn/);
  });

  it("does not take a resource of another type for a part of an installation", async () => {
    const disk = installed.storage.replace("Microsoft.Storage/storageAccounts", "Microsoft.Compute/disks");
    addResource(arm.world(), disk, { location: "westeurope" });
    const results = await runAzureChecks(arm, { only });
    results.assert("azure.names.storage", "skipped", /drawn/);
    results.assert("azure.names.group", "warning", /holds nothing/, /./);
  });
});
