import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { RegistryPush, type RegistryPushArgs } from "../../../components/platform/aks/provide-images";
import { type Inventory, SecretValue, secret } from "../../support/inventory";
import { run } from "../../support/run";
import { scratchFolder } from "../../support/scratch";

const commandType = "command:local:Command";

const push = async (more: Partial<RegistryPushArgs> = {}): Promise<Inventory> =>
  (
    await run(() => {
      new RegistryPush("images", {
        archivePath: "/archives/release.tar.gz",
        extracted: true,
        images: [
          {
            role: "backend",
            member: "/archives/backend.tar",
            reference: "spacelift-backend:v3.0.0",
            id: "id-of-backend",
            registry: "registry.azurecr.io",
            password: pulumi.secret("planted-password"),
            target: "registry.azurecr.io/spacelift-backend:v3.0.0",
          },
        ],
        ...more,
      });
    })
  ).inventory;

describe("RegistryPush", () => {
  const folder = scratchFolder();

  it("runs again for another image alone, whatever the password is by then", async () => {
    const { inputs, options } = (await push()).one(commandType, "images-backend");
    assert.deepEqual(inputs["triggers"], ["id-of-backend", "registry.azurecr.io/spacelift-backend:v3.0.0"]);
    assert.deepEqual(options.ignoreChanges, ["create", "environment"]);
    // Set by the SDK (1.2.1, local/command.js), not by the provider: to that a changed trigger is an update in place,
    // with the password of the last push.
    assert.deepEqual(options.replaceOnChanges, ["triggers[*]"]);
    assert.equal("update" in inputs || "delete" in inputs, false);
  });

  it("keeps the password out of the script", async () => {
    const inventory = await push();
    inventory.has(commandType, "images-backend", {
      environment: secret({ REGISTRY_PASSWORD: "planted-password" }),
    });
    assert.doesNotMatch(String(inventory.one(commandType).inputs["create"]), /planted/);
  });

  it("hands the password to the client by a helper, in no argument and no file", async () => {
    const bin = join(folder(), "bin");
    const log = join(folder(), "log");
    mkdirSync(bin);
    // Stands for the client: notes its arguments, and on a push what its configuration and its helper say.
    writeFileSync(
      join(bin, "docker"),
      `#!/bin/sh
echo "docker $*" >> "$LOG"
if [ "$1 $2" = "image push" ]; then
  cat "$DOCKER_CONFIG/config.json" >> "$LOG"
  grep -R planted "$DOCKER_CONFIG" "$DOCKER_CONFIG/../bin" >> "$LOG"
  echo registry.azurecr.io | docker-credential-environment get > "$LOG.credentials"
fi
exit 0
`,
    );
    chmodSync(join(bin, "docker"), 0o755);
    const { inputs } = (await push()).one(commandType, "images-backend");
    const environment = inputs["environment"];
    assert.ok(environment instanceof SecretValue);
    execFileSync("/bin/sh", ["-c", String(inputs["create"])], {
      env: {
        ...(environment.value as Record<string, string>),
        PATH: `${bin}:${process.env["PATH"] ?? ""}`,
        LOG: log,
        TMPDIR: folder(),
        DOCKER_HOST: "unix:///var/run/docker.sock",
      },
    });
    assert.deepEqual(readFileSync(log, "utf8").split("\n"), [
      "docker image load --quiet --input /archives/backend.tar",
      "docker image tag spacelift-backend:v3.0.0 registry.azurecr.io/spacelift-backend:v3.0.0",
      "docker image push --quiet registry.azurecr.io/spacelift-backend:v3.0.0",
      '{"credHelpers":{"registry.azurecr.io":"environment"}}',
    ]);
    assert.deepEqual(JSON.parse(readFileSync(`${log}.credentials`, "utf8")), {
      ServerURL: "registry.azurecr.io",
      Username: "00000000-0000-0000-0000-000000000000",
      Secret: "planted-password",
    });
  });
});
