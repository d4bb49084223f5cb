import assert from "node:assert/strict";
import { certificate, challenge } from "../../../support/kube-api/installation";
import { withInstallation } from "../../../support/kube-api/installed";
import { secret } from "../../../support/kube-api/objects";

describe("status of certificates", () => {
  const { api, ca, report } = withInstallation();

  it("tells when they end, and when they have ended", async () => {
    const inDays = (days: number) => (): Date => new Date(Date.now() + days * 86_400_000);
    const soon = await report({ now: inDays(25) });
    assert.equal(soon.verdict, "degraded");
    assert.match(soon.reasons[0] ?? "", /certificate of spacelift\.example\.com: expires in [45] days/);
    const late = await report({ now: inDays(40) });
    assert.equal(late.verdict, "down");
    assert.match(late.reasons[0] ?? "", /expired on \d{4}-/);
  });

  it("tells what keeps one from being issued", async () => {
    api.store.remove("Secret", "cert");
    api.store.put(
      certificate("False", "Issuing certificate as Secret does not exist"),
      challenge("pending", "Waiting for HTTP-01 challenge propagation: wrong status code '404'"),
    );
    const { reasons, certificates } = await report({ trustedCas: [ca.certificate] });
    assert.deepEqual(reasons, [
      "certificate of spacelift.example.com: the Secret cert does not exist; cert-manager: Issuing certificate as Secret does not exist; http-01 pending: Waiting for HTTP-01 challenge propagation: wrong status code '404'",
    ]);
    assert.ok(certificates.readable && certificates.value[0]?.certManager?.ready === false);
  });

  it("tells one for another host, and one that is not renewed", async () => {
    const other = ca.issue(["DNS:other.example.com"]);
    const texts = { "tls.crt": other.certificate, "tls.key": other.privateKey, "ca.crt": ca.certificate };
    api.store.put(
      secret("spacelift", "cert", texts, { type: "kubernetes.io/tls" }),
      certificate("False", "The certificate request has failed"),
    );
    const { reasons } = await report();
    assert.match(
      reasons[0] ?? "",
      /Secret cert is made out to other\.example\.com; cert-manager: The certificate request has failed/,
    );
  });

  it("does without cert-manager", async () => {
    for (const name of ["certificates.cert-manager.io", "challenges.acme.cert-manager.io"]) {
      api.store.remove("CustomResourceDefinition", name);
    }
    const { verdict, certificates } = await report();
    assert.equal(verdict, "healthy");
    assert.ok(certificates.readable && certificates.value[0]?.certManager === undefined);
  });
});
