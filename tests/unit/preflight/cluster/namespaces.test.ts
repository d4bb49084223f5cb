import assert from "node:assert/strict";
import { withCluster } from "../../../support/kube-api/cluster-look";
import type { Manifest } from "../../../../rehearsal/twins/kubernetes/api/manifest";
import { helmSecret, namespace, secret } from "../../../support/kube-api/objects";
import { assertBad } from "../../../support/peers/look";

describe("preflight: namespaces of the cluster", () => {
  const { api, found, lookAt } = withCluster();

  it("that others created are refused", async () => {
    api.store.put(namespace("spacelift", { manager: "kubectl-create" }));
    assertBad(
      await found("namespaces.spacelift"),
      "failed",
      /spacelift exists already and was not created/,
      /namespace\.create false/,
    );
    assert.equal((await found("namespaces", { namespace: { create: false } })).status, "passed");
    api.store.put(namespace("spacelift"), namespace("cert-manager", { manager: "helm" }));
    assertBad(
      await found("namespaces.cert-manager"),
      "failed",
      /cert-manager exists already/,
      /certManager\.install false/,
    );
    api.store.remove("Namespace", "cert-manager");
    api.store.put(namespace("spacelift-workers", { manager: "helm" }));
    assertBad(
      await found("namespaces.spacelift-workers"),
      "failed",
      /spacelift-workers/,
      /workers\.namespace spacelift-workers-2/,
    );
  });

  it("restored with the installation in them are a doubt", async () => {
    api.store.put(
      namespace("spacelift", { manager: "velero-server" }),
      restored(secret("spacelift", "spacelift-shared", {}, { manager: "velero-server" })),
      helmSecret("spacelift"),
    );
    assertBad(await found("namespaces.spacelift"), "warning", /was not created by this program/);
    const { summary } = await lookAt();
    assert.ok(!summary.some((line) => line.includes("failed")), summary.join());
  });

  it("that are to be there are missing, or on their way out", async () => {
    const given = { namespace: { create: false } };
    assertBad(
      await found("namespaces.spacelift", given),
      "failed",
      /does not exist/,
      /kubectl create namespace spacelift/,
    );
    assertBad(
      await found("namespaces.runs", { workers: { namespace: "runs", createNamespace: false } }),
      "failed",
      /`workers\.createNamespace` is false/,
      /kubectl create namespace runs.*workers\.createNamespace true/,
    );
    api.store.put({ ...namespace("spacelift"), status: { phase: "Terminating" } });
    assertBad(
      await found("namespaces.spacelift", given),
      "failed",
      /is being deleted/,
      /kubectl get namespace/,
    );
  });

  it("that refuse Spacelift's pods are told", async () => {
    api.store.put(namespace("spacelift", {}, { "pod-security.kubernetes.io/enforce": "restricted" }));
    assertBad(await found("pod-security"), "failed", /pod security level restricted/, /enforce=baseline/);
    const helmValues = { server: { podSecurityContext: { runAsNonRoot: true } } };
    assert.equal((await found("namespaces", { helmValues })).status, "passed");
  });

  it("with an installation by hand are told", async () => {
    api.store.put(
      namespace("spacelift"),
      secret("spacelift", "spacelift-shared", {}, { manager: "kubectl-create" }),
    );
    assertBad(
      await found("own-objects"),
      "failed",
      /created by others: spacelift-shared \(secrets\)/,
      /encryptionPrivateKey/,
    );
    api.store.remove("Secret", "spacelift-shared");
    api.store.put(helmSecret("spacelift"));
    assertBad(await found("own-objects"), "failed", /created by others: the Helm release spacelift/);
  });
});

/** An object as a backup brings it back. */
const restored = (object: Manifest): Manifest => ({
  ...object,
  metadata: { ...object.metadata, labels: { "velero.io/restore-name": "nightly" } },
});
