import assert from "node:assert/strict";
import { withCluster } from "../../../support/kube-api/cluster-look";
import type { Manifest } from "../../../../rehearsal/twins/kubernetes/api/manifest";
import { definition } from "../../../support/kube-api/objects";
import { assertBad } from "../../../support/peers/look";

describe("preflight: cert-manager of the cluster", () => {
  const { api, found } = withCluster();
  const certManager = { release: "cert-manager", place: "cert-manager" };
  const kind = "certificates.cert-manager.io";
  const controller = (available: number, place = "cert-manager"): Manifest => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name: "cert-manager",
      namespace: place,
      labels: { "app.kubernetes.io/name": "cert-manager" },
    },
    status: { availableReplicas: available },
  });
  const given = { certManager: { install: false } };

  it("must not be there already when it is installed", async () => {
    api.store.put(definition(kind, { release: "certs", place: "security" }));
    assertBad(
      await found("cert-manager"),
      "failed",
      /release certs in namespace security/,
      /certManager\.install false/,
    );
    api.store.put(definition(kind));
    assertBad(await found("cert-manager"), "failed", /nothing that Helm knows of/);
    api.store.put(definition(kind, certManager));
    assert.match((await found("cert-manager")).reason, /own/);
  });

  it("must serve and run when an existing one is used", async () => {
    assertBad(
      await found("cert-manager", given),
      "failed",
      /the cluster has none/,
      /certManager\.install true/,
    );
    api.store.put(definition(kind, certManager, ["v1alpha2"]));
    assertBad(await found("cert-manager", given), "failed", /serves v1alpha2, but not v1/);
    api.store.put(definition(kind, certManager), controller(0));
    assertBad(await found("cert-manager", given), "failed", /no pod that is ready/, /describe deployment/);
    api.store.put(controller(1));
    assert.equal((await found("cert-manager", given)).reason, "cert-manager v1.19.2 runs in cert-manager");
  });

  it("must run where a CA's Secret lies", async () => {
    api.store.put(definition(kind, certManager), controller(1, "security"));
    assert.equal((await found("cert-manager", given)).status, "passed");
    const selfSigned = { ...given, tls: { mode: "selfSigned", email: undefined } };
    assertBad(
      await found("cert-manager", selfSigned),
      "failed",
      /Secret of the CA would be/,
      /certManager\.namespace/,
    );
  });

  it("must have the issuer that is configured, ready", async () => {
    const tls = { mode: "existingIssuer", email: undefined, name: "corporate" };
    assertBad(
      await found("cert-manager", { tls }),
      "failed",
      /names an issuer/,
      /install cert-manager and that issuer/,
    );
    api.store.put(
      definition(kind, certManager),
      definition("clusterissuers.cert-manager.io"),
      definition("issuers.cert-manager.io"),
      controller(1),
    );
    assertBad(
      await found("issuer", { tls }),
      "failed",
      /ClusterIssuer corporate does not exist; there is none/,
    );
    const issuer = (name: string, status?: string): Manifest => ({
      apiVersion: "cert-manager.io/v1",
      kind: "ClusterIssuer",
      metadata: { name },
      ...(status !== undefined && {
        status: { conditions: [{ type: "Ready", status, message: "Failed to register ACME account" }] },
      }),
    });
    api.store.put(issuer("internal", "True"));
    assertBad(await found("issuer", { tls }), "failed", /there are internal/, /tls\.name internal/);
    api.store.put(issuer("corporate", "False"));
    assertBad(
      await found("issuer", { tls }),
      "failed",
      /not ready: Failed to register ACME account/,
      /kubectl describe/,
    );
    api.store.put(issuer("corporate"));
    assertBad(await found("issuer", { tls }), "warning", /not known to be ready/);
    api.store.put(issuer("corporate", "True"));
    assert.equal((await found("issuer", { tls })).status, "passed");
    assertBad(await found("issuer", { tls: { ...tls, kind: "Issuer" } }), "failed", /in namespace spacelift/);
  });
});
