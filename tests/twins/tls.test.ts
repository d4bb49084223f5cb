import { strict as assert } from "node:assert";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { stringAt } from "../../rehearsal/twins/framework";
import { tlsTwin } from "../../rehearsal/twins/tls";
import { connected } from "./support/connected";

const KEY = "tls:index/privateKey:PrivateKey";

describe("The tls twin", () => {
  const engine = connected(tlsTwin);

  it("makes an RSA key whose forms are all the same key", async () => {
    const { outputs, secrets } = await engine().create(KEY, "key", { algorithm: "RSA", rsaBits: 2048 });
    const pem = stringAt(outputs, "privateKeyPem") ?? "";
    const pkcs8 = stringAt(outputs, "privateKeyPemPkcs8") ?? "";
    assert.match(pem, /^-----BEGIN RSA PRIVATE KEY-----/);
    assert.match(pkcs8, /^-----BEGIN PRIVATE KEY-----/);
    assert.equal(createPrivateKey(pem).asymmetricKeyDetails?.modulusLength, 2048);
    const open = createPublicKey(createPrivateKey(pkcs8)).export({ type: "spki", format: "pem" });
    assert.equal(open, outputs["publicKeyPem"]);
    assert.match(stringAt(outputs, "publicKeyOpenssh") ?? "", /^ssh-rsa AAAAB3NzaC1yc2E[\w+/=]+\n$/);
    assert.match(
      stringAt(outputs, "privateKeyOpenssh") ?? "",
      /^-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk/,
    );
    assert.match(stringAt(outputs, "publicKeyFingerprintMd5") ?? "", /^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
    assert.deepEqual(
      ["/privateKeyPem", "/privateKeyPemPkcs8", "/privateKeyOpenssh"].filter((path) => !secrets.has(path)),
      [],
    );
    assert.equal(secrets.has("/publicKeyPem"), false);
  });

  it("makes ECDSA and Ed25519 keys", async () => {
    const ecdsa = await engine().create(KEY, "ec", { algorithm: "ECDSA", ecdsaCurve: "P384" });
    assert.match(stringAt(ecdsa.outputs, "publicKeyOpenssh") ?? "", /^ecdsa-sha2-nistp384 /);
    const ed25519 = await engine().create(KEY, "ed", { algorithm: "ED25519" });
    assert.match(stringAt(ed25519.outputs, "publicKeyOpenssh") ?? "", /^ssh-ed25519 /);
  });

  it("replaces a key whose size changes", async () => {
    const state = await engine().create(KEY, "key", { algorithm: "ED25519", rsaBits: 2048 });
    assert.deepEqual((await engine().diff(state, { algorithm: "ED25519", rsaBits: 4096 })).replaces, [
      "rsaBits",
    ]);
  });

  it("rejects an algorithm it does not know", async () => {
    const { failures } = await engine().check(KEY, "key", { algorithm: "DSA" });
    assert.deepEqual(failures, ['algorithm: expected one of [RSA, ECDSA, ED25519], got "DSA"']);
  });
});
