import { strict as assert } from "node:assert";
import { textOf } from "../../../rehearsal/twins/framework";
import { azureTwin } from "../../../rehearsal/twins/azure";
import { connected } from "../support/connected";
import type { State } from "../support/engine-client";
import { idIn, Installation, roleId } from "./support/installation";
import { AZURE } from "./support/tokens";

describe("The azure twin for identities", () => {
  const engine = connected(azureTwin());
  const make = new Installation(engine);
  let identity: State;
  let group: State;
  beforeEach(async () => {
    group = await make.group();
    identity = await make.identity("backend");
  });
  const credential = (
    name: string,
    subject: string,
    issuer = "https://issuer.example.com/",
  ): Promise<State> =>
    make.make(
      "credential",
      {
        resourceName: "backend",
        federatedIdentityCredentialResourceName: name,
        audiences: ["api://AzureADTokenExchange"],
        issuer,
        subject,
      },
      name,
    );

  it("gives an identity a principal that is another one when it is made again", async () => {
    const before = identity.outputs["principalId"];
    assert.match(textOf(before), /^[0-9a-f-]{36}$/);
    await engine().delete(identity);
    assert.notEqual((await make.identity("backend")).outputs["principalId"], before);
  });

  it("names a role assignment by a GUID and replaces it when anything changes", async () => {
    const role = await make.role(identity, "storageBlobDataContributor", group.id);
    assert.match(textOf(role.outputs["name"]), /^[0-9a-f]{8}-[0-9a-f]{4}-/);
    assert.equal(role.outputs["scope"], group.id);
    const changed = { ...role.inputs, roleDefinitionId: roleId("acrPull") };
    assert.deepEqual((await engine().diff(role, changed)).replaces, ["roleDefinitionId"]);
    await engine().delete(role);
    await make.role(identity, "storageBlobDataContributor", group.id);
  });

  it("rejects roles for principals of another type, unknown roles and scopes, and the same again", async () => {
    const assign = (more: Record<string, string>): Promise<State> =>
      make.role(identity, "acrPull", group.id, more);
    await assert.rejects(
      assign({ principalType: "User" }),
      /UnmatchedPrincipalType: .*different from specified PrincipalType 'User'/,
    );
    await assert.rejects(
      assign({ principalId: "00000000-0000-4000-8000-000000000009" }),
      /PrincipalNotFound/,
    );
    await assert.rejects(assign({ principalId: "me" }), /InvalidPrincipalId/);
    const unknown = roleId("acrPull").replace(/[^/]+$/, "00000000-0000-0000-0000-000000000000");
    await assert.rejects(assign({ roleDefinitionId: unknown }), /RoleDefinitionDoesNotExist/);
    await assert.rejects(
      assign({ scope: idIn("Microsoft.Storage/storageAccounts/none") }),
      /ResourceNotFound: .*storageAccounts\/none/,
    );
    await assign({});
    await assert.rejects(
      assign({ roleAssignmentName: "00000000-0000-4000-8000-000000000001" }),
      /RoleAssignmentExists/,
    );
  });

  it("trusts an issuer for a subject once", async () => {
    await credential("server", "system:serviceaccount:spacelift:server");
    await assert.rejects(
      credential("again", "system:serviceaccount:spacelift:server"),
      /Issuer and subject combination already exists/,
    );
    await assert.rejects(credential("plain", "x", "http://issuer.example.com"), /InvalidIssuer/);
  });

  it("rejects credentials of one identity that are written at the same time", async () => {
    const outcomes = await Promise.allSettled([credential("one", "a"), credential("two", "b")]);
    const failed = outcomes.filter((outcome) => outcome.status === "rejected");
    assert.equal(failed.length, 1);
    assert.match(String(failed[0]?.reason), /ConcurrentFederatedIdentityCredentialsWrites/);
  });

  it("sends logs of known categories to a workspace", async () => {
    const workspace = await make.make("workspace", {
      workspaceName: "logs",
      location: "westeurope",
      sku: { name: "PerGB2018" },
      retentionInDays: 30,
    });
    const cluster = await make.wholeClusterIn();
    const setting = (category: string): Promise<State> =>
      engine().create(AZURE.diagnostics, "d", {
        resourceUri: cluster.id,
        name: "spacelift",
        workspaceId: workspace.id,
        logs: [{ category, enabled: true }],
      });
    await assert.rejects(setting("gossip"), /Category 'gossip' is not supported/);
    await setting("kube-audit-admin");
  });
});
