import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { DirectPush, type DirectPushArgs } from "../../components/platform/direct-push";
import { imageSources } from "../support/image-sources";
import { type Inventory, SecretValue } from "../support/inventory";
import { run } from "../support/run";

const commandType = "command:local:Command";

const push = async (more: Partial<DirectPushArgs> = {}): Promise<Inventory> =>
  (
    await run(() => {
      new DirectPush("images", {
        archivePath: "/archives/self-hosted-v3.0.0.tar.gz",
        extracted: false,
        images: imageSources.map((image) => ({
          ...image,
          credentials: { username: "spacelift", password: pulumi.secret("planted-password") },
        })),
        ...more,
      });
    })
  ).inventory;

describe("DirectPush", () => {
  it("pushes each image by a process of its own, which is told everything by variables", async () => {
    const { inputs } = (await push()).one(commandType, "images-backend");
    assert.deepEqual(inputs["interpreter"], [process.execPath]);
    assert.ok(existsSync(String(inputs["create"])));
    const environment = inputs["environment"];
    assert.ok(environment instanceof SecretValue);
    assert.deepEqual(environment.value, {
      ARCHIVE: "/archives/self-hosted-v3.0.0.tar.gz",
      MEMBER: "container-images/spacelift-backend.tar",
      IMAGE_ID: "backend-id",
      ROLE: "backend",
      TARGET: "registry.example.com/spacelift-backend:v3.0.0",
      REGISTRY_USERNAME: "spacelift",
      REGISTRY_PASSWORD: "planted-password",
      INSECURE: "false",
      PLAIN_HTTP: "false",
    });
  });

  it("runs again for another image or target alone, whatever the password and the machine are by then", async () => {
    const { inputs, options } = (await push()).one(commandType, "images-launcher");
    assert.deepEqual(inputs["triggers"], ["launcher-id", "registry.example.com/spacelift-launcher:v3.0.0"]);
    assert.deepEqual(options.ignoreChanges, ["create", "environment", "interpreter"]);
    assert.equal("update" in inputs || "delete" in inputs, false);
  });

  it("shows what it says on the way, and keeps the digest to itself as a result", async () => {
    (await push()).has(commandType, "images-backend", { logging: "stderr" });
  });

  it("passes on what the registry is like, and that it asks for nothing", async () => {
    const { inventory } = await run(() => {
      new DirectPush("images", {
        archivePath: "/extracted",
        extracted: true,
        insecureSkipVerify: true,
        plainHttp: true,
        images: [
          {
            role: "backend",
            member: "/extracted/b.tar",
            reference: "b:v1",
            id: "1",
            target: "localhost:5000/b:v1",
          },
        ],
      });
    });
    inventory.has(commandType, "images-backend", {
      environment: {
        ARCHIVE: "",
        MEMBER: "/extracted/b.tar",
        REGISTRY_USERNAME: "",
        INSECURE: "true",
        PLAIN_HTTP: "true",
      },
    });
  });

  it("gives the digests in clear, though the provider makes a secret of whatever comes out", async () => {
    const found: unknown[] = [];
    await run(() => {
      const { digests } = new DirectPush("images", {
        archivePath: "/archive",
        extracted: false,
        images: [
          {
            role: "backend",
            member: "b.tar",
            reference: "b:v1",
            id: "1",
            target: "registry.example.com/b:v1",
            credentials: { username: "spacelift", password: pulumi.secret("planted") },
          },
        ],
      });
      found.push(pulumi.isSecret(digests["backend"]!));
    });
    assert.deepEqual(await Promise.all(found), [false]);
  });
});
