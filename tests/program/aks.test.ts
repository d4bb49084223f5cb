import assert from "node:assert/strict";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ConfigError } from "../../config/problems";
import { type SpaceliftOutputs, program } from "../../program";
import { releaseImages, writeArchive } from "../support/archives";
import { configuredAks, fullAks, givenIds, subscriptionId } from "../support/azure-configurations";
import { generated } from "../support/computed-state";
import { type TestConfig, runnable, samples } from "../support/configurations";
import { SecretValue, anything, absent, secret } from "../support/inventory";
import { withExchange } from "../support/exchange";
import { assertNoLeaks } from "../support/leaks";
import { type RunOptions, type RunResult, run, valueOf } from "../support/run";
import { scratchFolder } from "../support/scratch";

const snapshotFile = join(__dirname, "aks-identities.snapshot.txt");
const clusterType = "azure-native:containerservice:ManagedCluster";
const roleType = "azure-native:authorization:RoleAssignment";

describe("program on AKS", () => {
  const folder = scratchFolder();
  const exchange = withExchange();
  let archive: string;
  beforeEach(async () => {
    archive = await writeArchive(folder(), "v4.0.0", await releaseImages("v4.0.0"));
    const kubelogin = join(folder(), process.platform === "win32" ? "kubelogin.exe" : "kubelogin");
    writeFileSync(kubelogin, "");
    chmodSync(kubelogin, 0o755);
  });

  const deploy = (
    config: TestConfig,
    preview = false,
    options: Pick<RunOptions, "answers"> = {},
  ): Promise<RunResult<SpaceliftOutputs>> =>
    run(
      () =>
        program({
          projectDirectory: folder(),
          archiveCacheDirectory: join(folder(), "cache"),
          searchPath: folder(),
        }),
      { ...runnable(config), preview, ...options },
    );

  const full = (): TestConfig => {
    const config = fullAks(archive);
    return {
      ...config,
      settings: configuredAks({
        ...config.settings,
        aks: {
          ...(config.settings["aks"] as object),
          registry: { anonymousLauncher: true, loginUrl: exchange.url() },
        },
      }).settings,
    };
  };
  const small = (
    aks: Readonly<Record<string, unknown>> = {},
    more: Readonly<Record<string, unknown>> = {},
  ): TestConfig =>
    configuredAks({
      images: { archive },
      ...more,
      aks: { registry: { loginUrl: exchange.url() }, ...aks },
    });

  it("keeps the identity of every resource", async () => {
    const { inventory } = await deploy(full());
    if (process.env["UPDATE_SNAPSHOTS"] === "true") writeFileSync(snapshotFile, inventory.identities());
    // A difference here deletes and makes resources anew on every stack there is: give a renamed one an alias.
    assert.equal(inventory.identities(), readFileSync(snapshotFile, "utf8"));
  });

  it("lets no secret out of its wrapping", async () => {
    const { inventory, result } = await deploy(full());
    const words = [
      ...["planted", "generated-password-of", generated.bytes, samples.licenseToken, exchange.token],
      samples.encryptionPrivateKey.slice(0, 60),
    ];
    await assertNoLeaks(inventory, result, words);
  });

  it("registers the same from the same configuration", async () => {
    const [first, second] = [await deploy(full()), await deploy(full())];
    assert.deepEqual(second.inventory.resources, first.inventory.resources);
  });

  it("plans as many resources as it makes, though nothing is known yet", async () => {
    const [planned, made] = [await deploy(full(), true), await deploy(full())];
    assert.equal(planned.inventory.identities(), made.inventory.identities());
  });

  it("asks no registry for a login in a preview", async () => {
    await deploy(full(), true);
    assert.equal(exchange.requests().length, 0);
    await deploy(full());
    assert.deepEqual(
      exchange
        .requests()
        .map((form) => [form.get("service"), form.get("grant_type"), form.get("tenant")])
        .sort(),
      [
        ["spaceliftacrabc123.azurecr.io", "access_token", "tenant"],
        ["spaceliftpubabc123.azurecr.io", "access_token", "tenant"],
      ],
    );
  });

  it("writes no Output into a text", async () => {
    const { inventory } = await deploy(full());
    assert.doesNotMatch(
      JSON.stringify(inventory.resources),
      /Calling \[(?:toString|toJSON)\]|\[object Object\]|undefined/,
    );
  });

  it("hangs everything on providers of its own", async () => {
    const { inventory } = await deploy(full());
    const providers = inventory.resources.filter(({ type }) => type.startsWith("pulumi:providers:"));
    assert.deepEqual(providers.map(({ type }) => type).sort(), [
      "pulumi:providers:azure-native",
      "pulumi:providers:kubernetes",
    ]);
    inventory.has("pulumi:providers:kubernetes", "platform-kubernetes", {
      clusterIdentifier: /managedClusters\/spacelift-aks$/,
      kubeconfig: secret(/"command":"kubelogin"/),
      enableSecretMutable: "true",
      enableConfigMapMutable: "true",
    });
  });

  it("logs in with Azure's own kubeconfig where Entra ID is not asked for", async () => {
    const { inventory } = await deploy(small({ size: "dev" }));
    inventory.has("pulumi:providers:kubernetes", "platform-kubernetes", {
      kubeconfig: secret(/planted-client-key/),
    });
    inventory.has(clusterType, "platform-cluster-cluster", {
      disableLocalAccounts: false,
      aadProfile: absent,
    });
  });

  it("takes the guide's values", async () => {
    const { inventory, result } = await deploy(
      small(
        { size: "dev", location: "polandcentral", resourceGroup: { name: "spacelift" } },
        {
          usageReporting: true,
          vcsGateway: { domain: "vcs-gateway.mycorp.io" },
        },
      ),
    );
    inventory.has("azure-native:resources:ResourceGroup", "platform-group", {
      resourceGroupName: "spacelift",
      location: "polandcentral",
    });
    assert.deepEqual(await valueOf(result.dnsRecords), [
      { name: "spacelift.example.com", type: "A", value: "198.51.100.4" },
      { name: "vcs-gateway.mycorp.io", type: "A", value: "198.51.100.4" },
    ]);
    const shell = await valueOf(result.shell);
    for (const line of [
      "AZURE_RESOURCE_GROUP_NAME='spacelift'",
      "AKS_CLUSTER_NAME='spacelift-aks'",
      "PUBLIC_IP_ADDRESS='198.51.100.4'",
      "PRIVATE_CONTAINER_REGISTRY_NAME='spaceliftacrabc123'",
      "BACKEND_IMAGE='spaceliftacrabc123.azurecr.io/spacelift-backend'",
    ]) {
      assert.ok(shell.includes(`export ${line}\n`), `${line} in\n${shell}`);
    }
  });

  it("brings the backend to its storage and its database", async () => {
    const { inventory } = await deploy(full());
    const shared = inventory.one("kubernetes:core/v1:Secret", "spacelift-shared").inputs["stringData"];
    assert.ok(shared instanceof SecretValue);
    const env = shared.value as Record<string, string>;
    assert.equal(env["OBJECT_STORAGE_TYPE"], "azure");
    assert.equal(env["OBJECT_STORAGE_AZURE_ACCOUNT_URL"], "https://spaceliftstabc123.blob.core.windows.net");
    assert.equal(
      env["DATABASE_URL"],
      "postgres://spacelift:generated-password-of-platform-database-password@spacelift-pg-abc123.postgres.database.azure.com:5432/spacelift?sslmode=verify-full&statement_cache_capacity=0",
    );
    assert.match(env["DATABASE_READ_ONLY_URL"] ?? "", /@spacelift-pg-abc123-ro\.postgres/);
    inventory.has("kubernetes:core/v1:ServiceAccount", "spacelift-account", {
      metadata: {
        name: "spacelift-backend",
        annotations: { "azure.workload.identity/client-id": "client-of-platform-backend-identity" },
      },
    });
    inventory.has("azure-native:managedidentity:FederatedIdentityCredential", "platform-backend-credential", {
      subject: "system:serviceaccount:spacelift:spacelift-backend",
      issuer: "https://issuer.example.com/",
      audiences: ["api://AzureADTokenExchange"],
    });
    const values = inventory.one("kubernetes:helm.sh/v3:Release", "spacelift-release").inputs["values"];
    const plain = (values instanceof SecretValue ? values.value : values) as Record<
      string,
      { podLabels?: Record<string, string> }
    >;
    for (const service of ["server", "drain", "scheduler", "vcsGateway"]) {
      assert.equal(plain[service]?.podLabels?.["azure.workload.identity/use"], "true", service);
    }
  });

  it("puts the ingress controller on the static address, and keeps the address until it is gone", async () => {
    const { inventory } = await deploy(small());
    const release = inventory.one("kubernetes:helm.sh/v3:Release", "ingress-release");
    assert.deepEqual([...release.options.dependsOn].sort(), ["platform-ingress-ip", "platform-ingress-role"]);
    inventory.has("kubernetes:helm.sh/v3:Release", "ingress-release", {
      values: {
        service: {
          annotations: {
            "service.beta.kubernetes.io/azure-load-balancer-resource-group": "spacelift-ingress",
            "service.beta.kubernetes.io/azure-pip-name": "spacelift-ingress-ip",
          },
          spec: { externalTrafficPolicy: "Cluster" },
        },
      },
    });
  });

  it("makes the records in a zone of the operator's, and proves the hosts by it", async () => {
    const { inventory, result } = await deploy(full());
    const records = inventory.all("azure-native:dns:RecordSet").map(({ inputs }) => inputs);
    assert.deepEqual(
      records
        .map((inputs) => [inputs["relativeRecordSetName"], inputs["zoneName"], inputs["recordType"]])
        .sort(),
      [
        ["mqtt", "example.com", "A"],
        ["spacelift", "example.com", "A"],
        ["vcs-gateway", "example.com", "A"],
      ],
    );
    inventory.has("kubernetes:cert-manager.io/v1:ClusterIssuer", "issuer-letsencrypt-issuer", {
      spec: {
        acme: { solvers: [{ dns01: { azureDNS: { hostedZoneName: "example.com" } }, http01: absent }] },
      },
    });
    inventory.has("kubernetes:helm.sh/v3:Release", "cert-manager-release", {
      values: {
        podLabels: { "azure.workload.identity/use": "true" },
        serviceAccount: {
          annotations: {
            "azure.workload.identity/client-id": "client-of-platform-dns-cert-manager-identity",
          },
        },
      },
    });
    assert.doesNotMatch((await valueOf(result.nextSteps)).join("\n"), /Create the DNS records/);
  });

  it("sends the workers to the nodes that are theirs", async () => {
    const { inventory } = await deploy(full());
    inventory.has("kubernetes:workers.spacelift.io/v1beta1:WorkerPool", "workers-pool-default", {
      spec: {
        pod: {
          nodeSelector: { "spacelift.io/runs": "true" },
          tolerations: [{ key: "spacelift.io/runs", effect: "NoSchedule" }],
        },
      },
    });
    const dev = await deploy(
      configuredAks(
        {
          images: { archive },
          workers: { apiKeyId: "01HX", pools: [{ name: "default" }] },
          aks: { size: "dev", registry: { loginUrl: exchange.url() } },
        },
        { workerApiKeySecret: "planted-key" },
      ),
    );
    dev.inventory.has("kubernetes:workers.spacelift.io/v1beta1:WorkerPool", "workers-pool-default", {
      spec: { pod: { nodeSelector: absent, tolerations: absent } },
    });
  });

  const sections: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    "the size dev": { size: "dev" },
    "the size prod": { size: "prod" },
    "the size ha": { size: "ha" },
    "a region without zones": { location: "northcentralus", size: "ha" },
    "a region without a pair": { location: "polandcentral", size: "ha" },
    "a resource group that is there": { resourceGroup: { name: "corporate", create: false } },
    "subnets that are there": {
      network: { nodeSubnetId: givenIds.nodeSubnet, databaseSubnetId: givenIds.databaseSubnet },
    },
    "a private zone that is there": { network: { privateDnsZoneId: givenIds.privateZone } },
    "an address that is there": { network: { publicIpId: givenIds.publicIp } },
    "a registry that is there": { registry: { id: givenIds.registry } },
    "a storage account that is there": { storage: { accountId: givenIds.account } },
    "a cluster that is there": {
      cluster: { existingId: givenIds.cluster, authorizedRanges: undefined },
      network: { databaseSubnetId: givenIds.databaseSubnet },
    },
    "a private cluster": { cluster: { private: true, authorizedRanges: undefined } },
  };
  for (const [title, section] of Object.entries(sections)) {
    it(`plans and makes ${title}`, async () => {
      const config = configuredAks({
        images: { archive },
        aks: {
          ...section,
          registry: { loginUrl: exchange.url(), ...(section["registry"] as object | undefined) },
        },
      });
      const [planned, made] = [await deploy(config, true), await deploy(config)];
      assert.equal(planned.inventory.identities(), made.inventory.identities());
      made.inventory.one("kubernetes:helm.sh/v3:Release", "spacelift-release");
      for (const { name, inputs } of made.inventory.all(roleType)) {
        assert.equal(inputs["principalType"], "ServicePrincipal", name);
      }
    });
  }

  it("uses a database that is there", async () => {
    const config = configuredAks(
      { images: { archive }, aks: { registry: { loginUrl: exchange.url() } } },
      { databaseUrl: samples.databaseUrl },
    );
    const { inventory } = await deploy(config);
    inventory.count("azure-native:dbforpostgresql:Server", 0);
    inventory.count("azure-native:privatedns:PrivateZone", 0);
    inventory.count("azure-native:network:Subnet", 1);
  });

  it("protects what holds data, and nothing when the operator gives it up", async () => {
    const names = async (protectData: boolean): Promise<string[]> =>
      (await deploy(small({}, { protectData }))).inventory.resources
        .filter(({ options }) => options.protect)
        .map(({ name }) => name)
        .sort();
    assert.deepEqual(await names(true), [
      "encryption-key-rsa",
      "platform-database-database",
      "platform-database-password",
      "platform-database-server",
      "platform-group",
      "platform-storage-account",
      "platform-storage-modules",
      "platform-storage-policy-inputs",
      "platform-storage-run-logs",
      "platform-storage-states",
    ]);
    assert.deepEqual(await names(false), []);
  });

  it("advises to put a generated key into escrow, all the more when nothing protects it", async () => {
    for (const protectData of [true, false]) {
      const { result } = await deploy(small({ size: "dev" }, { protectData }));
      assert.match((await valueOf(result.nextSteps)).join("\n"), /encryption key into escrow/);
    }
    const { result } = await deploy(full());
    assert.doesNotMatch((await valueOf(result.nextSteps)).join("\n"), /escrow/);
  });

  it("runs one pod of each service at size dev, three otherwise, and as many as are chosen", async () => {
    const replicas = async (...args: Parameters<typeof small>): Promise<unknown[]> => {
      const { inventory } = await deploy(small(...args));
      const values = inventory.one("kubernetes:helm.sh/v3:Release", "spacelift-release").inputs["values"];
      const plain = (values instanceof SecretValue ? values.value : values) as Record<
        string,
        { replicaCount?: number }
      >;
      return ["server", "drain", "scheduler"].map((service) => plain[service]?.replicaCount);
    };
    assert.deepEqual(await replicas({ size: "dev" }), [1, 1, 1]);
    assert.deepEqual(await replicas({ size: "prod" }), [3, 3, 3]);
    assert.deepEqual(await replicas({ size: "dev" }, { services: { drain: { replicas: 2 } } }), [1, 2, 1]);
  });

  it("gives identities of a given cluster no role they have", async () => {
    const section = { existingId: givenIds.cluster, authorizedRanges: undefined, assignRoles: false };
    const network = { databaseSubnetId: givenIds.databaseSubnet };
    const roles = async (publicIpId: string | undefined): Promise<readonly string[]> => {
      const config = small({
        cluster: section,
        network: { ...network, publicIpId },
        registry: { id: givenIds.registry, loginUrl: exchange.url() },
      });
      const { inventory } = await deploy(config);
      return inventory.all(roleType).map(({ name }) => name);
    };
    assert.deepEqual(await roles(givenIds.publicIp), ["platform-backend-role"]);
    assert.deepEqual((await roles(undefined)).slice().sort(), [
      "platform-backend-role",
      "platform-ingress-role",
    ]);
  });

  it("leaves a subnet of the operator's the way its operator says", async () => {
    const network = { nodeSubnetId: givenIds.nodeSubnet, databaseSubnetId: givenIds.databaseSubnet };
    const { inventory } = await deploy(
      small({ network: { ...network, outboundType: "userDefinedRouting" } }),
    );
    inventory.has(clusterType, "platform-cluster-cluster", {
      networkProfile: { outboundType: "userDefinedRouting" },
    });
    (await deploy(small({ network }))).inventory.has(clusterType, "platform-cluster-cluster", {
      networkProfile: { outboundType: "loadBalancer" },
    });
  });

  it("links a private zone that is there to the network that is made, and to no other", async () => {
    const linkType = "azure-native:privatedns:VirtualNetworkLink";
    const { inventory } = await deploy(small({ network: { privateDnsZoneId: givenIds.privateZone } }));
    inventory.has(linkType, "platform-database-zone-link", {
      resourceGroupName: "corporate",
      privateZoneName: "pg.private.postgres.database.azure.com",
      virtualNetworkLinkName: "spacelift-vnet",
    });
    const given = { nodeSubnetId: givenIds.nodeSubnet, databaseSubnetId: givenIds.databaseSubnet };
    const linked = await deploy(small({ network: { ...given, privateDnsZoneId: givenIds.privateZone } }));
    linked.inventory.count(linkType, 0);
  });

  it("sends the logs of containers where those of the control plane go, from the workspace's region", async () => {
    const { inventory } = await deploy(
      small({
        cluster: { logAnalyticsWorkspaceId: givenIds.workspace, logAnalyticsLocation: "northeurope" },
      }),
    );
    const streams = ["Microsoft-ContainerInsights-Group-Default"];
    inventory.has("azure-native:monitor:DataCollectionRule", "platform-cluster-logs-rule", {
      location: "northeurope",
      dataSources: { extensions: [{ extensionName: "ContainerInsights", streams }] },
      destinations: { logAnalytics: [{ workspaceResourceId: givenIds.workspace }] },
      dataFlows: [{ streams }],
    });
    inventory.has("azure-native:monitor:DataCollectionRuleAssociation", "platform-cluster-logs-association", {
      resourceUri: "platform-cluster-cluster-id",
      associationName: "ContainerInsightsExtension",
      dataCollectionRuleId: "platform-cluster-logs-rule-id",
    });
    inventory.has("azure-native:monitor:DiagnosticSetting", "platform-cluster-logs-audit", {
      resourceUri: "platform-cluster-cluster-id",
      workspaceId: givenIds.workspace,
    });
  });

  it("gives what was made as outputs", async () => {
    const { result } = await deploy(full());
    const outputs = await valueOf(pulumi.output(result.platform));
    assert.deepEqual(Object.fromEntries(Object.entries(outputs).filter(([name]) => !name.endsWith("Id"))), {
      location: "westeurope",
      resourceGroupName: "spacelift",
      brokerIpAddress: "198.51.100.4",
      clusterName: "spacelift-aks",
      clusterResourceGroupName: "spacelift",
      oidcIssuerUrl: "https://issuer.example.com/",
      publicIpAddress: "198.51.100.4",
      egressIpAddress: "198.51.100.7",
      privateRegistryName: "spaceliftacrabc123",
      privateRegistryServer: "spaceliftacrabc123.azurecr.io",
      publicRegistryName: "spaceliftpubabc123",
      publicRegistryServer: "spaceliftpubabc123.azurecr.io",
      storageAccountName: "spaceliftstabc123",
      storageAccountUrl: "https://spaceliftstabc123.blob.core.windows.net",
      databaseServerName: "spacelift-pg-abc123",
      databaseHost: "spacelift-pg-abc123.postgres.database.azure.com",
      databaseName: "spacelift",
    });
  });

  it("tells the addresses that the cluster leaves with, where they can be told", async () => {
    const { nodeSubnet: nodeSubnetId, databaseSubnet: databaseSubnetId } = givenIds;
    const existing = { nodeSubnetId, databaseSubnetId };
    const resourceGroup = { name: "corporate", create: false };
    const told = async (config: TestConfig): Promise<unknown> => {
      const { egressAddresses } = (await deploy(config)).result;
      return egressAddresses && valueOf(egressAddresses);
    };
    assert.deepEqual(await told(full()), ["198.51.100.7"]);
    assert.deepEqual(await told(small()), ["198.51.100.8"]);
    assert.deepEqual(await told(small({ network: existing })), ["198.51.100.8"]);
    assert.deepEqual(await told(small({ resourceGroup })), ["198.51.100.8"]);
    const hidden = [
      { network: { ...existing, outboundType: "userDefinedRouting" } },
      // Rights on its group alone do not reach the group of the nodes.
      { resourceGroup, network: { publicIpId: givenIds.publicIp } },
      {
        cluster: { existingId: givenIds.cluster, authorizedRanges: undefined },
        network: { databaseSubnetId },
      },
    ];
    for (const aks of hidden) assert.equal(await told(small(aks)), undefined, JSON.stringify(aks));
  });

  it("tells no address to whom Azure does not let read it, and goes on", async () => {
    const message = `Status=403 Code="AuthorizationFailed" Message="The client does not have authorization"`;
    const { egressAddresses } = (
      await deploy(small(), false, {
        answers: {
          "azure-native:network:getPublicIPAddress": () => {
            // As gRPC has what a provider answers. That Azure's code stands in it is to be seen in pulumi-azure-native's issue 1511.
            throw Object.assign(new Error(message), { details: message });
          },
        },
      })
    ).result;
    assert.deepEqual(egressAddresses && (await valueOf(egressAddresses)), []);
  });

  it("rejects Entra ID without kubelogin before it registers anything", async () => {
    await assert.rejects(
      run(
        () =>
          program({
            projectDirectory: folder(),
            archiveCacheDirectory: join(folder(), "cache"),
            searchPath: join(folder(), "nothing"),
          }),
        runnable(full()),
      ),
      (error) =>
        error instanceof ConfigError &&
        error.problems.length === 1 &&
        error.message.includes("`spacelift:aks.cluster.entra`: needs kubelogin, which is not on the PATH"),
    );
  });

  it("makes whoever deploys administrator before the cluster is there, in a group of its own", async () => {
    const scope = async (resourceGroup: object): Promise<unknown> => {
      const cluster = { entra: { adminGroupIds: [] }, authorizedRanges: ["203.0.113.0/24"] };
      const { inventory } = await deploy(small({ cluster, resourceGroup }));
      return inventory.one(roleType, "platform-deployer-role").inputs["scope"];
    };
    assert.equal(await scope({ name: "own" }), `/subscriptions/${subscriptionId}/resourceGroups/own`);
    assert.equal(await scope({ name: "shared", create: false }), "platform-cluster-cluster-id");
  });

  it("keeps the one that made the cluster as its administrator, whoever deploys later, and adds those listed", async () => {
    const id = "11111111-1111-1111-1111-111111111111";
    const cluster = {
      entra: { adminGroupIds: [], deployers: [{ objectId: id, type: "ServicePrincipal" }] },
      authorizedRanges: ["203.0.113.0/24"],
    };
    const { inventory } = await deploy(small({ cluster }));
    const own = inventory.one(roleType, "platform-deployer-role");
    assert.deepEqual(own.options.ignoreChanges, ["principalId", "principalType"]);
    assert.equal(own.inputs["principalType"], "User");
    const listed = {
      principalId: id,
      principalType: "ServicePrincipal",
      scope: "platform-cluster-cluster-id",
    };
    inventory.has(roleType, `platform-deployer-role-${id}`, listed);
    const shared = await deploy(small({ cluster, resourceGroup: { name: "shared", create: false } }));
    assert.deepEqual(
      shared.inventory
        .all(roleType)
        .filter(({ name }) => name.includes("deployer"))
        .map(({ name }) => name),
      [`platform-deployer-role-${id}`],
    );
  });

  it("makes the pools of a cluster one after another", async () => {
    const pools = ["apps", "gpu", "runs"].map((name) => ({ name, minCount: 1, maxCount: 1 }));
    const { inventory } = await deploy(small({ cluster: { pools } }));
    const waits = inventory
      .all("azure-native:containerservice:AgentPool")
      .map(({ name, options }) => [name, ...options.dependsOn]);
    assert.deepEqual(waits, [
      ["platform-cluster-pool-apps"],
      ["platform-cluster-pool-gpu", "platform-cluster-pool-apps"],
      ["platform-cluster-pool-runs", "platform-cluster-pool-gpu"],
    ]);
  });

  it("makes the roles before the cluster that needs them", async () => {
    const { inventory } = await deploy(small());
    assert.deepEqual([...inventory.one(clusterType).options.dependsOn].sort(), [
      "platform-cluster-kubelet-role",
      "platform-cluster-subnet-role",
    ]);
    inventory.has(roleType, "platform-cluster-subnet-role", { scope: anything });
  });
});
