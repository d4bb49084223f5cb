import assert from "node:assert/strict";
import { createDecipheriv, pbkdf2Sync } from "node:crypto";
import { parse } from "yaml";
import { sealerFor, StackFile } from "../../../rehearsal/stack-file";

const SOURCE = `
encryptionsalt: v1:somebody:else
config:
  spacelift:target: onprem
  spacelift:licenseToken:
    secure: v1:abc:def
  spacelift:onprem:
    registry: { address: registry.example.com }
  aws:region: eu-west-1
`;
const file = (source = SOURCE): StackFile => new StackFile(source, "spacelift");
const written = (of: StackFile): unknown =>
  parse(of.write((clear) => `sealed ${clear.length}`, "v1:salt:check"));

describe("StackFile", () => {
  it("reads by path, in the project's namespace unless another is named", () => {
    assert.equal(file().get("target"), "onprem");
    assert.equal(file().get("spacelift:onprem.registry.address"), "registry.example.com");
    assert.equal(file().get("aws:region"), "eu-west-1");
    assert.equal(file().get("onprem.objectStorage.endpoint"), undefined);
  });

  it("sets and takes away, making objects on the way", () => {
    const config = file();
    config.set("onprem.kubernetes.context", "lab");
    config.set("onprem.registry.address", undefined);
    config.set("aws:region", undefined);
    assert.deepEqual(written(config), {
      encryptionsalt: "v1:salt:check",
      config: {
        "spacelift:target": "onprem",
        "spacelift:onprem": { registry: {}, kubernetes: { context: "lab" } },
      },
    });
  });

  it("leaves out what somebody else encrypted, and says which keys that were", () => {
    assert.equal(file().get("licenseToken"), undefined);
    assert.deepEqual([...file().unreadable], ["spacelift:licenseToken"]);
    assert.ok(!JSON.stringify(written(file())).includes("secure"));
  });

  it("writes secrets sealed only", () => {
    const config = file();
    config.setSecret("licenseToken", "planted");
    assert.equal(config.get("licenseToken"), "planted");
    const text = JSON.stringify(written(config));
    assert.ok(!text.includes("planted"));
    assert.ok(text.includes("sealed 7"));
  });

  it("rejects a field of an object as a secret and a scalar as an object", () => {
    assert.throws(() => {
      file().setSecret("onprem.password", "planted");
    }, /a secret is a key of its own/);
    assert.throws(() => {
      file().set("target.deeper", 1);
    }, /not an object/);
  });

  it("accepts an empty file", () => {
    assert.equal(file("").get("target"), undefined);
  });
});

describe("sealerFor", () => {
  it("encrypts as the passphrase provider of the engine does", async () => {
    const seal = await sealerFor("v1:AAECAwQFBgc=:v1:check:check", "passphrase");
    const [version, nonce = "", body = ""] = seal("planted").split(":");
    const key = pbkdf2Sync("passphrase", Buffer.from("AAECAwQFBgc=", "base64"), 1_000_000, 32, "sha256");
    const bytes = Buffer.from(body, "base64");
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(bytes.subarray(-16));
    assert.equal(version, "v1");
    assert.equal(
      decipher.update(bytes.subarray(0, -16), undefined, "utf8") + decipher.final("utf8"),
      "planted",
    );
  });

  it("never uses a nonce twice", async () => {
    const seal = await sealerFor("v1:AAECAwQFBgc=:v1:check:check", "passphrase");
    assert.notEqual(seal("planted"), seal("planted"));
  });

  it("rejects a salt of an unknown kind", async () => {
    await assert.rejects(sealerFor("v9:AAECAwQFBgc="), /unknown kind/);
  });
});
