import { strict as assert } from "node:assert";
import { azureTwin } from "../../../rehearsal/twins/azure";
import {
  at,
  listAt,
  objectAt,
  type Properties,
  stringAt,
  UNKNOWN,
  textOf,
} from "../../../rehearsal/twins/framework";
import { findObject, newObject, objectKey, objects } from "../../../rehearsal/twins/kubernetes/cluster";
import { connected } from "../support/connected";
import { EngineClient, type State } from "../support/engine-client";
import { Installation, systemPool } from "./support/installation";
import { AZURE } from "./support/tokens";

describe("The azure twin for Kubernetes", () => {
  const engine = connected(azureTwin());
  const make = new Installation(engine);
  const profileOf = (state: State): Properties => {
    return objectAt(state.inputs, "networkProfile");
  };

  it("describes a cluster by its host, its issuer and its newest patch", async () => {
    const { outputs } = await make.wholeCluster();
    assert.match(textOf(outputs["fqdn"]), /^spacelift-[0-9a-f]{8}\.hcp\.westeurope\.azmk8s\.io$/);
    assert.match(stringAt(outputs, "oidcIssuerProfile", "issuerURL") ?? "", /^https:\/\/.*\/$/);
    assert.equal(at(outputs, "oidcIssuerProfile", "enabled"), true);
    assert.match(textOf(outputs["currentKubernetesVersion"]), /^1\.36\.\d+$/);
    const [principal] = Object.values(objectAt(outputs, "identity", "userAssignedIdentities"));
    assert.match(stringAt(principal, "principalId") ?? "", /^[0-9a-f-]{36}$/);
  });

  it("leaves the issuer unknown in a preview although its switch is known", async () => {
    const parts = await make.clusterParts();
    const { outputs } = await engine().create(AZURE.cluster, "aks", make.clusterInputs(parts), {
      preview: true,
    });
    assert.equal(at(outputs, "oidcIssuerProfile", "enabled"), true);
    assert.equal(at(outputs, "oidcIssuerProfile", "issuerURL"), UNKNOWN);
  });

  it("brings a group for its nodes and takes it and everything in the cluster away again", async () => {
    const cluster = await make.wholeCluster();
    const args = { resourceGroupName: "aks-nodes" };
    await engine().invoke("azure-native:resources:getResourceGroup", args);
    const identity = { apiVersion: "v1", kind: "Namespace", name: "spacelift" };
    engine().world.change((state) => {
      objects.of(state).set(objectKey(identity), newObject(identity, {}, { now: new Date() }));
    });
    await engine().delete(cluster);
    await assert.rejects(
      engine().invoke("azure-native:resources:getResourceGroup", args),
      /ResourceNotFound/,
    );
    assert.equal(
      engine().world.read((state) => findObject(state, identity)),
      undefined,
    );
  });

  it("replaces a cluster whose network changes and switches other things in place", async () => {
    const cluster = await make.wholeCluster();
    const moved = { ...cluster.inputs, networkProfile: { ...profileOf(cluster), podCidr: "10.200.0.0/16" } };
    assert.deepEqual((await engine().diff(cluster, moved)).replaces, ["networkProfile.podCidr"]);
    const named = { ...cluster.inputs, dnsPrefix: "other" };
    assert.deepEqual((await engine().diff(cluster, named)).replaces, ["dnsPrefix"]);
    const sku = { name: "Base", tier: "Standard" };
    const changed = await engine().update(cluster, { ...cluster.inputs, sku });
    assert.deepEqual(changed.outputs["sku"], sku);
    assert.equal(changed.outputs["fqdn"], cluster.outputs["fqdn"]);
  });

  it("adds pools one after another, and schedules", async () => {
    const cluster = await make.wholeCluster();
    const { vnetSubnetID = "" } = systemPool(
      stringAt(cluster.inputs, "agentPoolProfiles", 0, "vnetSubnetID") ?? "",
    );
    const pool = (agentPoolName: string): Promise<State> => {
      const { name: _, ...inputs } = systemPool(textOf(vnetSubnetID), { mode: "User" });
      return make.make("pool", { resourceName: "aks", agentPoolName, ...inputs }, agentPoolName);
    };
    const apps = await pool("apps");
    await pool("runs");
    assert.equal(apps.outputs["currentOrchestratorVersion"], cluster.outputs["currentKubernetesVersion"]);
    const size = { ...apps.inputs, vmSize: "Standard_D8ds_v5" };
    assert.deepEqual((await engine().diff(apps, size)).replaces, ["vmSize"]);
    await make.make("maintenance", {
      resourceName: "aks",
      configName: "aksManagedAutoUpgradeSchedule",
      maintenanceWindow: {
        durationHours: 4,
        startTime: "02:00",
        schedule: { weekly: { dayOfWeek: "Sunday", intervalWeeks: 1 } },
      },
    });
    await assert.rejects(pool("system"), /AgentPoolAlreadyExists/);
    await assert.rejects(
      engine().update(apps, { ...apps.inputs, orchestratorVersion: "1.37" }),
      /NodePoolMcVersionIncompatible/,
    );
  });

  it("upgrades by one minor version, and no pool is ahead of its cluster", async () => {
    const cluster = await make.wholeCluster({ kubernetesVersion: "1.35" });
    const upgrade = (kubernetesVersion: string): Promise<State> =>
      engine().update(cluster, { ...cluster.inputs, kubernetesVersion });
    await assert.rejects(upgrade("1.37"), /Upgrading Kubernetes version 1\.35\.\d+ to 1\.37 is not allowed/);
    await assert.rejects(upgrade("1.34"), /not allowed/);
    assert.match(textOf((await upgrade("1.36")).outputs["currentKubernetesVersion"]), /^1\.36/);
  });

  it("gives the kubeconfig of a real cluster when it is told one", async () => {
    const real = "apiVersion: v1\nkind: Config\ncurrent-context: kind\n";
    const other = await EngineClient.connect(azureTwin({ kubeconfig: real }));
    try {
      await new Installation(() => other).wholeCluster();
      for (const kind of ["User", "Admin"]) {
        const token = `azure-native:containerservice:listManagedCluster${kind}Credentials`;
        const found = await other.invoke(token, { resourceGroupName: "rg", resourceName: "aks" });
        const value = stringAt(found, "kubeconfigs", 0, "value") ?? "";
        assert.equal(Buffer.from(value, "base64").toString(), real);
      }
    } finally {
      await other.close();
    }
  });

  it("gives a kubeconfig with a certificate, or with a login through Entra", async () => {
    const cluster = await make.wholeCluster();
    const kubeconfig = async (kind: "User" | "Admin"): Promise<string> => {
      const token = `azure-native:containerservice:listManagedCluster${kind}Credentials`;
      const found = await engine().invoke(token, { resourceGroupName: "rg", resourceName: "aks" });
      return Buffer.from(stringAt(found, "kubeconfigs", 0, "value") ?? "", "base64").toString();
    };
    assert.match(await kubeconfig("User"), /client-certificate-data/);
    assert.match(await kubeconfig("User"), new RegExp(textOf(cluster.outputs["fqdn"])));
    await engine().update(cluster, {
      ...cluster.inputs,
      aadProfile: { managed: true, enableAzureRBAC: true },
      disableLocalAccounts: true,
    });
    assert.match(await kubeconfig("User"), /"command":"kubelogin"/);
    await assert.rejects(kubeconfig("Admin"), /disable local accounts/);
  });

  it("rejects a cluster whose identity lacks a role it needs", async () => {
    await make.group();
    await make.network();
    const subnet = await make.nodeSubnet();
    const parts = {
      identity: await make.identity("aks-identity"),
      kubelet: await make.identity("kubelet"),
      subnet,
    };
    const cluster = (): Promise<State> => engine().create(AZURE.cluster, "aks", make.clusterInputs(parts));
    await assert.rejects(cluster(), /CustomKubeletIdentityMissingPermissionError/);
    await make.role(parts.identity, "managedIdentityOperator", parts.kubelet.id);
    await assert.rejects(cluster(), /LinkedAuthorizationFailed: .*subnets\/join\/action/);
    await make.role(parts.identity, "networkContributor", subnet.id);
    await cluster();
  });

  it("rejects ranges that collide, are reserved or too small", async () => {
    const parts = await make.clusterParts();
    const withNetwork = (more: Properties, rest: Properties = {}): Promise<State> => {
      const inputs = make.clusterInputs(parts, rest);
      const networkProfile = { ...objectAt(inputs, "networkProfile"), ...more };
      return engine().create(AZURE.cluster, "aks", { ...inputs, networkProfile });
    };
    await assert.rejects(withNetwork({ podCidr: "10.245.0.0/18" }), /ServiceCidrOverlapPodCidr/);
    await assert.rejects(withNetwork({ podCidr: "10.30.128.0/17" }), /CidrOverlapExistingSubnetsCidr/);
    await assert.rejects(
      withNetwork({ serviceCidr: "172.30.0.0/20", dnsServiceIP: "172.30.0.10" }),
      /ReservedCidr/,
    );
    await assert.rejects(
      withNetwork({ serviceCidr: "10.96.0.0/11", dnsServiceIP: "10.96.0.10" }),
      /TooLarge/,
    );
    await assert.rejects(withNetwork({ dnsServiceIP: "10.245.0.1" }), /InvalidDnsServiceIP/);
    await assert.rejects(withNetwork({ dnsServiceIP: "10.9.0.10" }), /DnsServiceIpOutOfServiceCidr/);
    await assert.rejects(withNetwork({ podCidr: "10.244.0.0/23" }), /InsufficientPodCidr: .*2 nodes/);
    await assert.rejects(withNetwork({ networkPolicy: "calico" }), /InvalidNetworkPolicy/);
    await assert.rejects(
      withNetwork({ outboundType: "userAssignedNATGateway" }),
      /InvalidUserAssignedNATGatewayOutbound/,
    );
    const crowd = systemPool(parts.subnet.id, { maxCount: 1000, upgradeSettings: { maxSurge: "33%" } });
    await assert.rejects(
      withNetwork({ podCidr: "10.128.0.0/9" }, { agentPoolProfiles: [crowd] }),
      /InsufficientSubnetSize|CidrOverlap/,
    );
  });

  it("rejects versions, prefixes, accounts and pools that the service would refuse", async () => {
    const parts = await make.clusterParts();
    const cluster = (more: Properties): Promise<State> =>
      engine().create(AZURE.cluster, "aks", make.clusterInputs(parts, more));
    const pool = (more: Properties): Promise<State> =>
      cluster({ agentPoolProfiles: [systemPool(parts.subnet.id, more)] });
    await assert.rejects(cluster({ kubernetesVersion: "1.30" }), /K8sVersionNotSupported/);
    await assert.rejects(cluster({ dnsPrefix: "-bad" }), /InvalidDNSPrefix/);
    await assert.rejects(cluster({ disableLocalAccounts: true }), /DisableLocalAccountsNotSupported/);
    await assert.rejects(cluster({ nodeResourceGroup: "rg" }), /NodeResourceGroupAlreadyExists/);
    await assert.rejects(
      cluster({
        apiServerAccessProfile: { enablePrivateCluster: true, authorizedIPRanges: ["203.0.113.0/24"] },
      }),
      /AuthorizedIPRangesNotSupportedForPrivateCluster/,
    );
    await assert.rejects(
      cluster({ oidcIssuerProfile: {}, securityProfile: { workloadIdentity: { enabled: true } } }),
      /OIDCIssuerRequired/,
    );
    await assert.rejects(pool({ mode: "User" }), /MissingSystemPool/);
    await assert.rejects(pool({ vmSize: "Standard_B2s" }), /SystemPoolSkuNotAllowed/);
    await assert.rejects(pool({ vmSize: "Standard_DS1_v2" }), /VMSizeNotSupported/);
    await assert.rejects(pool({ maxPods: 10 }), /InvalidMaxPods/);
    await assert.rejects(pool({ vmSize: "Standard_D4s_v5", osDiskType: "Ephemeral" }), /EphemeralOSDisk/);
    await assert.rejects(pool({ nodeTaints: ["nonsense"] }), /InvalidTaint/);
    await assert.rejects(pool({ availabilityZones: ["4"] }), /AvailabilityZoneNotSupported/);
  });

  it("rejects changes that a cluster cannot take", async () => {
    const cluster = await make.wholeCluster();
    const change = (more: Properties): Promise<State> =>
      engine().update(cluster, { ...cluster.inputs, ...more });
    const [pool] = listAt(cluster.inputs, "agentPoolProfiles");
    const subnet = stringAt(pool, "vnetSubnetID") ?? "";
    await assert.rejects(
      change({ agentPoolProfiles: [systemPool(subnet, { vmSize: "Standard_D8ds_v5" })] }),
      /PropertyChangeNotAllowed: .*agentPoolProfiles\[0\]\.vmSize/,
    );
    await assert.rejects(
      change({ agentPoolProfiles: [systemPool(subnet), systemPool(subnet, { name: "more" })] }),
      /A new agent pool was introduced/,
    );
    await assert.rejects(
      change({ oidcIssuerProfile: { enabled: false } }),
      /OIDCIssuerFeatureCannotBeDisabled/,
    );
  });

  it("rejects pools that the ranges of the cluster have no room for, new or grown", async () => {
    const cluster = await make.wholeCluster({
      networkProfile: {
        networkPlugin: "azure",
        networkPluginMode: "overlay",
        podCidr: "10.244.0.0/20",
        serviceCidr: "10.245.0.0/20",
        dnsServiceIP: "10.245.0.10",
      },
    });
    const { name: _, ...inputs } = systemPool(
      stringAt(cluster.inputs, "agentPoolProfiles", 0, "vnetSubnetID") ?? "",
      { mode: "User" },
    );
    const pool = (maxCount: number, more: Properties = {}): Promise<State> =>
      make.make("pool", { resourceName: "aks", agentPoolName: "apps", ...inputs, maxCount, ...more });
    await assert.rejects(pool(20), /InsufficientPodCidr: .*room for 16 nodes/);
    await assert.rejects(pool(3, { orchestratorVersion: "1.30" }), /K8sVersionNotSupported/);
    const made = await pool(8);
    await assert.rejects(
      engine().update(made, { ...made.inputs, maxCount: 20 }),
      /InsufficientPodCidr: .*pools may have 26/,
    );
    await engine().update(made, { ...made.inputs, maxCount: 9 });
    await assert.rejects(
      engine().update(made, { ...made.inputs, enableEncryptionAtHost: true }),
      /PropertyChangeNotAllowed: .*enableEncryptionAtHost/,
    );
  });

  it("keeps the patch it has, and never goes back to an older one", async () => {
    const cluster = await make.wholeCluster({ kubernetesVersion: "1.36.1" });
    const changed = (kubernetesVersion: string): Promise<State> =>
      engine().update(cluster, { ...cluster.inputs, kubernetesVersion });
    await assert.rejects(
      changed("1.36.0"),
      /Upgrading Kubernetes version 1\.36\.1 to 1\.36\.0 is not allowed/,
    );
    const { kubernetesVersion: _, ...silent } = cluster.inputs;
    assert.match(
      textOf((await engine().update(cluster, silent)).outputs["currentKubernetesVersion"]),
      /^1\.36\.1$/,
    );
    assert.equal((await changed("1.36")).outputs["currentKubernetesVersion"], "1.36.1");
  });

  it("rejects switching off what cannot be, and ranges and intervals that are none", async () => {
    const cluster = await make.wholeCluster({ aadProfile: { managed: true } });
    const change = (more: Properties): Promise<State> =>
      engine().update(cluster, { ...cluster.inputs, ...more });
    const { aadProfile: _, ...without } = cluster.inputs;
    await assert.rejects(
      engine().update(cluster, without),
      /PropertyChangeNotAllowed: .*aadProfile\.managed/,
    );
    await assert.rejects(change({ enableRBAC: false }), /PropertyChangeNotAllowed: .*enableRBAC/);
    await assert.rejects(
      change({ apiServerAccessProfile: { authorizedIPRanges: ["everywhere"] } }),
      /InvalidAuthorizedIPRanges/,
    );
    const cleaner = (intervalHours?: number): Properties => ({
      securityProfile: {
        imageCleaner: { enabled: true, ...(intervalHours === undefined ? {} : { intervalHours }) },
      },
    });
    await assert.rejects(change(cleaner()), /InvalidImageCleanerIntervalHours/);
    await assert.rejects(change(cleaner(12)), /InvalidImageCleanerIntervalHours/);
    await change(cleaner(168));
    await change({ apiServerAccessProfile: { authorizedIPRanges: ["203.0.113.7", "0.0.0.0/0"] } });
  });

  it("rejects names that are too long for labels of its nodes", async () => {
    const resourceGroupName = "g".repeat(64);
    await make.group(resourceGroupName);
    const inputs = make.clusterInputs(await make.clusterParts(), { resourceGroupName });
    await assert.rejects(
      make.make("cluster", inputs, "aks"),
      /more than 63 characters, and nodes get it as a label/,
    );
  });

  it("rejects a change of a cluster while a pool is being made", async () => {
    const cluster = await make.wholeCluster();
    const { name: _, ...inputs } = systemPool(
      stringAt(cluster.inputs, "agentPoolProfiles", 0, "vnetSubnetID") ?? "",
      { mode: "User" },
    );
    const outcomes = await Promise.allSettled([
      make.make("pool", { resourceName: "aks", agentPoolName: "apps", ...inputs }),
      engine().update(cluster, { ...cluster.inputs, tags: { a: "b" } }),
    ]);
    const failed = outcomes.filter((outcome) => outcome.status === "rejected");
    assert.equal(failed.length, 1);
    assert.match(String(failed[0]?.reason), /OperationNotAllowed: .*in progress operation/);
  });
});
