import assert from "node:assert/strict";
import { SpaceliftError } from "../../../automation";
import { billOfMaterials } from "../../../automation/bill-of-materials";
import { type StackState, STACK_TYPE, type StateResource } from "../../../engine/protocol";

const stateOf = (outputs: object, ...releases: readonly Readonly<Record<string, unknown>>[]): StackState => ({
  version: 3,
  deployment: {
    resources: [
      { urn: "urn:stack", type: STACK_TYPE, outputs: { ...outputs } },
      ...releases.map(({ status, ...inputs }, index): StateResource => ({
        urn: `urn:${index}`,
        type: "kubernetes:helm.sh/v3:Release",
        inputs,
        outputs: { status },
      })),
    ],
  },
});

const digest = `sha256:${"0a".repeat(32)}`;

describe("the bill of materials of an installation", () => {
  it("has its charts with their repositories, and its images with the digests that are known", () => {
    const state = stateOf(
      {
        version: "v4.0.0",
        backendImage: "registry.example.com:5000/spacelift-backend:v4.0.0",
        backendDigest: digest,
        launcherImage: "registry.example.com:5000/spacelift-launcher:v4.0.0",
      },
      {
        name: "cert-manager",
        namespace: "cert-manager",
        chart: "cert-manager",
        version: "v1.21.2",
        repositoryOpts: { repo: "https://charts.example.com" },
      },
      {
        name: "traefik",
        namespace: "traefik",
        chart: "oci://registry.example.com/charts/traefik",
        version: "41.3.0",
      },
      {
        name: "local",
        namespace: "traefik",
        chart: "./charts/traefik",
        status: { chart: "traefik", version: "41.0.0" },
      },
    );
    const { components, metadata } = billOfMaterials("aks", state);
    assert.equal(metadata.component.version, "v4.0.0");
    assert.deepEqual(
      components.map(({ purl }) => purl),
      [
        "pkg:helm/cert-manager@v1.21.2?repository_url=https%3A%2F%2Fcharts.example.com",
        "pkg:helm/traefik@41.0.0",
        "pkg:helm/traefik@41.3.0?repository_url=oci%3A%2F%2Fregistry.example.com%2Fcharts",
        `pkg:oci/spacelift-backend@${encodeURIComponent(digest)}?repository_url=registry.example.com%3A5000%2Fspacelift-backend&tag=v4.0.0`,
        "pkg:oci/spacelift-launcher?repository_url=registry.example.com%3A5000%2Fspacelift-launcher&tag=v4.0.0",
      ],
    );
    const [backend, launcher] = components.slice(3);
    assert.deepEqual(backend?.hashes, [{ alg: "SHA-256", content: "0a".repeat(32) }]);
    assert.equal(launcher?.hashes, undefined);
    assert.equal(new Set(components.map((each) => each["bom-ref"])).size, components.length);
  });

  it("is refused before anything was deployed", () => {
    assert.throws(
      () => billOfMaterials("aks", stateOf({})),
      (error) => error instanceof SpaceliftError && error.code === "SPACELIFT_NOT_DEPLOYED",
    );
  });
});
