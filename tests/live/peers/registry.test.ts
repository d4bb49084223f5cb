import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registryCheck } from "../../../preflight/registry";
import { readArchive } from "../../../config/files/archive";
import { configured } from "../../support/configurations";
import { releaseImages, writeArchive } from "../../support/archives";
import { authority } from "../../support/peers/authority";
import { type Looked, assertBad, look } from "../../support/peers/look";
import { withHangingServer, withHttpServer, withHttpsServer } from "../../support/peers/loopback";
import { registryUser, startRegistry } from "../../support/peers/registry-server";
import { freePort } from "../../support/peers/server-process";
import { forSuite } from "../../support/peers/suite";
import { tokenRealm } from "../../support/peers/token-realm";
import { goBuildTimeout } from "../ground/go-programs";

const ca = authority("Test CA");
const localhost = ca.issue(["DNS:localhost"]);
const images = ["spacelift-backend", "spacelift-launcher"];

describe("registry check", () => {
  let folder = "";
  let archive = "";
  let env: Readonly<Record<string, string>> = {};
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "spacelift-test-"));
    const systemCas = join(folder, "system-cas.pem");
    writeFileSync(systemCas, ca.certificate);
    env = { SSL_CERT_FILE: systemCas };
    archive = await writeArchive(folder, "v3.0.0", await releaseImages("v3.0.0"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  interface Case {
    readonly address: string;
    readonly registry?: Readonly<Record<string, unknown>>;
    readonly push?: boolean;
    readonly password?: string | undefined;
    readonly env?: Readonly<Record<string, string>>;
  }

  const lookAt = async (given: Case): Promise<Looked> => {
    const { push = false, address } = given;
    const settings = {
      images: push ? { push, archive } : { push },
      onprem: { registry: { address, ...given.registry } },
    };
    const password = "password" in given ? given.password : registryUser.password;
    return look(registryCheck, configured(settings, { registryPassword: password }), {
      env: given.env ?? env,
      files: push ? { rootCas: [], archive: await readArchive(archive) } : { rootCas: [] },
    });
  };

  describe("of one with a password", () => {
    const server = forSuite(() => startRegistry(localhost, { kind: "password" }), goBuildTimeout);
    const address = (): string => `localhost:${server().port}`;
    const { username, password } = registryUser;
    const basic = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

    it("is content when it may push, as far as can be told", async () => {
      const looked = await lookAt({ address: address(), push: true });
      assert.deepEqual(looked.summary, [
        "registry.reachable passed",
        "registry.certificate passed",
        "registry.login passed",
        "registry.push skipped",
      ]);
    });

    it("fails when images that are not pushed are missing, and is content when they are there", async () => {
      await server().push("spacelift-backend", "v3.0.0", basic);
      await server().push("spacelift-launcher", "v2.9.0", basic);
      const missing = await lookAt({ address: address() });
      assertBad(
        missing.finding("registry.images"),
        "failed",
        /^the registry lacks spacelift-launcher:v3\.0\.0, and/,
        /images\.push true/,
      );
      await server().push("spacelift-launcher", "v3.0.0", basic);
      const there = await lookAt({ address: address() });
      assert.equal(
        there.finding("registry.images").reason,
        "spacelift-backend:v3.0.0 and spacelift-launcher:v3.0.0",
      );
    });

    it("fails on a wrong password and on an unknown user", async () => {
      const wrong = await lookAt({ address: address(), password: "planted-wrong" });
      assertBad(
        wrong.finding("registry.login"),
        "failed",
        /refuses the login of spacelift: the user or the password is wrong/,
        /--secret spacelift:registryPassword/,
      );
      const unknown = await lookAt({ address: address(), registry: { username: "nobody" } });
      assert.equal(unknown.finding("registry.login").status, "failed");
    });

    it("only warns without a user: the nodes may have credentials", async () => {
      const looked = await lookAt({
        address: address(),
        registry: { username: undefined },
        password: undefined,
      });
      assertBad(
        looked.finding("registry.login"),
        "warning",
        /asks for a password, and no user is configured/,
      );
    });

    it("fails on a CA that is not trusted, and says where it belongs", async () => {
      const looked = await lookAt({ address: address(), env: {} });
      assertBad(
        looked.finding("registry.certificate"),
        "failed",
        /certificate of a CA that is not trusted/,
        /\/etc\/docker\/certs\.d\/localhost:\d+\/ca\.crt.*:onprem\.registry\.insecureSkipVerify true/,
      );
    });

    it("does not verify when told not to", async () => {
      const looked = await lookAt({ address: address(), env: {}, registry: { insecureSkipVerify: true } });
      assert.equal(looked.finding("registry.certificate").status, "skipped");
      assert.equal(looked.finding("registry.login").status, "passed");
    });

    it("fails on a certificate for another name", async () => {
      const looked = await lookAt({ address: `127.0.0.1:${server().port}` });
      assertBad(looked.finding("registry.certificate"), "failed", /not for the address 127\.0\.0\.1/);
    });
  });

  describe("of an open one", () => {
    const server = forSuite(() => startRegistry(localhost, { kind: "open" }), goBuildTimeout);

    it("is content, with and without a password", async () => {
      const address = `localhost:${server().port}`;
      await Promise.all(images.map((image) => server().push(image, "v3.0.0")));
      const registry = { username: undefined, open: true };
      const looked = await lookAt({ address, registry, password: undefined });
      assert.equal(looked.finding("registry.login").reason, "it asks for no credentials");
      assert.equal(looked.finding("registry.images").status, "passed");
      assert.equal((await lookAt({ address })).finding("registry.login").status, "passed");
    });
  });

  describe("of one with tokens", () => {
    const { username, password } = registryUser;
    const reader = { username: "reader", password };
    const nobody = { username: "nobody", password };
    const realm = withHttpsServer(
      () => localhost,
      tokenRealm(localhost, () => [
        { username, password, actions: ["pull", "push"] },
        { ...reader, actions: ["pull"] },
        { ...nobody, actions: [] },
      ]),
    );
    const server = forSuite(() =>
      startRegistry(localhost, {
        kind: "token",
        realm: () => `https://${realm.address()}/token`,
        issuerCertificate: ca.certificate,
      }),
    );
    const address = (): string => `localhost:${server().port}`;

    it("is content when the token is good for pushing", async () => {
      const looked = await lookAt({ address: address(), push: true });
      assert.equal(
        looked.finding("registry.push").reason,
        "spacelift-backend and spacelift-launcher may be pushed to",
      );
    });

    it("fails when the token is good for pulling alone", async () => {
      const looked = await lookAt({ address: address(), push: true, registry: { username: "reader" } });
      assert.equal(looked.finding("registry.login").status, "passed");
      assertBad(
        looked.finding("registry.push"),
        "failed",
        /^spacelift-backend and spacelift-launcher may not be pushed to/,
      );
    });

    it("looks for images with a token", async () => {
      const looked = await lookAt({ address: address(), registry: { username: "reader" } });
      assertBad(
        looked.finding("registry.images"),
        "failed",
        /^the registry lacks spacelift-backend:v3\.0\.0 and/,
      );
    });

    it("fails on a token that is good for nothing", async () => {
      const looked = await lookAt({ address: address(), registry: { username: "nobody" } });
      assertBad(looked.finding("registry.images"), "failed", /may not be pulled \(status 401\)/);
    });

    it("fails on a wrong password", async () => {
      const looked = await lookAt({ address: address(), password: "planted-wrong" });
      assertBad(looked.finding("registry.login"), "failed", /the user or the password is wrong/);
    });
  });

  describe("of other servers", () => {
    const hanging = withHangingServer();
    const plain = withHttpServer((_, response) => {
      response.writeHead(200).end();
    });
    const notRegistry = withHttpsServer(
      () => localhost,
      (_, response) => {
        response.writeHead(404).end();
      },
    );
    let challenge = "";
    const odd = withHttpsServer(
      () => localhost,
      (_, response) => {
        response.writeHead(401, challenge === "" ? {} : { "www-authenticate": challenge }).end();
      },
    );
    const lookAtOdd = (given: string): Promise<Looked> => {
      challenge = given;
      return lookAt({ address: odd.address() });
    };

    it("fails on a closed port when images are pushed from here, and else warns", async () => {
      const address = `localhost:${await freePort()}`;
      const pushing = await lookAt({ address, push: true });
      assertBad(
        pushing.finding("registry.reachable"),
        "failed",
        /refuses the connection/,
        /registry\.address/,
      );
      const pulling = await lookAt({ address });
      assertBad(pulling.finding("registry.reachable"), "warning", /refuses the connection/, /the nodes do/);
    });

    it("tells a server without TLS", async () => {
      const looked = await lookAt({ address: plain.address(), push: true });
      assertBad(looked.finding("registry.reachable"), "failed", /does not speak TLS there/);
    });

    it("tells a server that is no registry", async () => {
      const looked = await lookAt({ address: notRegistry.address() });
      assertBad(
        looked.finding("registry.reachable"),
        "failed",
        /\/v2\/ with status 404: that is no registry/,
      );
    });

    it("fails on a registry that does not say how to log in", async () => {
      assertBad((await lookAtOdd("")).finding("registry.login"), "failed", /without saying how to log in/);
      assertBad((await lookAtOdd("Negotiate")).finding("registry.login"), "failed", /how to log in/);
      assertBad((await lookAtOdd("Bearer")).finding("registry.login"), "failed", /names no realm/);
    });

    it("never sends the password without TLS", async () => {
      const looked = await lookAtOdd(`Bearer realm="http://${plain.address()}/token"`);
      assertBad(looked.finding("registry.login"), "failed", /would get the password without TLS/);
    });

    it("fails on a realm that is not there, or gives no token", async () => {
      const absent = await lookAtOdd(`Bearer realm="https://localhost:${await freePort()}/token"`);
      assertBad(absent.finding("registry.login"), "failed", /realm that gives tokens refuses the connection/);
      const useless = await lookAtOdd(`Bearer realm="https://${notRegistry.address()}/token"`);
      assertBad(useless.finding("registry.login"), "failed", /gives no token \(status 404\)/);
    });

    it("gives up on a server that says nothing", async () => {
      const looked = await lookAt({ address: hanging.address(), push: true });
      assertBad(looked.finding("registry.reachable"), "failed", /does not answer in time/);
    });
  });
});
