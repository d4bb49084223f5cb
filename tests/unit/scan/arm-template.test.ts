import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type ArmResource, type ArmTemplate, armTemplate } from "../../scan/arm-template";
import { armTypes } from "../../scan/arm/types";
import { Inventory, type RecordedResource, secret } from "../../support/inventory";

const options = {
  protect: false,
  retainOnDelete: false,
  ignoreChanges: [],
  replaceOnChanges: [],
  dependsOn: [],
};
const recorded = (
  type: string,
  inputs: Readonly<Record<string, unknown>>,
  name = "thing",
): RecordedResource => ({ type, name, inputs, parent: undefined, options });

const template = (...resources: readonly RecordedResource[]): ArmTemplate =>
  armTemplate(new Inventory(resources));

/** The one resource of the template. */
function exported(type: string, inputs: Readonly<Record<string, unknown>>): ArmResource {
  const { resources } = template(recorded(`azure-native:${type}`, inputs));
  assert.equal(resources.length, 1);
  return resources[0]!;
}

describe("armTemplate", () => {
  it("puts every key where Resource Manager has it", () => {
    assert.deepEqual(
      exported("storage:StorageAccount", {
        resourceGroupName: "spacelift",
        accountName: "spaceliftst",
        location: "polandcentral",
        kind: "StorageV2",
        sku: { name: "Standard_ZRS" },
        tags: { team: "platform" },
        enableHttpsTrafficOnly: true,
        networkRuleSet: {
          defaultAction: "Deny",
          ipRules: [{ iPAddressOrRange: "203.0.113.0/24", action: "Allow" }],
          virtualNetworkRules: [{ virtualNetworkResourceId: "/subnet", action: "Allow" }],
        },
      }),
      {
        type: "Microsoft.Storage/storageAccounts",
        apiVersion: "2024-01-01",
        name: "spaceliftst",
        location: "polandcentral",
        kind: "StorageV2",
        sku: { name: "Standard_ZRS" },
        tags: { team: "platform" },
        properties: {
          supportsHttpsTrafficOnly: true,
          networkAcls: {
            defaultAction: "Deny",
            ipRules: [{ value: "203.0.113.0/24", action: "Allow" }],
            virtualNetworkRules: [{ id: "/subnet", action: "Allow" }],
          },
        },
      },
    );
  });

  it("nests what is nested in lists", () => {
    const { properties } = exported("network:NetworkSecurityGroup", {
      networkSecurityGroupName: "guard",
      securityRules: [{ name: "ssh", access: "Allow", sourceAddressPrefix: "*" }],
    });
    assert.deepEqual(properties, {
      securityRules: [{ name: "ssh", properties: { access: "Allow", sourceAddressPrefix: "*" } }],
    });
  });

  it("names a child by its parents, and an extension by what it extends", () => {
    const container = exported("storage:BlobContainer", { accountName: "account", containerName: "states" });
    assert.equal(container.type, "Microsoft.Storage/storageAccounts/blobServices/containers");
    assert.equal(container.name, "account/default/states");
    const record = exported("dns:RecordSet", {
      zoneName: "example.com",
      relativeRecordSetName: "@",
      recordType: "A",
      ttl: 60,
    });
    assert.equal(record.type, "Microsoft.Network/dnsZones/A");
    assert.deepEqual(record["properties"], { TTL: 60 });
    const role = exported("authorization:RoleAssignment", {
      scope: "/group",
      principalId: "p",
      roleDefinitionId: "r",
    });
    assert.equal(role.name, "[guid('thing')]");
    assert.equal(role["scope"], "/group");
    assert.deepEqual(role["properties"], { principalId: "p", roleDefinitionId: "r" });
  });

  it("takes the switches of add-ons for booleans, and no other text", () => {
    const cluster = exported("containerservice:ManagedCluster", {
      resourceName: "aks",
      identity: { type: "UserAssigned", userAssignedIdentities: ["/identity"] },
      tags: { config: "true" },
      addonProfiles: { omsagent: { enabled: true, config: { useAADAuth: "true", id: "/workspace" } } },
    });
    assert.deepEqual(cluster["tags"], { config: "true" });
    assert.deepEqual(cluster["identity"], {
      type: "UserAssigned",
      userAssignedIdentities: { "/identity": {} },
    });
    assert.deepEqual(cluster["properties"], {
      addonProfiles: { omsagent: { enabled: true, config: { useAADAuth: true, id: "/workspace" } } },
    });
  });

  it("makes a parameter without a value of each secret", () => {
    const made = template(
      recorded("azure-native:dbforpostgresql:Server", {
        serverName: "pg",
        administratorLoginPassword: secret("planted"),
      }),
    );
    assert.deepEqual(made.parameters, { thing_administratorLoginPassword: { type: "securestring" } });
    assert.deepEqual(made.resources[0]?.["properties"], {
      administratorLoginPassword: "[parameters('thing_administratorLoginPassword')]",
    });
    assert.doesNotMatch(JSON.stringify(made), /planted/);
  });

  it("keeps a text from becoming an expression", () => {
    const { tags } = exported("network:VirtualNetwork", {
      virtualNetworkName: "vnet",
      tags: { note: "[resourceGroup().id]" },
    });
    assert.deepEqual(tags, { note: "[[resourceGroup().id]" });
  });

  it("leaves out what is not Azure's", () => {
    assert.deepEqual(template(recorded("kubernetes:core/v1:Secret", {})).resources, []);
  });

  it("knows every type the program registers, and no other", () => {
    const snapshot = readFileSync(join(__dirname, "../../program/aks-identities.snapshot.txt"), "utf8");
    const registered = [...snapshot.matchAll(/^azure-native:(\S+)/gm)].map(([, token]) => token);
    assert.deepEqual(Object.keys(armTypes).sort(), [...new Set(registered)].sort());
  });

  it("gives each type the API version that the SDK uses", () => {
    const sdk = dirname(require.resolve("@pulumi/azure-native"));
    for (const [token, { apiVersion }] of Object.entries(armTypes)) {
      const [module = "", name = ""] = token.split(":");
      // Files are called like classes, with a small initial: `publicIPAddress.d.ts`.
      const file = join(sdk, module, `${name.charAt(0).toLowerCase()}${name.slice(1)}.d.ts`);
      const [, version] = /Uses Azure REST API version ([\w-]+)/.exec(readFileSync(file, "utf8")) ?? [];
      assert.equal(apiVersion, version, token);
    }
  });

  it("rejects a type and a key that nobody has described", () => {
    assert.throws(() => exported("keyvault:Vault", {}), /`azure-native:keyvault:Vault`: has no type/);
    assert.throws(
      () => exported("network:VirtualNetwork", { virtualNetworkName: "vnet", adressSpace: {} }),
      /`VirtualNetwork\.adressSpace`: Azure's description knows no such key/,
    );
    assert.throws(() => exported("network:VirtualNetwork", {}), /has no `virtualNetworkName`/);
  });
});
