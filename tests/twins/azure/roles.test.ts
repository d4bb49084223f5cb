import { strict as assert } from "node:assert";
import { azureTwin } from "../../../rehearsal/twins/azure";
import { delays } from "../../../rehearsal/twins/azure/arm/tables";
import { addExisting } from "../../../rehearsal/twins/azure/existing";
import { clientOf } from "../../../rehearsal/twins/azure/config";
import { pullRefusal } from "../../../rehearsal/twins/azure/cluster/integration";
import { at, type Properties, stringAt, textOf } from "../../../rehearsal/twins/framework";
import { kubernetesTwin } from "../../../rehearsal/twins/kubernetes";
import { connected } from "../support/connected";
import { EngineClient, type State } from "../support/engine-client";
import { makeObject } from "../support/kube";
import { idIn, Installation } from "./support/installation";
import { AZURE } from "./support/tokens";

describe("Roles of the azure twin", () => {
  const engine = connected(azureTwin());
  const make = new Installation(engine);
  const isSlow = (): void => {
    engine().world.change((state) => {
      delays.of(state).set("roles", { seconds: 600 });
    });
  };

  it("hold a while after they are assigned, too late for a cluster where that takes long", async () => {
    isSlow();
    const parts = await make.clusterParts();
    const cluster = (): Promise<State> => engine().create(AZURE.cluster, "aks", make.clusterInputs(parts));
    await assert.rejects(cluster(), /CustomKubeletIdentityMissingPermissionError/);
    await cluster();
  });

  it("hold a while after they are assigned for the nodes that pull", async () => {
    await make.wholeCluster();
    const registry = await make.registry();
    const host = textOf(registry.outputs["loginServer"]);
    const refusal = (): string | undefined =>
      engine().world.read((state) => pullRefusal(state, host, engine().clock.now()));
    assert.match(refusal() ?? "", /401 Unauthorized/);
    const kubelet = await engine().invoke("azure-native:managedidentity:getUserAssignedIdentity", {
      resourceGroupName: "rg",
      resourceName: "kubelet",
    });
    const role = await make.role({ ...registry, outputs: kubelet }, "acrPull", registry.id);
    assert.match(refusal() ?? "", /401 Unauthorized/);
    await engine().clock.sleep(120);
    assert.equal(refusal(), undefined);
    await engine().update(role, { ...role.inputs, description: "pulls" });
    assert.equal(refusal(), undefined);
    await engine().delete(role);
    assert.match(refusal() ?? "", /401 Unauthorized/);
  });

  it("let the one who deploys into a cluster in which Azure decides, once they hold", async () => {
    const cluster = await make.wholeCluster({
      aadProfile: { managed: true, enableAzureRBAC: true },
      disableLocalAccounts: true,
    });
    const token = "azure-native:containerservice:listManagedClusterUserCredentials";
    const listed = await engine().invoke(token, { resourceGroupName: "rg", resourceName: "aks" });
    const kubeconfig = Buffer.from(stringAt(listed, "kubeconfigs", 0, "value") ?? "", "base64").toString();
    const folder = `${engine().world.folder}/..`;
    const kubernetes = await EngineClient.connect(kubernetesTwin, { folder, config: { kubeconfig } });
    const namespace = (): Promise<State> => makeObject(kubernetes, "namespace", { name: "app" });
    const deployer = { ...cluster, outputs: { principalId: clientOf({}).objectId } };
    const assign = (role: "owner" | "aksRbacClusterAdmin"): Promise<State> =>
      make.role(deployer, role, cluster.id, { principalType: "User" });
    try {
      await assert.rejects(
        namespace(),
        /unreachable: .*User does not have access to the resource in Azure\. Update role assignment/,
      );
      await assign("owner");
      await kubernetes.clock.sleep(3600);
      await assert.rejects(namespace(), /does not have access/);
      await assign("aksRbacClusterAdmin");
      await kubernetes.clock.sleep(3600);
      const made = await namespace();
      assert.ok(await kubernetes.read(made));
    } finally {
      await kubernetes.close();
    }
  });

  it("can be given to the identities that a cluster brings itself", async () => {
    const id = idIn("Microsoft.ContainerService/managedClusters/theirs", "theirs");
    addExisting(engine().world, id);
    const found = await engine().invoke("azure-native:containerservice:getManagedCluster", {
      resourceGroupName: "theirs",
      resourceName: "theirs",
    });
    await make.group();
    const registry = await make.registry();
    const assign = (principalId: string | undefined, more: Properties = {}): Promise<State> =>
      make.role({ ...registry, outputs: { principalId: principalId ?? "" } }, "acrPull", registry.id, more);
    const own = stringAt(found, "identity", "principalId");
    const nodes = stringAt(found, "identityProfile", "kubeletidentity", "objectId");
    assert.notEqual(own, nodes);
    await assign(own, { roleAssignmentName: "00000000-0000-4000-8000-000000000001" });
    await assert.rejects(assign(nodes, { principalType: "User" }), /UnmatchedPrincipalType/);
    await assign(nodes);
    await engine().clock.sleep(120);
    const host = textOf(registry.outputs["loginServer"]);
    assert.equal(
      engine().world.read((state) => pullRefusal(state, host, engine().clock.now())),
      undefined,
    );
    assert.equal(at(found, "identity", "type"), "SystemAssigned");
  });
});
