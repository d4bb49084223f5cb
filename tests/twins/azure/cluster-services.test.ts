import { strict as assert } from "node:assert";
import { resolve } from "node:path";
import { azureTwin } from "../../../rehearsal/twins/azure";
import { kubeconfigOf } from "../../../rehearsal/twins/azure/cluster/integration";
import { findResource } from "../../../rehearsal/twins/azure/arm/tables";
import { stringAt } from "../../../rehearsal/twins/framework";
import { kubernetesTwin } from "../../../rehearsal/twins/kubernetes";
import { connected } from "../support/connected";
import { EngineClient, type State } from "../support/engine-client";
import { makeObject, makeRelease } from "../support/kube";
import { Installation } from "./support/installation";

const ANNOTATION = "service.beta.kubernetes.io/azure-";

describe("The azure twin below a cluster", () => {
  const engine = connected(azureTwin());
  const make = new Installation(engine);
  let kubernetes: EngineClient;
  let cluster: State;
  let identity: State;
  beforeEach(async () => {
    const parts = await make.clusterParts();
    identity = parts.identity;
    cluster = await engine().create(
      "azure-native:containerservice:ManagedCluster",
      "aks",
      make.clusterInputs(parts),
    );
    const record = engine().world.read((state) => findResource(state, cluster.id));
    assert.ok(record);
    const kubeconfig = engine().world.change((state) => kubeconfigOf(state, record, "user"));
    const folder = resolve(engine().world.folder, "..");
    kubernetes = await EngineClient.connect(kubernetesTwin, { folder, config: { kubeconfig } });
  });
  afterEach(async () => {
    await kubernetes.close();
  });
  const annotations = {
    [`${ANNOTATION}load-balancer-resource-group`]: "addresses",
    [`${ANNOTATION}pip-name`]: "ip",
  };
  const service = (): Promise<State> =>
    makeObject(
      kubernetes,
      "service",
      { name: "web", namespace: "default", annotations },
      { spec: { type: "LoadBalancer" } },
    );
  const addressOf = (state: State): string | undefined =>
    stringAt(state.outputs, "status", "loadBalancer", "ingress", 0, "ip");

  it("puts the address that a Service names on its load balancer, and keeps it while it is there", async () => {
    const group = await make.group("addresses");
    const address = await make.address({ resourceGroupName: "addresses" });
    await make.role(identity, "networkContributor", group.id);
    const made = await service();
    assert.equal(addressOf(made), address.outputs["ipAddress"]);
    await assert.rejects(
      engine().delete(address),
      /PublicIPAddressCannotBeDeleted: .*load balancer of service default\/web/,
    );
    await kubernetes.delete(made);
    await engine().delete(address);
  });

  it("leaves an ingress controller without an address until the cluster has its role", async () => {
    const group = await make.group("addresses");
    const address = await make.address({ resourceGroupName: "addresses" });
    const values = { service: { annotations } };
    await assert.rejects(
      makeRelease(kubernetes, "traefik", { values, atomic: true }),
      /Service traefik\/traefik: SyncLoadBalancerFailed: AuthorizationFailed: .*publicIPAddresses\/read/,
    );
    await make.role(identity, "networkContributor", address.id);
    await assert.rejects(makeRelease(kubernetes, "traefik", { values, atomic: true }), /AuthorizationFailed/);
    await make.role(identity, "networkContributor", group.id);
    await makeRelease(kubernetes, "traefik", { values, atomic: true });
    await assert.rejects(engine().delete(address), /load balancer of service traefik\/traefik/);
  });

  it("rejects a Service whose address is not there", async () => {
    const group = await make.group("addresses");
    await make.role(identity, "networkContributor", group.id);
    await assert.rejects(service(), /timed out waiting for Service "web" to get an address/);
  });

  it("rejects whatever asks a cluster that is gone", async () => {
    const made = await makeObject(kubernetes, "namespace", { name: "app" });
    await engine().delete(cluster);
    await assert.rejects(
      kubernetes.read(made),
      /configured Kubernetes cluster is unreachable: .*azmk8s\.io: no such host/,
    );
  });
});
