import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ImagePush, type ImagePushArgs } from "../../components/platform/image-push";
import { imageSources } from "../support/image-sources";
import { type Inventory, absent, secret } from "../support/inventory";
import { run } from "../support/run";

const commandType = "command:local:Command";
const imageType = "docker:index/registryImage:RegistryImage";
const providerType = "pulumi:providers:docker";

const push = async (more: Partial<ImagePushArgs> = {}): Promise<Inventory> =>
  (
    await run(() => {
      new ImagePush("images", {
        archivePath: "/archives/self-hosted-v3.0.0.tar.gz",
        extracted: false,
        registry: "registry.example.com",
        credentials: { username: "spacelift", password: pulumi.secret("planted-password") },
        images: imageSources,
        ...more,
      });
    })
  ).inventory;

describe("ImagePush", () => {
  it("loads each image and pushes it under its own name, independent of the other", async () => {
    const inventory = await push();
    for (const role of ["backend", "launcher"]) {
      inventory.has(commandType, `images-load-${role}`, {
        environment: {
          ARCHIVE: "/archives/self-hosted-v3.0.0.tar.gz",
          MEMBER: `container-images/spacelift-${role}.tar`,
          REFERENCE: `spacelift-${role}:v3.0.0`,
          TARGET: `registry.example.com/spacelift-${role}:v3.0.0`,
        },
      });
      inventory.has(imageType, `images-${role}`, {
        name: `registry.example.com/spacelift-${role}:v3.0.0`,
        keepRemotely: true,
      });
      assert.deepEqual(inventory.one(imageType, `images-${role}`).options.dependsOn, [`images-load-${role}`]);
    }
  });

  it("does nothing again while an image stays the same", async () => {
    const inventory = await push();
    inventory.has(commandType, "images-load-backend", {
      triggers: ["backend-id", "registry.example.com/spacelift-backend:v3.0.0"],
    });
    inventory.has(imageType, "images-backend", { triggers: { image: "backend-id" } });
  });

  it("hands the password to the provider alone, as a secret", async () => {
    const inventory = await push();
    const authentication = {
      address: "registry.example.com",
      username: "spacelift",
      password: "planted-password",
    };
    inventory.has(providerType, "images-registry", {
      registryAuth: secret(JSON.stringify([authentication])),
    });
    const elsewhere = inventory.resources.filter(({ type }) => type !== providerType);
    assert.doesNotMatch(JSON.stringify(elsewhere), /planted-password/);
  });

  it("tells the provider that an open registry asks for nothing", async () => {
    const { inventory } = await run(() => {
      new ImagePush("images", {
        archivePath: "/extracted",
        extracted: true,
        registry: "localhost:5000",
        insecureSkipVerify: true,
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
    assert.deepEqual(JSON.parse(String(inventory.one(providerType).inputs["registryAuth"])), [
      { address: "localhost:5000", authDisabled: true },
    ]);
    inventory.has(imageType, "images-backend", { insecureSkipVerify: true });
    inventory.has(commandType, "images-load-backend", {
      environment: { ARCHIVE: absent, MEMBER: "/extracted/b.tar" },
    });
  });
});
