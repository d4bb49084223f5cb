import assert from "node:assert/strict";
import { planBuckets } from "../../../components/buckets";
import { Storage, type StorageArgs } from "../../../components/platform/aks/storage";
import { type Inventory, absent, anything } from "../../support/inventory";
import { run, valueOf } from "../../support/run";

const accountType = "azure-native:storage:StorageAccount";
const containerType = "azure-native:storage:BlobContainer";

const account = {
  kind: "new",
  name: "spaceliftst",
  sku: "Standard_ZRS",
  softDeleteDays: 30,
  allowSharedKeys: false,
  origin: "https://spacelift.example.com",
} as const;
const args = (more: Partial<StorageArgs> = {}): StorageArgs => ({
  scope: { subscriptionId: "sub", location: "westeurope", resourceGroupName: "spacelift", tags: {} },
  account,
  buckets: planBuckets({}, false),
  protectData: true,
  ...more,
});
const storage = async (more: Partial<StorageArgs> = {}): Promise<Inventory> =>
  (
    await run(() => {
      new Storage("storage", args(more));
    })
  ).inventory;

describe("Storage", () => {
  it("makes ten private containers", async () => {
    const inventory = await storage();
    inventory.count(containerType, 10);
    for (const { inputs } of inventory.all(containerType)) assert.equal(inputs["publicAccess"], "None");
  });

  it("lets the pages of Spacelift upload, and no others", async () => {
    (await storage()).has("azure-native:storage:BlobServiceProperties", "storage-blobs", {
      blobServicesName: "default",
      cors: {
        corsRules: [
          {
            allowedOrigins: ["https://spacelift.example.com"],
            allowedMethods: ["PUT", "POST"],
            allowedHeaders: ["*"],
            exposedHeaders: ["*"],
            maxAgeInSeconds: 3600,
          },
        ],
      },
    });
  });

  it("has retention on versions only once there are versions", async () => {
    const inventory = await storage();
    const lifecycle = inventory.one("azure-native:storage:ManagementPolicy");
    assert.deepEqual(lifecycle.options.dependsOn, ["storage-blobs"]);
    assert.equal(lifecycle.inputs["managementPolicyName"], "default");
  });

  it("lets in only who is on the list, when there is one", async () => {
    (await storage()).has(accountType, "storage-account", {
      networkRuleSet: { defaultAction: "Allow", ipRules: absent, virtualNetworkRules: absent },
    });
    const firewall = { ranges: ["203.0.113.0/24"], subnetId: "nodes" };
    (await storage({ account: { ...account, firewall } })).has(accountType, "storage-account", {
      networkRuleSet: {
        defaultAction: "Deny",
        ipRules: [{ iPAddressOrRange: "203.0.113.0/24" }],
        virtualNetworkRules: [{ virtualNetworkResourceId: "nodes" }],
      },
    });
  });

  it("makes containers and nothing else in an existing account", async () => {
    const existing = {
      kind: "existing",
      id: "/account",
      resourceGroup: "corporate",
      name: "corporatedata",
    } as const;
    const { inventory, result } = await run(() => {
      const { accountUrl } = new Storage("storage", args({ account: existing }));
      return { accountUrl };
    });
    assert.deepEqual([...new Set(inventory.resources.map(({ type }) => type))].sort(), [
      containerType,
      "spacelift:aks:Storage",
    ]);
    inventory.has(containerType, "storage-states", {
      resourceGroupName: "corporate",
      accountName: "corporatedata",
      containerName: anything,
    });
    assert.equal(await valueOf(result.accountUrl), "https://corporatedata.blob.core.windows.net");
  });
});
