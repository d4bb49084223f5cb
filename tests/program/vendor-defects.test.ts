import assert from "node:assert/strict";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ConfigError } from "../../config/problems";
import { type SpaceliftOutputs, program } from "../../program";
import { releaseImages, writeArchive } from "../support/archives";
import { configuredAks, givenIds } from "../support/azure-configurations";
import { type TestConfig, runnable } from "../support/configurations";
import { withExchange } from "../support/exchange";
import { type Inventory, SecretValue, absent, anything } from "../support/inventory";
import { type RunResult, run, valueOf } from "../support/run";
import { scratchFolder } from "../support/scratch";

const types = {
  cluster: "azure-native:containerservice:ManagedCluster",
  pool: "azure-native:containerservice:AgentPool",
  role: "azure-native:authorization:RoleAssignment",
  server: "azure-native:dbforpostgresql:Server",
  account: "azure-native:storage:StorageAccount",
  lifecycle: "azure-native:storage:ManagementPolicy",
  registry: "azure-native:containerregistry:Registry",
  address: "azure-native:network:PublicIPAddress",
  release: "kubernetes:helm.sh/v3:Release",
  secret: "kubernetes:core/v1:Secret",
} as const;

// Each test has the number of a known defect of the vendor's Terraform module for Azure, and says what holds here instead.
describe("defects of the vendor's module", () => {
  const folder = scratchFolder();
  const exchange = withExchange();
  let archive: string;
  beforeEach(async () => {
    archive = await writeArchive(folder(), "v4.0.0", await releaseImages("v4.0.0"));
  });

  const deploy = (
    aks: Readonly<Record<string, unknown>> = {},
    more: Readonly<Record<string, unknown>> = {},
    secrets: Readonly<Record<string, string>> = {},
  ): Promise<RunResult<SpaceliftOutputs>> => {
    const config: TestConfig = configuredAks(
      {
        images: { archive },
        ...more,
        aks: { ...aks, registry: { loginUrl: exchange.url(), ...(aks["registry"] as object | undefined) } },
      },
      secrets,
    );
    return run(
      () => program({ projectDirectory: folder(), archiveCacheDirectory: join(folder(), "cache") }),
      runnable(config),
    );
  };
  const inventoryOf = async (...args: Parameters<typeof deploy>): Promise<Inventory> =>
    (await deploy(...args)).inventory;

  /** The variables of one of the three Secrets. */
  const env = (inventory: Inventory, role: string): Record<string, string> => {
    const data = inventory.one(types.secret, `spacelift-${role}`).inputs["stringData"];
    return (data instanceof SecretValue ? data.value : data) as Record<string, string>;
  };
  const rules = (inventory: Inventory): string =>
    JSON.stringify(inventory.one(types.lifecycle).inputs["policy"]);

  it("D1: no rule deletes Terraform states or modules", async () => {
    const text = rules(await inventoryOf());
    assert.match(text, /spacelift-run-logs\//);
    assert.doesNotMatch(text, /spacelift-states|spacelift-modules/);
  });

  it("D2: only the backend gets at the storage, and no run at the identity of a node", async () => {
    const inventory = await inventoryOf();
    const grants = inventory
      .all(types.role)
      .map(({ inputs }) => [inputs["principalId"], String(inputs["roleDefinitionId"]).split("/").at(-1)]);
    const blobRole = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
    assert.deepEqual(
      grants.filter(([, role]) => role === blobRole).map(([principal]) => principal),
      ["principal-of-platform-backend-identity"],
    );
    assert.deepEqual(
      grants
        .filter(([principal]) => principal === "principal-of-platform-cluster-kubelet")
        .map(([, role]) => role),
      ["7f951dda-4ed3-4680-a7ca-43fe172d538d"],
    );
    inventory.has(types.cluster, "platform-cluster-cluster", { networkProfile: { networkPolicy: "cilium" } });
    inventory.has("kubernetes:networking.k8s.io/v1:NetworkPolicy", "workers-policy-no-metadata-endpoint", {
      spec: { policyTypes: ["Egress"] },
    });
  });

  it("D3: workload identity and the OIDC issuer are on", async () => {
    (await inventoryOf()).has(types.cluster, "platform-cluster-cluster", {
      oidcIssuerProfile: { enabled: true },
      securityProfile: { workloadIdentity: { enabled: true } },
    });
  });

  it("D4: what expires is freed, and the account is hardened", async () => {
    const inventory = await inventoryOf();
    const policy = JSON.parse(rules(inventory)) as {
      rules: { definition: { actions: Record<string, unknown> } }[];
    };
    for (const { definition } of policy.rules) {
      assert.ok("version" in definition.actions && "snapshot" in definition.actions);
    }
    inventory.has("azure-native:storage:BlobServiceProperties", "platform-storage-blobs", {
      isVersioningEnabled: true,
      deleteRetentionPolicy: { enabled: true, days: 30 },
      containerDeleteRetentionPolicy: { enabled: true, days: 30 },
    });
    inventory.has(types.account, "platform-storage-account", {
      sku: { name: "Standard_ZRS" },
      minimumTlsVersion: "TLS1_2",
      allowBlobPublicAccess: false,
      allowSharedKeyAccess: false,
      allowCrossTenantReplication: false,
    });
  });

  it("D5: nobody reads the launcher without logging in, unless it is asked for", async () => {
    const inventory = await inventoryOf();
    inventory.count(types.registry, 1);
    inventory.has(types.registry, "platform-registry-registry", {
      anonymousPullEnabled: false,
      adminUserEnabled: false,
    });
    assert.equal(
      env(inventory, "drain")["LAUNCHER_IMAGE"],
      "spaceliftacrabc123.azurecr.io/spacelift-launcher",
    );
  });

  it("D6: outputs have the names they say", async () => {
    const { result } = await deploy({ registry: { anonymousLauncher: true } });
    const outputs = await valueOf(pulumi.output(result.platform));
    assert.equal(outputs["privateRegistryName"], "spaceliftacrabc123");
    assert.equal(outputs["publicRegistryName"], "spaceliftpubabc123");
    assert.equal(outputs["databaseName"], "spacelift");
    assert.equal(outputs["databaseServerName"], "spacelift-pg-abc123");
    assert.match(await valueOf(result.shell), /PUBLIC_CONTAINER_REGISTRY_NAME='spaceliftpubabc123'/);
  });

  it("D7: PostgreSQL is current, the gateway is known, and the server sees every bucket", async () => {
    const inventory = await inventoryOf({}, { vcsGateway: { domain: "vcs.example.com" } });
    inventory.has(types.server, "platform-database-server", { version: "17" });
    assert.equal(env(inventory, "shared")["OBJECT_STORAGE_BUCKET_METADATA"], "spacelift-metadata");
    assert.equal(env(inventory, "shared")["VCS_GATEWAY_ENDPOINT"], "vcs.example.com:443");
  });

  it("D8: only nodes reach PostgreSQL", async () => {
    const inventory = await inventoryOf();
    const guard = inventory.one("azure-native:network:NetworkSecurityGroup").inputs["securityRules"];
    assert.ok(Array.isArray(guard));
    const inbound = guard.filter((rule: Record<string, unknown>) => rule["direction"] === "Inbound");
    assert.deepEqual(
      inbound.map((rule: Record<string, unknown>) => [rule["access"], rule["sourceAddressPrefix"]]),
      [
        ["Allow", "10.30.0.0/22"],
        ["Allow", "10.30.4.0/26"],
        ["Deny", "VirtualNetwork"],
      ],
    );
    inventory.has("azure-native:network:Subnet", "platform-network-database", {
      networkSecurityGroup: { id: anything },
      delegations: [{ serviceName: "Microsoft.DBforPostgreSQL/flexibleServers" }],
    });
  });

  it("D9: the database is Spacelift's own, on a server with a standby, backups and room, in every cloud", async () => {
    const inventory = await inventoryOf();
    inventory.has(types.server, "platform-database-server", {
      sku: { name: "Standard_D4ds_v5", tier: "GeneralPurpose" },
      storage: { autoGrow: "Enabled" },
      backup: { backupRetentionDays: 35 },
      highAvailability: { mode: "ZoneRedundant" },
      maintenanceWindow: { customWindow: "Enabled" },
      network: { publicNetworkAccess: "Disabled" },
    });
    assert.equal(inventory.one(types.server).options.protect, true);
    inventory.has("azure-native:dbforpostgresql:Database", "platform-database-database", {
      databaseName: "spacelift",
    });
    inventory.count("azure-native:dbforpostgresql:Configuration", 0);
    assert.match(env(inventory, "shared")["DATABASE_URL"] ?? "", /\/spacelift\?sslmode=verify-full/);
    const china = await inventoryOf({ cloud: "china", location: "chinanorth3" });
    china.has("azure-native:privatedns:PrivateZone", "platform-database-zone", {
      privateZoneName: /\.postgres\.database\.chinacloudapi\.cn$/,
    });
    china.has("pulumi:providers:azure-native", "platform-azure", { environment: "china" });
  });

  it("D10: a read replica is one, or there is none", async () => {
    assert.equal(env(await inventoryOf(), "shared")["DATABASE_READ_ONLY_URL"], undefined);
    const shared = env(await inventoryOf({ database: { readReplica: true } }), "shared");
    assert.match(shared["DATABASE_READ_ONLY_URL"] ?? "", /@spacelift-pg-abc123-ro\./);
    assert.doesNotMatch(shared["DATABASE_URL"] ?? "", /-ro\./);
  });

  it("D11: pools scale, upgrade by shares, span zones and have room to grow", async () => {
    const inventory = await inventoryOf();
    inventory.has(types.cluster, "platform-cluster-cluster", {
      kubernetesVersion: "1.36",
      sku: { tier: "Standard" },
      autoUpgradeProfile: { upgradeChannel: "patch", nodeOSUpgradeChannel: "NodeImage" },
      apiServerAccessProfile: { authorizedIPRanges: ["203.0.113.0/24"], disableRunCommand: true },
      networkProfile: { podCidr: "10.244.0.0/16", serviceCidr: "10.245.0.0/20" },
      agentPoolProfiles: [
        {
          enableAutoScaling: true,
          minCount: 2,
          vmSize: "Standard_D4ds_v5",
          availabilityZones: ["1", "2", "3"],
          upgradeSettings: { maxSurge: "33%" },
        },
      ],
    });
    assert.deepEqual(
      inventory
        .all(types.pool)
        .map(({ name }) => name)
        .sort(),
      ["platform-cluster-pool-apps", "platform-cluster-pool-runs"],
    );
    inventory.count("azure-native:containerservice:MaintenanceConfiguration", 2);
    const entra = await inventoryOf({ prefix: "acme" });
    entra.has(types.cluster, "platform-cluster-cluster", { resourceName: "acme-aks" });
  });

  it("D12: the public address outlives the cluster", async () => {
    const inventory = await inventoryOf();
    const { nodeResourceGroup } = inventory.one(types.cluster).inputs;
    inventory.has(types.address, "platform-ingress-ip", {
      resourceGroupName: "spacelift-ingress",
      publicIPAllocationMethod: "Static",
      sku: { name: "Standard" },
      zones: ["1", "2", "3"],
    });
    assert.equal(nodeResourceGroup, "spacelift-nodes");
  });

  it("D13: what is there is used, and the address that leaves is told", async () => {
    const own = await inventoryOf({
      network: { nodeSubnetId: givenIds.nodeSubnet, databaseSubnetId: givenIds.databaseSubnet },
      registry: { id: givenIds.registry },
      storage: { accountId: givenIds.account },
    });
    for (const type of ["VirtualNetwork", "Subnet", "NetworkSecurityGroup"]) {
      own.count(`azure-native:network:${type}`, 0);
    }
    own.count(types.registry, 0);
    own.count(types.account, 0);
    const { result } = await deploy({ network: { natGateway: true } });
    const outputs = await valueOf(pulumi.output(result.platform));
    assert.equal(outputs["egressIpAddress"], "198.51.100.7");
  });

  it("D14: workers outside the cluster reach the broker", async () => {
    const inventory = await inventoryOf(
      {},
      { mqtt: { domain: "mqtt.example.com", serviceType: "LoadBalancer" } },
    );
    assert.equal(env(inventory, "shared")["MQTT_BROKER_ENDPOINT"], "tls://mqtt.example.com:1984");
    const values = inventory.one(types.release, "spacelift-release").inputs["values"];
    assert.match(JSON.stringify(values), /"mqttService":\{[^}]*\},"port":1984,"type":"LoadBalancer"\}/);
  });

  it("D15: secrets stay secret, and any character survives in them", async () => {
    const password = 'planted "quote" \\ and ${dollar}';
    const { result } = await deploy({}, {}, { adminPassword: password });
    assert.equal(await pulumi.isSecret(result.kubernetesSecrets), true);
    const manifest = JSON.parse(await valueOf(result.kubernetesSecrets)) as {
      items: { stringData: Record<string, string> }[];
    };
    assert.equal(manifest.items[1]?.stringData["ADMIN_PASSWORD"], password);
  });

  it("D16: what cannot be left out is asked for before anything is made", async () => {
    await assert.rejects(
      run(() => program({ projectDirectory: folder() }), {
        config: { "spacelift:target": "aks" },
      }),
      (error) => {
        assert.ok(error instanceof ConfigError);
        const missing = error.problems.filter(({ problem }) => problem.startsWith("is missing"));
        assert.deepEqual(missing.map(({ key }) => key).sort(), [
          "aks",
          "domain",
          "images.archive",
          "licenseToken",
          "tls",
          "version",
        ]);
        return true;
      },
    );
    const { result } = await deploy();
    assert.notEqual(await valueOf(pulumi.output(result.adminPassword)), "");
  });

  it("D17: issuer, class and every value of the chart can be chosen", async () => {
    const inventory = await inventoryOf(
      {},
      {
        ingress: { mode: "ingress-nginx", className: "internal" },
        services: { server: { replicas: 5, resources: { requests: { cpu: "2" } } } },
        proxy: { https: "http://proxy.example.com:3128" },
        helmValues: { server: { podLabels: { team: "platform" } } },
        telemetry: { vendor: "OpenTelemetry", endpoint: "http://collector:4317" },
      },
    );
    const values = inventory.one(types.release, "spacelift-release").inputs["values"];
    const plain = (values instanceof SecretValue ? values.value : values) as Record<
      string,
      Record<string, unknown>
    >;
    assert.equal(plain["server"]?.["replicaCount"], 5);
    assert.deepEqual(plain["server"]["resources"], { requests: { cpu: "2" } });
    assert.deepEqual(plain["server"]["podLabels"], {
      "azure.workload.identity/use": "true",
      team: "platform",
    });
    assert.equal(plain["ingress"]?.["ingressClassName"], "internal");
    assert.equal(env(inventory, "shared")["HTTPS_PROXY"], "http://proxy.example.com:3128");
    assert.equal(env(inventory, "shared")["OTEL_EXPORTER_OTLP_ENDPOINT"], "http://collector:4317");
  });

  it("D18: everything is tagged, and logs and protection are there", async () => {
    const inventory = await inventoryOf({
      tags: { team: "platform" },
      cluster: { logAnalyticsWorkspaceId: givenIds.workspace },
    });
    const tagged = [
      ...["resources:ResourceGroup", "network:VirtualNetwork", "network:PublicIPAddress"],
      ...["storage:StorageAccount", "containerregistry:Registry", "containerservice:ManagedCluster"],
      ...["containerservice:AgentPool", "dbforpostgresql:Server", "managedidentity:UserAssignedIdentity"],
      ...["network:NetworkSecurityGroup", "privatedns:PrivateZone"],
    ];
    for (const type of tagged) {
      const found = inventory.all(`azure-native:${type}`);
      assert.ok(found.length > 0, type);
      for (const { name, inputs } of found) assert.deepEqual(inputs["tags"], { team: "platform" }, name);
    }
    inventory.has("azure-native:monitor:DiagnosticSetting", "platform-cluster-logs-audit", {
      workspaceId: givenIds.workspace,
    });
    assert.equal(inventory.one(types.account).options.protect, true);
    inventory.has(types.cluster, "platform-cluster-cluster", { servicePrincipalProfile: absent });
  });
});
