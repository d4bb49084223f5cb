import { strict as assert } from "node:assert";
import { createServer, type Server } from "node:https";
import { connect, type AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { connect as connectTls } from "node:tls";
import { z } from "zod";
import { connectCluster, type KubeClient } from "../../kubernetes/kube-client";
import { placeholderKubeconfig } from "../../rehearsal/placeholders";
import { openWorld, startTwins, type TwinHost, type World } from "../../rehearsal/twins";
import type { Manifest } from "../../rehearsal/twins/kubernetes/api/manifest";
import { WorldObjects } from "../../rehearsal/twins/kubernetes/api/world-objects";
import { authorityOf, issueCertificate } from "../../rehearsal/twins/loopback/authority";
import { type LoopbackProxy, startProxy } from "../../rehearsal/twins/loopback/proxy";
import { readEndpoints } from "../../automation/status/endpoints";
import { scratchFolder } from "../support/scratch";

const { signal } = new AbortController();

describe("The simulated network", () => {
  const folder = scratchFolder();
  let host: TwinHost;
  let world: World;
  beforeEach(async () => {
    host = await startTwins({ stateDir: folder() });
    world = openWorld(folder());
  });
  afterEach(() => host.close());
  const client = (): Promise<KubeClient> =>
    connectCluster({ content: placeholderKubeconfig(host.authority), env: host.env, signal });
  const put = (...manifests: Manifest[]): void => {
    new WorldObjects(world).put(...manifests);
  };

  it("has the API server of the cluster, which shows what the twins have put there", async () => {
    const named = z.object({ metadata: z.object({ name: z.string() }) });
    const cluster = await client();
    const namesOf = async (path: string): Promise<string[]> =>
      (await cluster.list(path, named, { signal })).map(({ metadata }) => metadata.name);
    assert.equal((await namesOf("/api/v1/nodes")).length, 3);
    assert.ok(!(await namesOf("/api/v1/namespaces")).includes("team"));
    put({ apiVersion: "v1", kind: "Namespace", metadata: { name: "team" } });
    assert.ok((await namesOf("/api/v1/namespaces")).includes("team"));
    await cluster.remove("/api/v1/namespaces/team", { signal });
    assert.ok(!(await namesOf("/api/v1/namespaces")).includes("team"));
  });

  it("shows the content of a Secret, which the world keeps encrypted", async () => {
    const data = { password: Buffer.from("planted").toString("base64") };
    put({ apiVersion: "v1", kind: "Secret", metadata: { name: "login", namespace: "default" }, data });
    const schema = z.object({ data: z.record(z.string(), z.string()) });
    const found = await (await client()).read("/api/v1/namespaces/default/secrets/login", schema, { signal });
    assert.deepEqual(found.data, data);
    const kept = JSON.stringify(world.read((state) => state.tables));
    assert.ok(!kept.includes("planted") && !kept.includes(data.password));
  });

  describe("at the host of an Ingress", () => {
    const deployment = (readyReplicas: number): Manifest => ({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "default" },
      status: { readyReplicas },
    });
    beforeEach(() => {
      const backend = { service: { name: "web" } };
      put(
        {
          apiVersion: "networking.k8s.io/v1",
          kind: "Ingress",
          metadata: { name: "web", namespace: "default" },
          spec: {
            rules: [{ host: "web.example.com", http: { paths: [{ path: "/", backend }] } }],
            tls: [{ hosts: ["web.example.com"], secretName: "cert" }],
          },
          status: { loadBalancer: { ingress: [{ ip: "192.0.2.10" }] } },
        },
        deployment(1),
      );
    });
    const ui = async (): Promise<readonly [ok: boolean, reason: string | undefined]> => {
      const [found] = await readEndpoints(
        { domain: "web.example.com", vcsGateway: undefined },
        { authorities: [host.authority], ingressAddresses: [], env: host.env, signal, resolve: unknown },
      );
      return [found?.ok === true, found?.reason];
    };
    const unknown = (): Promise<string[]> => Promise.resolve([]);
    const certify = (): void => {
      const { certificate, privateKey } = world.change((state) =>
        issueCertificate(authorityOf(state), ["web.example.com"]),
      );
      const data = Object.fromEntries(
        Object.entries({ "tls.crt": certificate, "tls.key": privateKey }).map(([key, pem]) => [
          key,
          Buffer.from(pem).toString("base64"),
        ]),
      );
      put({ apiVersion: "v1", kind: "Secret", metadata: { name: "cert", namespace: "default" }, data });
    };

    it("answers as what is behind it does, with its certificate", async () => {
      certify();
      assert.deepEqual(await ui(), [true, "it answers 200"]);
      put(deployment(0));
      assert.match(String((await ui())[1]), /answers 503/);
    });

    it("shows a certificate of the controller's own while there is none", async () => {
      assert.match(String((await ui())[1]), /certificate for another name/);
    });
  });
});

describe("The proxy of a rehearsal", () => {
  const identity = issueCertificate({ ...authorityOf({ tables: {} }) }, ["real.example.com"]);
  let server: Server;
  let proxies: LoopbackProxy[];
  beforeEach(async () => {
    proxies = [];
    server = createServer({ cert: identity.certificate, key: identity.privateKey }, (_, response) => {
      response.end("real");
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  });
  afterEach(async () => {
    await Promise.all(proxies.map((proxy) => proxy.close()));
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  const open = async (options: Partial<Parameters<typeof startProxy>[0]> = {}): Promise<LoopbackProxy> => {
    const proxy = await startProxy({ find: () => undefined, ...options });
    proxies.push(proxy);
    return proxy;
  };
  const port = (): number => (server.address() as AddressInfo).port;
  /** What a server behind a proxy says to a GET request, or the proxy's refusal. */
  const through = async (proxy: LoopbackProxy, authority: string): Promise<string> => {
    const socket = connect(Number(new URL(proxy.url).port), "127.0.0.1");
    socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
    const [head] = await Promise.race([
      new Promise<string[]>((done) =>
        socket.once("data", (chunk) => {
          done([chunk.toString()]);
        }),
      ),
    ]);
    if (!head?.startsWith("HTTP/1.1 200")) {
      socket.destroy();
      return head ?? "";
    }
    const secure = connectTls({ socket, rejectUnauthorized: false });
    secure.write("GET / HTTP/1.1\r\nHost: real.example.com\r\nConnection: close\r\n\r\n");
    return text(secure);
  };

  it("leads to the real network for hosts that are not simulated", async () => {
    assert.match(await through(await open(), `127.0.0.1:${port()}`), /real$/);
  });

  it("goes by the proxy of the machine where there is one", async () => {
    const asked: string[] = [];
    const machine = await open({
      find: (host) => {
        asked.push(host);
        return undefined;
      },
    });
    const proxy = await open({ upstream: () => machine.url.replace("http://", "http://user:p%40ss@") });
    assert.match(await through(proxy, `127.0.0.1:${port()}`), /real$/);
    assert.deepEqual(asked, ["127.0.0.1"]);
  });

  it("says so when a host cannot be reached", async () => {
    const taken = port();
    server.close();
    assert.match(await through(await open(), `127.0.0.1:${taken}`), /502 Bad Gateway/);
  });

  it("answers in the place of a simulated host", async () => {
    const proxy = await open({
      find: (host) =>
        host === "simulated.example.com"
          ? { identity, answer: (_, response) => void response.end("simulated") }
          : undefined,
    });
    assert.match(await through(proxy, "simulated.example.com:443"), /simulated$/);
  });
});
