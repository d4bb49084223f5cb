import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { controllerTrust, runTrust } from "../../../../components/workers/trust";
import { selfSigned } from "../../../support/certificates";

describe("trust of runs", () => {
  const { certificate } = selfSigned("Example CA");
  const read = (pem: string): string[] =>
    (pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []).map(
      (each) => new X509Certificate(each).subject,
    );

  it("adds the certificates to the public ones, of which each can be read", () => {
    const subjects = read(runTrust([certificate])["ca-bundle.crt"] ?? "");
    assert.ok(subjects.length > 100, `${subjects.length} certificates`);
    assert.equal(subjects.at(-1), "CN=Example CA");
    // A root that Let's Encrypt's certificates lead to.
    assert.ok(subjects.some((subject) => subject.includes("CN=ISRG Root X1")));
  });

  it("fits into a ConfigMap with as many certificates as the configuration takes", () => {
    const most = certificate.repeat(Math.floor(350_000 / certificate.length));
    const bytes = Object.values(runTrust([most])).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    // MaxSecretSize of k8s.io/kubernetes, which holds for ConfigMaps as well.
    assert.ok(bytes < 1024 * 1024, `${bytes} bytes`);
  });

  it("gives the controller its own certificates alone", () => {
    assert.deepEqual(controllerTrust([certificate]), { "trusted-cas.pem": certificate });
  });
});
