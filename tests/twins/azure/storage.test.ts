import { strict as assert } from "node:assert";
import { azureTwin } from "../../../rehearsal/twins/azure";
import type { Properties } from "../../../rehearsal/twins/framework";
import { connected } from "../support/connected";
import type { State } from "../support/engine-client";
import { Installation } from "./support/installation";

describe("The azure twin for storage", () => {
  const engine = connected(azureTwin());
  const make = new Installation(engine);
  beforeEach(async () => {
    await make.group();
  });
  const inAccount = { accountName: "stspacelift" };
  const container = (containerName: string, more: Properties = {}): Promise<State> =>
    make.make("container", { ...inAccount, containerName, ...more }, containerName);
  const blobService = (more: Properties = {}): Promise<State> =>
    make.make("blobService", {
      ...inAccount,
      blobServicesName: "default",
      isVersioningEnabled: true,
      ...more,
    });
  const policy = (rule: Properties, more: Properties = {}): Promise<State> =>
    make.make("policy", {
      ...inAccount,
      managementPolicyName: "default",
      policy: {
        rules: [
          {
            name: "expire",
            type: "Lifecycle",
            enabled: true,
            definition: {
              filters: { blobTypes: ["blockBlob"], prefixMatch: ["spacelift-metadata/"] },
              actions: { baseBlob: { delete: { daysAfterCreationGreaterThan: 2 } } },
            },
            ...rule,
          },
        ],
      },
      ...more,
    });
  const acting = (actions: Properties, prefix = "spacelift-metadata/"): Properties => ({
    definition: { filters: { blobTypes: ["blockBlob"], prefixMatch: [prefix] }, actions },
  });

  it("answers the addresses of an account", async () => {
    const { outputs } = await make.account();
    assert.deepEqual(
      Object.entries(outputs["primaryEndpoints"] ?? {}).find(([key]) => key === "blob"),
      ["blob", "https://stspacelift.blob.core.windows.net/"],
    );
  });

  it("changes the settings of blobs, which are there before, and makes containers without them", async () => {
    await make.account();
    await container("early");
    const settings = await blobService();
    await blobService();
    await engine().delete(settings);
    assert.ok(await engine().read(await container("late")));
  });

  it("puts a container away for a while before its name is free", async () => {
    await make.account();
    const made = await container("spacelift-states");
    await engine().delete(made);
    await assert.rejects(container("spacelift-states"), /ContainerBeingDeleted/);
    for (let index = 0; index < 8; index += 1) await container(`other-${index}`);
    await make.address();
    await make.registry();
    await container("spacelift-states");
  });

  it("rejects singletons under another name", async () => {
    await make.account();
    await assert.rejects(blobService({ blobServicesName: "mine" }), /HttpResourceNotFound.*only "default"/);
    await assert.rejects(policy({}, { managementPolicyName: "mine" }), /HttpResourceNotFound/);
  });

  it("rejects redundancy that a region does not have, and changing between kinds of it", async () => {
    await assert.rejects(
      make.account({ location: "westus" }),
      /RedundancyConfigurationNotAvailableInRegion: .*Standard_ZRS/,
    );
    const account = await make.account();
    await assert.rejects(
      engine().update(account, { ...account.inputs, sku: { name: "Standard_LRS" } }),
      /SkuConversionNotSupported/,
    );
  });

  it("rejects private ranges among the rules of an account, and old TLS", async () => {
    const withRange = (iPAddressOrRange: string): Promise<State> =>
      make.account({ networkRuleSet: { defaultAction: "Deny", ipRules: [{ iPAddressOrRange }] } });
    await assert.rejects(withRange("10.0.0.0/8"), /only public ranges/);
    await assert.rejects(withRange("203.0.113.4/32"), /only public ranges/);
    await assert.rejects(make.account({ minimumTlsVersion: "TLS1_0" }), /InvalidTlsVersion/);
  });

  it("rejects letting a subnet in that does not reach storage by its network", async () => {
    await make.network();
    const subnet = await make.nodeSubnet();
    const virtualNetworkRules = [{ virtualNetworkResourceId: subnet.id }];
    const account = (): Promise<State> =>
      make.account({ networkRuleSet: { defaultAction: "Deny", virtualNetworkRules } });
    await assert.rejects(
      account(),
      /NetworkAclsValidationFailure: .*SubnetsHaveNoServiceEndpointsConfigured/,
    );
    await engine().update(subnet, { ...subnet.inputs, serviceEndpoints: [{ service: "Microsoft.Storage" }] });
    await account();
    const rule = [{ iPAddressOrRange: "anywhere" }];
    await assert.rejects(
      make.account({ accountName: "stother", networkRuleSet: { defaultAction: "Deny", ipRules: rule } }),
      /is no address and no range/,
    );
  });

  it("rejects another kind of account, versions below a hierarchical namespace, and too many CORS rules", async () => {
    const account = await make.account({ sku: { name: "Standard_LRS" }, isHnsEnabled: true });
    await assert.rejects(
      engine().update(account, { ...account.inputs, kind: "BlobStorage" }),
      /AccountPropertyIsInvalid/,
    );
    await assert.rejects(
      engine().update(account, { ...account.inputs, sku: { name: "Premium_LRS" } }),
      /SkuConversionNotSupported/,
    );
    await assert.rejects(blobService(), /FeatureNotSupportedForAccount/);
    const rule = {
      allowedOrigins: ["https://spacelift.example.com"],
      allowedMethods: ["PUT"],
      allowedHeaders: ["*"],
      exposedHeaders: ["*"],
      maxAgeInSeconds: 60,
    };
    const cors = (count: number): Properties => ({
      isVersioningEnabled: false,
      cors: { corsRules: Array.from({ length: count }, () => rule) },
    });
    await assert.rejects(blobService(cors(6)), /more than 5 CORS rules/);
    await blobService(cors(5));
  });

  it("rejects a container that is open in an account that is not", async () => {
    await make.account({ allowBlobPublicAccess: false });
    await assert.rejects(container("open", { publicAccess: "Blob" }), /PublicAccessNotPermitted/);
  });

  it("rejects lifecycle rules that do nothing, hit nothing, or act on versions that are not kept", async () => {
    await make.account();
    const ofVersions = acting({ version: { delete: { daysAfterCreationGreaterThan: 2 } } });
    await assert.rejects(policy(ofVersions), /acts on versions, and versioning is off/);
    await assert.rejects(policy(acting({})), /does nothing/);
    await assert.rejects(policy(acting({ baseBlob: { delete: {} } })), /no condition/);
    const expiry = { baseBlob: { delete: { daysAfterCreationGreaterThan: 2 } } };
    await assert.rejects(policy(acting(expiry, "*/logs")), /does not begin with a container/);
    await blobService();
    await policy(ofVersions);
  });

  it("rejects restoring blobs without versions, the change feed and a longer retention", async () => {
    await make.account();
    const restorePolicy = { enabled: true, days: 7 };
    const deleteRetentionPolicy = { enabled: true, days: 7 };
    await assert.rejects(blobService({ restorePolicy, deleteRetentionPolicy }), /InvalidRestorePolicy/);
    const longer = { enabled: true, days: 14 };
    await assert.rejects(
      blobService({ restorePolicy, deleteRetentionPolicy: longer }),
      /needs versioning and the change feed/,
    );
  });
});
