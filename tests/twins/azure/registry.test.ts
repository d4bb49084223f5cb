import { strict as assert } from "node:assert";
import { type Properties, textOf } from "../../../rehearsal/twins/framework";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { connect } from "node:tls";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { azureTwin } from "../../../rehearsal/twins/azure";
import { localImages, pushedImages, registries } from "../../../rehearsal/twins/docker/tables";
import { dockerTwin } from "../../../rehearsal/twins/docker";
import { startTwins, type TwinHost } from "../../../rehearsal/twins";
import { EngineClient } from "../support/engine-client";
import { Installation } from "./support/installation";

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

describe("The azure twin for registries", () => {
  let folder: string;
  let host: TwinHost;
  let engine: EngineClient;
  const make = new Installation(() => engine);
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "registry-"));
    host = await startTwins({ stateDir: folder });
    engine = await EngineClient.connect(azureTwin(), { folder });
    await make.group();
  });
  afterEach(async () => {
    await engine.close();
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const trusted = (): string => readFileSync(host.env["NODE_EXTRA_CA_CERTS"] ?? "", "utf8");
  const post = (loginServer: string, form: Record<string, string>): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = request(
        `https://${loginServer}/oauth2/exchange`,
        {
          method: "POST",
          ca: trusted(),
          headers: { "content-type": "application/x-www-form-urlencoded" },
        },
        (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (chunk: string) => (text += chunk));
          response.on("end", () => {
            resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as unknown });
          });
        },
      );
      sent.on("error", reject);
      sent.end(new URLSearchParams(form).toString());
    });
  const login = async (loginServer: string, more: Record<string, string> = {}): Promise<Answer> => {
    const { token } = await engine.invoke("azure-native:authorization:getClientToken", {});
    const { tenantId } = await engine.invoke("azure-native:authorization:getClientConfig", {});
    return await post(loginServer, {
      grant_type: "access_token",
      service: loginServer,
      tenant: textOf(tenantId),
      access_token: textOf(token),
      ...more,
    });
  };
  const passwordFor = async (loginServer: string): Promise<string> => {
    const { body } = await login(loginServer);
    assert.ok(typeof body === "object" && body !== null && "refresh_token" in body);
    return String(body.refresh_token);
  };
  const haveImage = (reference: string): void => {
    engine.world.change((state) => {
      localImages.of(state).set(reference, { id: "sha256:0" });
    });
  };

  /** Pushes with the command line, to which a helper gives the password. */
  const pushWith = (name: string, address: string, password: string): Promise<{ stdout: string }> => {
    const helper = join(folder, "docker-credential-test");
    writeFileSync(
      helper,
      '#!/bin/sh\nread -r server\nprintf \'{"ServerURL":"%s","Username":"00000000-0000-0000-0000-000000000000","Secret":"%s"}\' "$server" "$PASSWORD"\n',
    );
    chmodSync(helper, 0o700);
    writeFileSync(join(folder, "config.json"), JSON.stringify({ credHelpers: { [address]: "test" } }));
    return promisify(execFile)("docker", ["image", "push", "--quiet", name], {
      env: {
        ...host.env,
        PATH: [...host.path, folder, process.env["PATH"]].join(delimiter),
        DOCKER_CONFIG: folder,
        PASSWORD: password,
      },
    });
  };

  it("gives each registry a host of its own, which it keeps until it is deleted", async () => {
    const first = await make.registry();
    const second = await make.registry({ registryName: "acrpublic", anonymousPullEnabled: true });
    assert.match(textOf(first.outputs["loginServer"]), /^localhost:2\d{4}$/);
    assert.notEqual(first.outputs["loginServer"], second.outputs["loginServer"]);
    await host.close();
    host = await startTwins({ stateDir: folder });
    assert.equal((await engine.read(first))?.outputs["loginServer"], first.outputs["loginServer"]);
    assert.equal((await login(textOf(first.outputs["loginServer"]))).status, 200);
    const address = textOf(second.outputs["loginServer"]);
    assert.equal(
      engine.world.read((state) => registries.of(state).get(address)?.isPrivate),
      false,
    );
    await engine.delete(second);
    assert.equal((await login(address)).status, 404);
  });

  it("shares the hosts with another rehearsal of the same world", async () => {
    const { outputs } = await make.registry();
    const other = await startTwins({ stateDir: folder });
    await other.close();
    assert.equal((await login(textOf(outputs["loginServer"]))).status, 200);
  });

  it("rejects a port that somebody else has", async () => {
    const { outputs } = await make.registry();
    await host.close();
    const stranger = createServer();
    const port = Number(textOf(outputs["loginServer"]).split(":")[1]);
    await new Promise<void>((listening) => stranger.listen(port, "127.0.0.1", listening));
    stranger.on("connection", (socket) => socket.destroy());
    await assert.rejects(startTwins({ stateDir: folder }), /is taken by another process/);
    await new Promise((closed) => stranger.close(closed));
    host = await startTwins({ stateDir: folder });
  });

  it("certifies the hosts for those who trust the file that the environment names", async () => {
    const { outputs } = await make.registry();
    const port = Number(textOf(outputs["loginServer"]).split(":")[1]);
    for (const name of ["localhost", "127.0.0.1"]) {
      const socket = connect({ port, host: name, ca: trusted() });
      await once(socket, "secureConnect");
      socket.destroy();
    }
  });

  it("exchanges a token of Azure for a login with which an image is pushed", async () => {
    const { outputs } = await make.registry();
    const address = textOf(outputs["loginServer"]);
    const name = `${address}/app:1`;
    haveImage(name);
    const docker = await EngineClient.connect(dockerTwin, { folder });
    const push = (password: string): Promise<unknown> =>
      docker.create("docker:index/registryImage:RegistryImage", "push", {
        name,
        authConfig: { address, username: "00000000-0000-0000-0000-000000000000", password },
      });
    await assert.rejects(push("guessed"), /401 Unauthorized/);
    await push(await passwordFor(address));
    assert.ok(engine.world.read((state) => pushedImages.of(state).has(name)));
    const kept = JSON.stringify(engine.world.read(({ tables }) => tables));
    assert.ok(!kept.includes(await passwordFor(address)));
    await docker.close();
  });

  it("takes the login from the helper that the configuration of the client names", async () => {
    const { outputs } = await make.registry();
    const address = textOf(outputs["loginServer"]);
    const name = `${address}/app:2`;
    haveImage(name);
    const push = (password: string): Promise<{ stdout: string }> => pushWith(name, address, password);
    await assert.rejects(push("guessed"), /unauthorized: authentication required/);
    assert.equal((await push(await passwordFor(address))).stdout, `${name}\n`);
    await assert.rejects(
      promisify(execFile)("docker", ["push", `${address}/none:1`], {
        env: { ...process.env, ...host.env, PATH: [...host.path, process.env["PATH"]].join(delimiter) },
      }),
      /An image does not exist locally/,
    );
  });

  it("rejects exchanges with missing fields, wrong services and tokens, and where they are off", async () => {
    const registry = await make.registry();
    const address = textOf(registry.outputs["loginServer"]);
    assert.equal((await login(address, { access_token: "" })).status, 400);
    assert.equal((await login(address, { grant_type: "password" })).status, 400);
    assert.equal((await login(address, { service: "other.azurecr.io" })).status, 400);
    assert.equal((await login(address, { access_token: "a.b.c" })).status, 401);
    assert.equal((await login(address, { tenant: "00000000-0000-0000-0000-000000000000" })).status, 401);
    await engine.update(registry, {
      ...registry.inputs,
      policies: { azureADAuthenticationAsArmPolicy: { status: "disabled" } },
    });
    assert.equal((await login(address)).status, 401);
  });

  it("takes a token for an hour and a login for three", async () => {
    const { outputs } = await make.registry();
    const address = textOf(outputs["loginServer"]);
    const password = await passwordFor(address);
    const names = [`${address}/app:1`, `${address}/app:2`];
    names.forEach(haveImage);
    const docker = await EngineClient.connect(dockerTwin, { folder });
    const push = (name = ""): Promise<unknown> =>
      docker.create("docker:index/registryImage:RegistryImage", name, {
        name,
        authConfig: { address, username: "00000000-0000-0000-0000-000000000000", password },
      });
    await docker.clock.sleep(2.5 * 3600);
    await push(names[0]);
    await docker.clock.sleep(3600);
    await assert.rejects(push(names[1]), /401 Unauthorized/);
    await docker.close();
    await host.close();
    // Ten million seconds in one: tokens and logins are over before they are used.
    host = await startTwins({ stateDir: folder, clockScale: 10_000_000 });
    assert.equal((await login(address)).status, 401);
    await assert.rejects(
      pushWith(names[1] ?? "", address, password),
      /unauthorized: authentication required/,
    );
  });

  it("lets nobody log in whose way leads through a closed public network", async () => {
    const registry = await make.registry({ sku: { name: "Premium" } });
    const address = textOf(registry.outputs["loginServer"]);
    const status = async (more: Properties): Promise<number> => {
      await engine.update(registry, { ...registry.inputs, ...more });
      return (await login(address)).status;
    };
    assert.equal(await status({ publicNetworkAccess: "Disabled" }), 403);
    assert.equal(await status({ networkRuleSet: { defaultAction: "Deny" } }), 403);
    assert.equal(await status({ networkRuleSet: { defaultAction: "Allow" } }), 200);
  });

  it("rejects what the cheaper registries do not have", async () => {
    const registry = (name: string, more: object): Promise<unknown> =>
      make.registry({ sku: { name }, ...more });
    await assert.rejects(registry("Basic", { anonymousPullEnabled: true }), /AnonymousPullNotSupported/);
    await assert.rejects(
      registry("Standard", { zoneRedundancy: "Enabled" }),
      /does not support zone redundancy/,
    );
    await assert.rejects(registry("Gold", {}), /sku\.name: "Gold" is none of/);
  });
});
