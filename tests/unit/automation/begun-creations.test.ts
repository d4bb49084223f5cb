import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  begunCreations,
  begunReplacements,
  idOf,
  idsByType,
  withCreated,
} from "../../../automation/begun-creations";
import { candidatesOf } from "../../../automation/unfinished-releases";
import type { StackState, StateResource } from "../../../engine/protocol";
import { azureTwin } from "../../../rehearsal/twins/azure";
import { allDefinitions } from "../../../rehearsal/twins/azure/arm/definition";

const urn = (name: string): string => `urn:pulumi:onprem::spacelift::kubernetes:helm.sh/v3:Release::${name}`;
const release = (name: string, inputs: object = {}): StateResource => ({
  urn: urn(name),
  type: "kubernetes:helm.sh/v3:Release",
  custom: true,
  parent: "urn:parent",
  dependencies: ["urn:secret"],
  inputs: { name, namespace: "spacelift", chart: "c", timeout: 1200, ...inputs },
});
const parts: readonly StateResource[] = [
  { urn: "urn:parent", type: "spacelift:spacelift:Spacelift" },
  { urn: "urn:secret", type: "kubernetes:core/v1:Secret" },
  {
    urn: "urn:provider",
    type: "pulumi:providers:azure-native",
    id: "p1",
    inputs: { subscriptionId: "1234" },
  },
];
const stateOf = (resources: readonly StateResource[], pending: readonly object[] = []): StackState => ({
  version: 3,
  deployment: { resources, pending_operations: pending, manifest: { magic: "m" } },
});
const creating = (resource: StateResource): object => ({ resource, type: "creating" });

describe("creations that a killed run has begun", () => {
  it("are those that the state does not know; of releases, Helm is asked as well", () => {
    const state = stateOf(
      [...parts, release("made"), release("both")],
      [
        creating(release("begun")),
        creating(release("both")),
        { resource: release("changed"), type: "updating" },
        creating({ urn: "urn:x", type: "kubernetes:core/v1:Secret", inputs: {} }),
      ],
    );
    assert.deepEqual(
      begunCreations(state).map((each) => each.urn),
      [urn("begun"), "urn:x"],
    );
    const found = candidatesOf(state).map(({ release: { name, operation } }) => `${operation} ${name}`);
    assert.deepEqual(found, ["update made", "update both", "adopt begun"]);
    const [, , begun] = candidatesOf(state);
    assert.deepEqual(begun?.release, {
      operation: "adopt",
      name: "begun",
      namespace: "spacelift",
      chart: "c",
      timeoutSeconds: 1200,
      values: {},
    });
    // A name that is secret in the state cannot be read from it.
    assert.deepEqual(candidatesOf(stateOf([release("odd", { name: { ciphertext: "x" } })])), []);
  });

  it("are to be deleted again where they were to replace something, whose place is taken by another later", () => {
    const secret = (name: string): StateResource => ({
      urn: "urn:variables",
      type: "kubernetes:core/v1:Secret",
      custom: true,
      inputs: { kind: "Secret", metadata: { name, namespace: "spacelift" } },
    });
    const known = { ...secret("variables-1"), id: "spacelift/variables-1" };
    const pending = [secret("variables-2"), secret("variables-1"), secret("variables-3")].map(creating);
    const state = stateOf([...parts, known], pending);
    assert.deepEqual(
      begunReplacements(state).map(({ id, delete: goes }) => [id, goes]),
      [
        ["spacelift/variables-2", true],
        ["spacelift/variables-3", true],
      ],
    );
    assert.deepEqual(begunCreations(state), []);
    const { resources = [], pending_operations: left } = withCreated(
      state,
      begunReplacements(state),
    ).deployment;
    assert.deepEqual(left, []);
    assert.deepEqual(
      resources.slice(parts.length).map(({ id }) => id),
      ["spacelift/variables-1", "spacelift/variables-2", "spacelift/variables-3"],
    );
  });

  it("get the id that their provider gives", () => {
    const id = (type: string, inputs: object, provider = "urn:provider::p1"): string | undefined =>
      idOf({ urn: "urn:x", type, inputs: { ...inputs }, provider }, stateOf(parts));
    assert.equal(
      id("azure-native:network:Subnet", {
        resourceGroupName: "rg",
        virtualNetworkName: "vnet",
        subnetName: "nodes",
      }),
      "/subscriptions/1234/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet/subnets/nodes",
    );
    assert.equal(
      id("azure-native:authorization:RoleAssignment", {
        scope: "/subscriptions/1234",
        roleAssignmentName: "a",
      }),
      "/subscriptions/1234/providers/Microsoft.Authorization/roleAssignments/a",
    );
    assert.equal(id("minio:index/s3Bucket:S3Bucket", { bucket: "states" }), "states");
    assert.equal(id("kubernetes:core/v1:Namespace", { metadata: { name: "spacelift" } }), "spacelift");
    assert.equal(
      id("kubernetes:core/v1:Secret", { metadata: { name: "pull", namespace: "spacelift" } }),
      "spacelift/pull",
    );
  });

  it("get none where it cannot be known, or nothing is lost by creating again", () => {
    const id = (type: string, inputs: object): string | undefined =>
      idOf({ urn: "urn:x", type, inputs: { ...inputs }, provider: "urn:other::p1" }, stateOf(parts));
    assert.equal(id("azure-native:resources:ResourceGroup", { resourceGroupName: "rg" }), undefined);
    assert.equal(id("minio:index/s3Bucket:S3Bucket", { bucket: { ciphertext: "x" } }), undefined);
    assert.equal(id("kubernetes:core/v1:Secret", { metadata: {} }), undefined);
    assert.equal(id("kubernetes:helm.sh/v3:Release", { name: "x" }), undefined);
    assert.equal(id("random:index/randomPassword:RandomPassword", { length: 8 }), undefined);
  });

  it("have a form of the id for each type of Azure that the program creates, as the simulated service has it", () => {
    const simulated = new Set(Object.keys(azureTwin().resources));
    const definitions = new Map(allDefinitions().map((each) => [each.token, each]));
    const used = readFileSync(join(__dirname, "../../program/aks-identities.snapshot.txt"), "utf8");
    const types = [...new Set(used.match(/azure-native:\S+/g))].sort();
    assert.ok(types.length > 20);
    for (const type of types) {
      assert.ok(simulated.has(type), type);
      const { path, singleton, isAlwaysThere } = definitions.get(type) ?? assert.fail(type);
      const isMadeAgain = singleton !== undefined || isAlwaysThere === true;
      assert.equal(idsByType[type], isMadeAgain ? undefined : path, type);
    }
  });

  it("are in the state afterwards when they exist, and none is pending", () => {
    const pending = [creating(release("begun")), creating(release("both")), creating(release("lost"))];
    const state = stateOf([...parts, release("both")], pending);
    const made = { ...release("begun"), id: "spacelift/begun" };
    const { deployment } = withCreated(state, [made, release("both")]);
    assert.deepEqual(
      deployment.resources?.map(({ id, urn: each }) => id ?? each),
      ["urn:parent", "urn:secret", "p1", urn("both"), "spacelift/begun"],
    );
    assert.deepEqual(deployment["pending_operations"], []);
    assert.deepEqual(deployment["manifest"], { magic: "m" });
  });

  it("stay out of a state that lacks what they lean on", () => {
    assert.deepEqual(withCreated(stateOf([]), [release("begun")]).deployment.resources, []);
  });
});
