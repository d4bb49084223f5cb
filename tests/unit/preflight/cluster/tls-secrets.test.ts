import assert from "node:assert/strict";
import { withCluster } from "../../../support/kube-api/cluster-look";
import { namespace, secret } from "../../../support/kube-api/objects";
import { authority } from "../../../support/peers/authority";
import { assertBad, type Looked } from "../../../support/peers/look";

describe("preflight: TLS Secrets of the cluster", () => {
  const { api, lookAt, found } = withCluster();
  const ca = authority("Example CA");
  const pair = ca.issue(["DNS:spacelift.example.com"]);
  const tls = { mode: "existingSecret", email: undefined };
  const existing = { tls, namespace: { create: false } };
  const type = "kubernetes.io/tls";
  const put = (texts: Record<string, string>, as = type): void => {
    api.store.put(namespace("spacelift"), secret("spacelift", "cert", texts, { type: as }));
  };
  const good = { "tls.crt": pair.certificate, "tls.key": pair.privateKey };

  it("must be there", async () => {
    api.store.put(namespace("spacelift"));
    assertBad(
      await found("tls-secrets.cert", existing),
      "failed",
      /cert does not exist/,
      /^run `kubectl -n spacelift create secret tls cert/,
    );
    put(good);
    const finding = await found("tls-secrets.cert", existing);
    assert.equal(finding.status, "passed");
    assert.match(finding.reason, /for spacelift\.example\.com and valid until \d{4}-/);
  });

  it("must fit the hosts", async () => {
    put(good, "Opaque");
    assertBad(await found("tls-secrets.cert", existing), "failed", /of type Opaque/);
    put({ "tls.crt": ca.issue(["DNS:other.example.com"]).certificate, "tls.key": pair.privateKey });
    assertBad(await found("tls-secrets.cert", existing), "failed", /tls\.key that does not belong/);
    put(good);
    const domain = "runs.example.com";
    assertBad(
      await found("tls-secrets.cert", { ...existing, domain }),
      "failed",
      /made out to spacelift\.example\.com, not to runs/,
    );
    const vcsGateway = { domain: "vcs-gateway.example.com" };
    const { results } = await lookAt({
      ...existing,
      version: "v4.0.0",
      vcsGateway,
      ingress: { controller: "ingress-nginx" },
    });
    const findings = results.filter(({ id }) => id.startsWith("cluster.tls-secrets"));
    assert.deepEqual(
      findings.map(({ status }) => status),
      ["passed", "failed"],
    );
    assert.match(findings[1]?.reason ?? "", /spacelift\/vcs-gateway-cert does not exist/);
  });

  it("must not have expired, or be about to", async () => {
    put(good);
    const inDays = async (days: number): Promise<ReturnType<Looked["finding"]>> => {
      const now = (): Date => new Date(Date.now() + days * 86_400_000);
      return (await lookAt(existing, { now })).finding("cluster.tls-secrets.cert");
    };
    assert.equal((await inDays(10)).status, "passed");
    assertBad(await inDays(20), "warning", /expires on \S+, in (?:9|10) days/);
    assertBad(await inDays(31), "failed", /expired on/);
    assertBad(await inDays(-1), "failed", /not valid before/);
  });
});
