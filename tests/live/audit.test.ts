import assert from "node:assert/strict";
import { ApiClient } from "./ground/api-client";
import { type ControlPlane, startApiServer } from "./ground/api-server";
import { goBuildTimeout } from "./ground/go-programs";

// Kubernetes' own log, of which the rights that a life takes are read.
describe("the log of what the deploying user asks an API server", function () {
  this.timeout(3 * goBuildTimeout);
  let server: ControlPlane;
  before(async () => {
    server = await startApiServer();
  });
  after(() => server.stop());

  it("has the requests of nobody else, and what each takes", async () => {
    const { deployer, api, access } = server;
    const own = new ApiClient(access("deployer"));
    const start = await deployer.requests.length();
    const namespace = (name: string): object => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    const apply = (name: string): Promise<unknown> =>
      own.must(
        "PATCH",
        `/api/v1/namespaces/${name}?fieldManager=test`,
        namespace(name),
        "application/apply-patch+yaml",
      );
    await api.must("POST", "/api/v1/namespaces", namespace("there"));
    await apply("there");
    assert.deepEqual(await deployer.requests.since(start), [
      { verb: "patch", group: "", resource: "namespaces" },
    ]);
    await apply("new");
    await own.must("GET", "/apis/apps/v1/namespaces/new/deployments");
    await own.send("GET", "/api/v1/namespaces/new/pods/none/log");
    await own.must("GET", "/version");
    assert.deepEqual(await deployer.requests.since(start), [
      { verb: "patch", group: "", resource: "namespaces" },
      { verb: "create", group: "", resource: "namespaces" },
      { verb: "list", group: "apps", resource: "deployments", namespace: "new" },
      { verb: "get", group: "", resource: "pods/log", namespace: "new" },
    ]);
  });
});
