import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import { dockerCheck, dockerEndpoint } from "../../../preflight/docker";
import { configured } from "../../support/configurations";
import { authority } from "../../support/peers/authority";
import { assertBad, look, type Looked } from "../../support/peers/look";
import { scratchFolder } from "../../support/scratch";

const ca = authority("Test CA");

/** Answers as a daemon does; there is none where these tests run. */
const daemon: RequestListener = (request, response) => {
  if (request.url === "/_ping") response.end("OK");
  else if (request.url === "/version") {
    response.end(JSON.stringify({ Version: "28.1.1", ApiVersion: "1.49", Os: "linux", Arch: "amd64" }));
  } else response.writeHead(404).end();
};

describe("docker check", () => {
  const folder = scratchFolder();
  const servers: Server[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  });

  const listen = async (server: Server, at: string | number): Promise<number> => {
    servers.push(server);
    await new Promise<void>((resolve) => {
      if (typeof at === "string") server.listen(at, resolve);
      else server.listen(at, "127.0.0.1", resolve);
    });
    return typeof at === "string" ? 0 : (server.address() as AddressInfo).port;
  };

  /** A home with a `docker` command on PATH. */
  const home = async (env: Readonly<Record<string, string>> = {}): Promise<Record<string, string>> => {
    const bin = join(folder(), "bin");
    await mkdir(bin, { recursive: true });
    await writeFile(join(bin, "docker"), "#!/bin/sh\n");
    await chmod(join(bin, "docker"), 0o755);
    return { HOME: folder(), PATH: bin, ...env };
  };

  const makeContext = async (name: string, meta: string): Promise<string> => {
    const id = createHash("sha256").update(name).digest("hex");
    const contexts = join(folder(), ".docker", "contexts");
    await mkdir(join(contexts, "meta", id), { recursive: true });
    await writeFile(join(contexts, "meta", id, "meta.json"), meta);
    return join(contexts, "tls", id, "docker");
  };

  const lookAt = (env: Readonly<Record<string, string>>): Promise<Looked> =>
    look(dockerCheck, configured({ images: { push: true, method: "docker", archive: "./archive.tar.gz" } }), {
      env,
    });

  it("finds the command, and a daemon on a socket", async () => {
    const socket = join(folder(), "docker.sock");
    await listen(createServer(daemon), socket);
    const looked = await lookAt(await home({ DOCKER_HOST: `unix://${socket}` }));
    assert.deepEqual(looked.summary, ["docker.command passed", "docker.daemon passed"]);
    assert.equal(
      looked.finding("docker.daemon").reason,
      `Docker 28.1.1 (linux/amd64) answers at unix://${socket}`,
    );
  });

  it("finds a daemon over TCP", async () => {
    const port = await listen(createServer(daemon), 0);
    const looked = await lookAt(await home({ DOCKER_HOST: `tcp://127.0.0.1:${port}` }));
    assert.equal(looked.finding("docker.daemon").status, "passed");
  });

  it("shows its certificate to a daemon that asks for one", async () => {
    const server = ca.issue(["IP:127.0.0.1"]);
    const client = ca.issue(["DNS:client"]);
    const options = { cert: server.certificate, key: server.privateKey, ca: ca.certificate };
    const port = await listen(createHttps({ ...options, requestCert: true }, daemon), 0);
    const certificates = join(folder(), "certificates");
    await mkdir(certificates);
    await writeFile(join(certificates, "ca.pem"), ca.certificate);
    await writeFile(join(certificates, "cert.pem"), client.certificate);
    await writeFile(join(certificates, "key.pem"), client.privateKey);
    const host = { DOCKER_HOST: `tcp://127.0.0.1:${port}`, DOCKER_TLS_VERIFY: "1" };
    const right = await lookAt(await home({ ...host, DOCKER_CERT_PATH: certificates }));
    assert.equal(right.finding("docker.daemon").status, "passed", right.finding("docker.daemon").reason);
    await writeFile(join(certificates, "ca.pem"), authority("Other CA").certificate);
    const wrong = await lookAt(await home({ ...host, DOCKER_CERT_PATH: certificates }));
    assertBad(wrong.finding("docker.daemon"), "failed", /CA that is not trusted/);
  });

  it("fails without the command", async () => {
    const looked = await lookAt({ HOME: folder(), PATH: join(folder(), "nothing") });
    assertBad(looked.finding("docker.command"), "failed", /no `docker` on PATH/, /images\.method direct/);
  });

  it("fails when nothing listens, with what to do", async () => {
    const looked = await lookAt(await home({ DOCKER_HOST: `unix://${folder()}/absent.sock` }));
    assertBad(looked.finding("docker.daemon"), "failed", /absent\.sock does not exist/, /start Docker/);
  });

  it("fails on something that is not Docker", async () => {
    const socket = join(folder(), "other.sock");
    await listen(
      createServer((_, response) => response.writeHead(404).end()),
      socket,
    );
    const looked = await lookAt(await home({ DOCKER_HOST: `unix://${socket}` }));
    assertBad(looked.finding("docker.daemon"), "failed", /not answer as Docker does \(status 404\)/);
  });

  it("fails on a daemon that is not ready yet", async () => {
    const starting: RequestListener = (request, response) => {
      if (request.url === "/_ping") response.writeHead(503).end();
      else daemon(request, response);
    };
    const port = await listen(createServer(starting), 0);
    const looked = await lookAt(await home({ DOCKER_HOST: `tcp://127.0.0.1:${port}` }));
    assertBad(looked.finding("docker.daemon"), "failed", /not answer as Docker does \(status 503\)/);
  });

  it("fails on something that only pings", async () => {
    const port = await listen(
      createServer((_, response) => response.end("null")),
      0,
    );
    const looked = await lookAt(await home({ DOCKER_HOST: `tcp://127.0.0.1:${port}` }));
    assertBad(looked.finding("docker.daemon"), "failed", /not answer as Docker does/);
  });

  it("leaves a daemon behind SSH alone", async () => {
    const looked = await lookAt(await home({ DOCKER_HOST: "ssh://builder" }));
    assert.equal(looked.finding("docker.daemon").status, "skipped");
  });

  it("warns of a context, which only the command reads", async () => {
    const socket = join(folder(), "context.sock");
    await listen(createServer(daemon), socket);
    await makeContext("desktop", JSON.stringify({ Endpoints: { docker: { Host: `unix://${socket}` } } }));
    await writeFile(join(folder(), ".docker", "config.json"), JSON.stringify({ currentContext: "desktop" }));
    const looked = await lookAt(await home());
    assertBad(
      looked.finding("docker.context"),
      "warning",
      /the context "desktop" leads to .*context\.sock, yet pushing uses unix:\/\/\/var\/run\/docker\.sock/,
      new RegExp(`export DOCKER_HOST=unix://${socket}`),
    );
    assert.equal(looked.finding("docker.daemon").status, "passed");
    const chosen = await lookAt(await home({ DOCKER_CONTEXT: "desktop" }));
    assert.equal(chosen.finding("docker.context").status, "warning");
    const overridden = await lookAt(
      await home({ DOCKER_HOST: `unix://${socket}`, DOCKER_CONTEXT: "desktop" }),
    );
    assert.ok(!overridden.summary.some((line) => line.startsWith("docker.context")));
  });

  it("fails on a context that does not exist, or names no daemon", async () => {
    const absent = await lookAt(await home({ DOCKER_CONTEXT: "absent" }));
    assertBad(
      absent.finding("docker.context"),
      "failed",
      /no Docker context "absent"/,
      /docker context use default/,
    );
    await makeContext("odd", "{");
    const odd = await lookAt(await home({ DOCKER_CONTEXT: "odd" }));
    assertBad(odd.finding("docker.context"), "failed", /"odd" names no daemon/);
  });

  it("is not needed when nothing is pushed, nor when images are pushed without it", async () => {
    assert.deepEqual((await look(dockerCheck, configured())).summary, ["docker skipped"]);
    const direct = configured({ images: { push: true, archive: "./archive.tar.gz" } });
    assert.deepEqual((await look(dockerCheck, direct)).summary, ["docker skipped"]);
  });

  describe("dockerEndpoint", () => {
    const standard = { host: "unix:///var/run/docker.sock", fromConfig: false };

    it("takes the standard socket when nothing names another", async () => {
      assert.deepEqual(await dockerEndpoint(await home()), standard);
      assert.deepEqual(
        await dockerEndpoint(await home({ DOCKER_HOST: "", DOCKER_CONTEXT: "default" })),
        standard,
      );
    });

    it("does not mind a configuration that is no JSON, or none of Docker's", async () => {
      await mkdir(join(folder(), ".docker"));
      await writeFile(join(folder(), ".docker", "config.json"), "planted {");
      assert.deepEqual(await dockerEndpoint(await home()), standard);
      await writeFile(join(folder(), ".docker", "config.json"), "[]");
      assert.deepEqual(await dockerEndpoint(await home()), standard);
    });

    it("finds the certificates of a context, in the folder that DOCKER_CONFIG names", async () => {
      const certificates = await makeContext("far", '{"Endpoints":{"docker":{"Host":"tcp://far:2376"}}}');
      await mkdir(certificates, { recursive: true });
      await writeFile(join(certificates, "ca.pem"), ca.certificate);
      const env = { DOCKER_CONFIG: join(folder(), ".docker"), DOCKER_CONTEXT: "far" };
      assert.deepEqual(await dockerEndpoint(env), {
        host: "tcp://far:2376",
        context: "far",
        fromConfig: false,
        certificates,
      });
    });
  });
});
