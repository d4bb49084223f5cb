import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http";
import { join } from "node:path";
import type { PushOptions, PushResult } from "../../images/push";
import { Clock, openWorld, type World } from "../../rehearsal/twins/framework";
import { authorityOf } from "../../rehearsal/twins/loopback/authority";
import { type RegistryProxy, startRegistryProxy } from "../../rehearsal/twins/docker/registry-proxy";
import { logins, pushedImages, registries, sealLogin } from "../../rehearsal/twins/docker/tables";
import { pushLargeImage } from "../support/pushed-image";
import { scratchFolder } from "../support/scratch";

// The push is the product's own; distribution's registry is what tests/live holds it against.
describe("The simulated registries", () => {
  const folder = scratchFolder();
  let world: World;
  let proxy: RegistryProxy;
  let trust = "";
  beforeEach(async () => {
    mkdirSync(join(folder(), "world"));
    world = openWorld(join(folder(), "world"));
    proxy = await startRegistryProxy({ world, clock: new Clock() });
    trust = join(folder(), "trust.pem");
    writeFileSync(trust, world.change(authorityOf).certificate);
  });
  afterEach(() => proxy.close());

  const push = (more: Partial<PushOptions> = {}): Promise<PushResult> =>
    pushLargeImage(folder(), {
      address: "registry.example.com",
      env: { ...proxy.env, NODE_EXTRA_CA_CERTS: trust },
      pauses: [],
      ...more,
    });

  const found = (reference: string): string | undefined =>
    world.read((state) => pushedImages.of(state).get(reference)?.digest);

  it("take an image at whatever name, over TLS and without, and know it again", async () => {
    const { digest } = await push();
    assert.equal(found("registry.example.com/team/spacelift-backend:v3.0.0"), digest);
    const elsewhere = await push({ address: "registry.internal:5000", plainHttp: true });
    assert.equal(found("registry.internal:5000/team/spacelift-backend:v3.0.0"), elsewhere.digest);
    assert.ok(elsewhere.sentBytes > 9 << 20);
  });

  it("outlive a client that goes away in the middle of an upload", async () => {
    const { hostname, port } = new URL(proxy.env["HTTP_PROXY"] ?? "");
    const ask = (method: string, path: string, headers: OutgoingHttpHeaders = {}): ClientRequest =>
      request({ hostname, port, method, path: `http://registry.internal${path}`, headers });
    const begun = await once(ask("POST", "/v2/app/blobs/uploads/").end(), "response");
    const { location = "" } = (begun[0] as IncomingMessage).headers;
    const upload = ask("PATCH", location, { "content-length": 1000 });
    upload.on("error", () => undefined);
    upload.write("the beginning", () => upload.destroy());
    await new Promise((closed) => upload.once("close", closed));
    const [answer] = (await once(ask("GET", "/v2/").end(), "response")) as [IncomingMessage];
    assert.equal(answer.statusCode, 200);
  });

  it("let in those alone who have a login, where they give logins", async () => {
    const address = "registry.azurecr.io";
    world.change((state) => {
      registries.of(state).set(address, { isPrivate: true, needsLogin: true });
    });
    const login = { username: "robot", password: "planted-password" };
    await assert.rejects(
      push({ address, login }),
      /^PushError: the registry registry\.azurecr\.io lets nobody in as robot: the user or the password is wrong$/,
    );
    world.change((state) => {
      const key = sealLogin(world, address, login.username, login.password);
      logins.of(state).set(key, { registry: address, until: "2999-01-01T00:00:00Z" });
    });
    assert.ok((await push({ address, login })).digest);
  });
});
