import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { decodeHelmRelease } from "../../../kubernetes/helm-release";
import { quantity } from "../../../kubernetes/values";
import { readTlsSecret } from "../../../kubernetes/tls-secret";
import { base64 } from "../../support/kube-api/kubeconfig";
import { authority } from "../../support/peers/authority";

describe("quantity", () => {
  it("reads what Kubernetes writes", () => {
    const expected: Readonly<Record<string, number | undefined>> = {
      "250m": 0.25,
      "2": 2,
      "0.5": 0.5,
      "1Ki": 1024,
      "1.5Gi": 1.5 * 2 ** 30,
      "1G": 1e9,
      "1e3": 1000,
      "500000000n": 0.5,
      "": undefined,
      "1 Gi": undefined,
      "1gi": undefined,
    };
    for (const [text, value] of Object.entries(expected)) assert.equal(quantity(text), value, text);
  });
});

describe("Helm release", () => {
  const release = {
    name: "spacelift",
    version: 3,
    info: { status: "deployed", last_deployed: "2026-01-02T03:04:05Z" },
    chart: { metadata: { name: "spacelift-self-hosted", version: "0.62.0" } },
    manifest: "---\n",
    config: { password: "planted" },
  };
  const packed = (value: unknown): string =>
    base64(gzipSync(Buffer.from(JSON.stringify(value))).toString("base64"));

  it("is unpacked twice, and without values", () => {
    assert.deepEqual(decodeHelmRelease(packed(release)), {
      name: "spacelift",
      revision: 3,
      status: "deployed",
      updated: "2026-01-02T03:04:05Z",
      chart: { name: "spacelift-self-hosted", version: "0.62.0" },
      manifest: "---\n",
    });
    assert.equal(decodeHelmRelease(base64(base64(JSON.stringify(release)))).revision, 3);
  });

  it("is refused when it unpacks to more than any record has", () => {
    const bomb = base64(gzipSync(Buffer.alloc(64 << 20, " ")).toString("base64"));
    const before = process.memoryUsage().external;
    assert.throws(() => decodeHelmRelease(bomb), /is not understood/);
    assert.ok(process.memoryUsage().external - before < 48 << 20);
    const release_ = { ...release, manifest: " ".repeat(40 << 20) };
    assert.throws(() => decodeHelmRelease(packed(release_)), /is not understood/);
  });

  it("is refused when it is something else", () => {
    for (const odd of [
      "",
      "planted",
      packed({ ...release, version: "three" }),
      packed("planted").slice(0, 20),
    ]) {
      assert.throws(() => decodeHelmRelease(odd), /the record of the Helm release is not understood/);
    }
  });
});

describe("TLS Secret", () => {
  const ca = authority("Example CA");
  const pair = ca.issue(["DNS:spacelift.example.com", "DNS:*.apps.example.com"]);
  const type = "kubernetes.io/tls";
  const data = { "tls.crt": base64(pair.certificate), "tls.key": base64(pair.privateKey) };
  const problem = (secret: { type?: string; data: Record<string, string> }): string | undefined => {
    const content = readTlsSecret(secret);
    return "problem" in content ? content.problem : undefined;
  };

  it("tells names, authority and validity, not the key", () => {
    const content = readTlsSecret({ type, data: { ...data, "ca.crt": base64(ca.certificate) } });
    assert.ok("secret" in content);
    const { secret } = content;
    assert.deepEqual(secret.names, ["spacelift.example.com", "*.apps.example.com"]);
    assert.equal(secret.issuer, "CN=Example CA");
    assert.equal(secret.authority, ca.certificate);
    assert.ok(secret.validTo.getTime() > Date.now());
    assert.ok(secret.isFor("spacelift.example.com") && secret.isFor("a.apps.example.com"));
    assert.ok(!secret.isFor("example.com"));
    assert.doesNotMatch(JSON.stringify(content), /PRIVATE KEY/);
  });

  it("does not take the common name for a name", () => {
    const bare = ca.issue([]);
    const content = readTlsSecret({
      type,
      data: { "tls.crt": base64(bare.certificate), "tls.key": base64(bare.privateKey) },
    });
    assert.ok("secret" in content && !content.secret.isFor("localhost"));
  });

  it("says what is wrong with it, and nothing of its content", () => {
    const other = ca.issue([]);
    assert.equal(problem({ type: "Opaque", data }), "is of type Opaque, not kubernetes.io/tls");
    assert.equal(problem({ type, data: {} }), "has no tls.crt");
    assert.equal(problem({ type, data: { "tls.crt": data["tls.crt"] } }), "has no tls.key");
    assert.equal(
      problem({ type, data: { ...data, "tls.crt": base64("x") } }),
      "has a tls.crt that is no PEM certificate",
    );
    assert.equal(
      problem({ type, data: { ...data, "tls.key": base64("x") } }),
      "has a tls.key that is no unencrypted PEM key",
    );
    assert.equal(
      problem({ type, data: { ...data, "tls.key": base64(other.privateKey) } }),
      "has a tls.key that does not belong to its tls.crt",
    );
  });
});
