import assert from "node:assert/strict";
import { forSuite } from "../../support/peers/suite";
import { type Manifest, manifestsOf, objectsIn, targets } from "../../support/operator/stack-object";
import { until } from "../ground/api-client";
import { startApiServer } from "../ground/api-server";
import { goBuildTimeout } from "../ground/go-programs";
import { type Definition, excess, operatorDefinition, ownDefinition, schemaOf } from "./definition";

/** Folder with the operator's own definitions. */
const given = process.env["SPACELIFT_OPERATOR_CRDS"];

const places: Readonly<Record<string, string>> = {
  PersistentVolumeClaim: "/api/v1/namespaces/spacelift-deploy/persistentvolumeclaims",
  Pod: "/api/v1/namespaces/spacelift-deploy/pods",
  ServiceAccount: "/api/v1/namespaces/spacelift-deploy/serviceaccounts",
  ConfigMap: "/api/v1/namespaces/spacelift-deploy/configmaps",
  ClusterRoleBinding: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
  Stack: "/apis/pulumi.com/v1/namespaces/spacelift-deploy/stacks",
};

/** A Stack with one thing that is wrong, and what the API server says of it. */
const wrong: readonly (readonly [what: string, change: (text: string) => string, said: RegExp])[] = [
  [
    "a setting of the Stack that there is not",
    (text) => text.replace('"secretsRef":', '"secretRefs":'),
    /unknown field "spec\.secretRefs"/,
  ],
  [
    "a setting of the workspace that there is not",
    (text) => text.replace('"dir":', '"folder":'),
    /unknown field "spec\.workspaceTemplate\.spec\.local\.folder"/,
  ],
  [
    "a field of the pod that there is not",
    (text) => text.replace('"claimName":', '"claim":'),
    /unknown field "spec\.workspaceTemplate\.spec\.podTemplate\.spec\.volumes\[0\]\.persistentVolumeClaim\.claim"/,
  ],
  ["a Stack without a stack", (text) => text.replace(/"stack":"\w+",/, ""), /spec\.stack: Required value/],
  [
    "a reference without a key",
    (text) => text.replace('"key":"licenseToken"', '"key":5'),
    /spec\.secretsRef\.spacelift:licenseToken\.secret\.key: Invalid value: "integer"/,
  ],
];

function judges(source: string, definition: () => Promise<Definition>): void {
  describe(`the manifests for the operator before an API server with ${source}`, function () {
    this.timeout(300_000);
    const server = forSuite(startApiServer, 2 * goBuildTimeout);

    before(async () => {
      const { api } = server();
      const collection = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
      await api.must("POST", collection, await definition());
      await until("the API server serves Stacks", async () => {
        const answer = await api.send("GET", places["Stack"] ?? "");
        return answer.status === 200;
      });
      await api.must("POST", "/api/v1/namespaces", {
        apiVersion: "v1",
        kind: "Namespace",
        // The profile of workspaces.
        metadata: {
          name: "spacelift-deploy",
          labels: { "pod-security.kubernetes.io/enforce": "restricted" },
        },
      });
      await api.must("POST", places["ServiceAccount"] ?? "", {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name: "default" },
      });
    });

    /** What the API server has against an object; it stores nothing. */
    async function objection(object: Manifest): Promise<string | undefined> {
      const place = places[object.kind] ?? assert.fail(object.kind);
      const path = `${place}?dryRun=All&fieldValidation=Strict`;
      const { status, body } = await server().api.send("POST", path, object);
      return status === 201 ? undefined : (body as { readonly message: string }).message;
    }

    it("takes the volume and the pod that fills it", async () => {
      for (const object of await objectsIn("archive.yaml")) {
        assert.equal(await objection(object), undefined, `${object.kind} ${object.metadata.name}`);
      }
    });

    for (const target of targets) {
      it(`takes every object of ${target}`, async () => {
        for (const object of await manifestsOf(target)) {
          assert.equal(await objection(object), undefined, `${object.kind} ${object.metadata.name}`);
        }
      });

      for (const [what, change, said] of wrong) {
        it(`refuses ${what} (${target})`, async () => {
          const right = (await manifestsOf(target)).find(({ kind }) => kind === "Stack");
          const text = JSON.stringify(right);
          assert.notEqual(change(text), text);
          assert.match((await objection(JSON.parse(change(text)) as Manifest)) ?? "taken", said);
        });
      }
    }
  });
}

judges("what the example uses of the operator", () => Promise.resolve(ownDefinition));

if (given !== undefined) {
  judges("the operator's own definitions", () => operatorDefinition(given));

  describe("what the example uses of the operator", () => {
    it("is nothing that the operator's own definitions lack", async () => {
      const real = schemaOf(await operatorDefinition(given), "v1");
      assert.deepEqual(excess(schemaOf(ownDefinition, "v1") ?? {}, real), []);
    });
  });
}
