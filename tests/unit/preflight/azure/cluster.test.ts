import { runAzureChecks } from "../../../support/arm/checks";
import { addInstallation, addResource, clusterBody, installed } from "../../../support/arm/given-resources";
import { withArm } from "../../../support/arm/server";
import { kubernetesVersion, vmSku } from "../../../../rehearsal/twins/azure/api/subscription";
import { configuredAks } from "../../../support/azure-configurations";

const aks = (section: Readonly<Record<string, unknown>>): ReturnType<typeof configuredAks> =>
  configuredAks({ aks: section });

describe("nodesCheck", () => {
  const arm = withArm();
  const only = "azure.nodes";
  const system = "azure.nodes.system";
  const set = (size: ReturnType<typeof vmSku>): void => {
    arm.world().skus = arm.world().skus.map((sku) => (sku["name"] === size["name"] ? size : sku));
  };
  const refused = {
    restrictions: [
      {
        type: "Location",
        values: ["westeurope"],
        restrictionInfo: { locations: ["westeurope"] },
        reasonCode: "NotAvailableForSubscription",
      },
    ],
  };

  it("says that the subscription gets none, and proposes a size like it", async () => {
    set(vmSku("Standard_D4ds_v5", "standardDDSv5Family", 4, refused));
    const results = await runAzureChecks(arm, { only });
    results.assert(
      system,
      "failed",
      /no Standard_D4ds_v5 in westeurope \(NotAvailableForSubscription\)/,
      /systemPool.vmSize Standard_D4ds_v6`/,
    );
    results.assert("azure.nodes.apps", "failed", /NotAvailable/, /pools\[0\]\.vmSize/);
  });

  it("warns only when nodes of the size are there", async () => {
    set(vmSku("Standard_D4ds_v5", "standardDDSv5Family", 4, refused));
    addInstallation(arm.world());
    (await runAzureChecks(arm, { only })).assert(system, "warning", /NotAvailable/, /ask Microsoft/);
  });

  it("says in which zones there is none", async () => {
    const restrictions = [
      {
        type: "Zone",
        values: ["westeurope"],
        restrictionInfo: { locations: ["westeurope"], zones: ["1", "3"] },
        reasonCode: "NotAvailableForSubscription",
      },
    ];
    set(vmSku("Standard_D4ds_v5", "standardDDSv5Family", 4, { restrictions }));
    (await runAzureChecks(arm, { only })).assert(system, "failed", /in zone 1, 3 of westeurope/, /D4ds_v6/);
    (await runAzureChecks(arm, { only, config: aks({ zones: [2] }) })).assert(
      system,
      "passed",
      /in zones 2$/,
    );
  });

  it("says that the region has no such size", async () => {
    const config = aks({ cluster: { systemPool: { vmSize: "Standard_D96ds_v5" } } });
    (await runAzureChecks(arm, { only, config })).assert(
      system,
      "failed",
      /has no size Standard_D96ds_v5/,
      /systemPool/,
    );
  });

  it("says that the size takes no ephemeral disk, or no encryption at the host", async () => {
    set(
      vmSku("Standard_D4ds_v5", "standardDDSv5Family", 4, { capabilities: [{ name: "vCPUs", value: "4" }] }),
    );
    (await runAzureChecks(arm, { only })).assert(system, "failed", /no ephemeral disk/, /osDisk Managed/);
    const config = aks({ cluster: { osDisk: "Managed", encryptionAtHost: true } });
    (await runAzureChecks(arm, { only, config })).assert(system, "failed", /encryptionAtHost/, /v6/);
    (await runAzureChecks(arm, { only, config: aks({ cluster: { osDisk: "Managed" } }) })).assert(
      system,
      "passed",
      /is available/,
    );
  });

  it("says that a node takes two processors, whatever the name of its size promises", async () => {
    arm.world().skus.push(vmSku("Standard_D2s_v5", "standardDSv5Family", 1));
    const config = aks({ cluster: { systemPool: { vmSize: "Standard_D2s_v5" } } });
    (await runAzureChecks(arm, { only, config })).assert(system, "failed", /has 1 vCPU/, /vmSize/);
  });
});

describe("kubernetesCheck", () => {
  const arm = withArm();
  const only = "azure.kubernetes";
  const version = (kubernetesVersion_: string): ReturnType<typeof aks> =>
    aks({ cluster: { kubernetesVersion: kubernetesVersion_ } });
  const running = (changes: Parameters<typeof clusterBody>[1]): void => {
    addInstallation(arm.world());
    addResource(arm.world(), installed.cluster, clusterBody("spacelift-nodes", changes));
  };
  const at = (minor: string): void => {
    running({ kubernetesVersion: minor, currentKubernetesVersion: `${minor}.9` });
  };

  it("says that the region does not offer the version, and which to take", async () => {
    arm.world().kubernetesVersions = ["1.34", "1.35", "1.36"].map((each) => kubernetesVersion(each));
    (await runAzureChecks(arm, { only, config: version("1.37") })).assert(
      only,
      "failed",
      /offers 1.34, 1.35, 1.36, not 1.37/,
      /kubernetesVersion 1.35`/,
    );
  });

  it("does not count previews, nor what only long-term support has", async () => {
    arm.world().kubernetesVersions = [
      kubernetesVersion("1.34", ["AKSLongTermSupport"]),
      kubernetesVersion("1.36"),
      { ...kubernetesVersion("1.37"), isPreview: true },
    ];
    (await runAzureChecks(arm, { only, config: version("1.37") })).assert(
      only,
      "failed",
      /offers 1.36, not/,
      /1.36/,
    );
    (await runAzureChecks(arm, { only, config: version("1.34") })).assert(
      only,
      "failed",
      /offers 1.36, not/,
      /1.36/,
    );
    const config = aks({ cluster: { kubernetesVersion: "1.34", tier: "Premium" } });
    (await runAzureChecks(arm, { only, config })).assert(only, "passed", /offers 1.34/);
  });

  it("lets a cluster go one minor version up", async () => {
    at("1.36");
    (await runAzureChecks(arm, { only, config: version("1.37") })).assert(
      only,
      "passed",
      /from 1.36 to 1.37/,
    );
    (await runAzureChecks(arm, { only, config: version("1.36") })).assert(only, "passed", /runs 1.36/);
  });

  it("lets a cluster go no more than one up, and never down", async () => {
    at("1.34");
    (await runAzureChecks(arm, { only, config: version("1.36") })).assert(
      only,
      "failed",
      /one minor version at a time/,
      /kubernetesVersion 1.35`, deploy/,
    );
    at("1.37");
    (await runAzureChecks(arm, { only, config: version("1.36") })).assert(
      only,
      "failed",
      /never goes back to 1.36/,
      /1.37/,
    );
  });

  it("warns of a version that is supported no longer", async () => {
    at("1.34");
    arm.world().kubernetesVersions = ["1.35", "1.36"].map((each) => kubernetesVersion(each));
    (await runAzureChecks(arm, { only, config: version("1.34") })).assert(
      only,
      "warning",
      /no longer/,
      /1.35/,
    );
  });

  it("says that pools are too far behind", async () => {
    running({
      kubernetesVersion: "1.36",
      currentKubernetesVersion: "1.36.2",
      agentPoolProfiles: [
        { name: "apps", count: 3, vmSize: "Standard_D4ds_v5", orchestratorVersion: "1.33" },
      ],
    });
    (await runAzureChecks(arm, { only, config: version("1.37") })).assert(
      only,
      "failed",
      /apps \(1.33\)/,
      /nodepool upgrade/,
    );
  });

  for (const [state, changes, status, reason, fix] of [
    ["stopped", { powerState: { code: "Stopped" } }, "failed", /stopped/, /az aks start --ids/],
    ["being changed", { provisioningState: "Upgrading" }, "failed", /busy \(Upgrading\)/, /az aks wait/],
    ["broken", { provisioningState: "Failed" }, "warning", /last change failed/, /az aks update/],
  ] as const) {
    it(`says that the cluster is ${state}`, async () => {
      running(changes);
      (await runAzureChecks(arm, { only })).assert("azure.kubernetes.cluster", status, reason, fix);
    });
  }
});
