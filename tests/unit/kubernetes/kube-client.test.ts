import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import assert from "node:assert/strict";
import { once } from "node:events";
import { type Server, createServer } from "node:http";
import { type AddressInfo, type Socket, connect } from "node:net";
import { z } from "zod";
import { type KubeClient, connectCluster } from "../../../kubernetes/kube-client";
import { KubeError, type KubeErrorKind } from "../../../kubernetes/kube-error";
import { objectSchema } from "../../../kubernetes/values";
import { tokens, withKubeApi } from "../../support/kube-api/kube-api";
import { base64, kubeconfigOf, type KubeconfigOptions } from "../../support/kube-api/kubeconfig";
import { namespace, secret } from "../../support/kube-api/objects";
import { authority } from "../../support/peers/authority";
import { withHangingServer, withHttpServer } from "../../support/peers/loopback";

const signal = new AbortController().signal;
const options = { signal };
const versionSchema = z.object({ gitVersion: z.string() });

describe("Kubernetes client", () => {
  const api = withKubeApi();
  const other = authority("Other CA");
  const hanging = withHangingServer();
  const website = withHttpServer((_, response) => response.end("<html>log in</html>"));

  const client = (more: KubeconfigOptions = {}, env = {}): Promise<KubeClient> =>
    connectCluster({ content: kubeconfigOf(api, more), env, signal });
  const version = async (more: KubeconfigOptions = {}, env = {}): Promise<string> =>
    (await (await client(more, env)).read("/version", versionSchema, options)).gitVersion;

  async function refused(action: Promise<unknown>, kind: KubeErrorKind, message: RegExp): Promise<void> {
    await assert.rejects(action, (error) => {
      assert.ok(error instanceof KubeError, String(error));
      assert.equal(error.kind, kind, error.message);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /planted/);
      return true;
    });
  }

  it("logs in with a token, and with a certificate", async () => {
    assert.equal(await version(), "v1.34.1");
    const { certificate, privateKey } = api.clientAuthority.issue([]);
    const user = { "client-certificate-data": base64(certificate), "client-key-data": base64(privateKey) };
    assert.equal(await version({ user }), "v1.34.1");
  });

  it("tells a refused login from a missing right", async () => {
    await refused(
      version({ user: { token: "planted-expired" } }),
      "unauthorized",
      /does not accept the credentials \(401\)/,
    );
    await refused(version({ user: {} }), "unauthorized", /401/);
    api.allows = ({ resource }) => resource !== "secrets";
    const listing = (await client()).list("/api/v1/namespaces/a/secrets", objectSchema, options);
    await refused(listing, "forbidden", /User "admin" cannot list resource "secrets".*in the namespace "a"/);
  });

  it("finds nothing where there is nothing, and where nothing of that kind can be", async () => {
    const connected = await client();
    assert.equal(await connected.find("/api/v1/namespaces/none", objectSchema, options), undefined);
    const custom = "/apis/cert-manager.io/v1/clusterissuers/corporate";
    assert.equal(await connected.find(custom, objectSchema, options), undefined);
    await refused(connected.read("/api/v1/namespaces/none", objectSchema, options), "missing", /not found/);
  });

  it("ends a request in time, whatever the collector of garbage takes", async () => {
    api.hanging = /version/;
    const connected = await client();
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const collecting = setInterval(collect, 20);
    const late = connected.read("/version", objectSchema, { ...options, timeoutMs: 300 });
    const asked = Promise.race([late, pause(3_000, "it is still waited for")]);
    await refused(asked, "timeout", /did not answer in time/).finally(() => {
      clearInterval(collecting);
    });
  });

  it("reads lists page by page, and without contents when only metadata is asked for", async () => {
    const many = Array.from({ length: 1201 }, (_, index) => secret("a", `s${index}`, { token: "planted" }));
    api.store.put(...many, secret("b", "other", {}));
    const connected = await client();
    const path = "/api/v1/namespaces/a/secrets";
    assert.equal((await connected.list(path, objectSchema, options)).length, 1201);
    assert.equal(api.requests.length, 5);
    const bare = await connected.list(path, z.looseObject({}), {
      ...options,
      metadataOnly: true,
      fieldSelector: "metadata.name=s7",
    });
    assert.deepEqual(
      bare.map((each) => each["data"]),
      [undefined],
    );
  });

  it("trusts the authority of the kubeconfig alone", async () => {
    const cluster = { "certificate-authority-data": base64(other.certificate) };
    await refused(
      version({ cluster }),
      "untrusted",
      /127\.0\.0\.1:\d+ has a certificate of a CA that is not trusted/,
    );
    await refused(
      version({ cluster: { "certificate-authority-data": undefined } }),
      "untrusted",
      /not trusted/,
    );
    assert.equal(
      await version({
        cluster: { "certificate-authority-data": undefined, "insecure-skip-tls-verify": true },
      }),
      "v1.34.1",
    );
    await refused(
      version({ cluster: { "tls-server-name": "kubernetes" } }),
      "untrusted",
      /not for the name kubernetes/,
    );
  });

  it("says when nobody answers, and when nothing can be made of the answer", async () => {
    await refused(
      version({ cluster: { server: "https://127.0.0.1:1" } }),
      "unreachable",
      /nothing listens there/,
    );
    await refused(version({ cluster: { server: "ftp://example.com" } }), "configuration", /no http\(s\) URL/);
    const login = version({ cluster: { server: `http://${website.address()}` } });
    await refused(login, "answer", /answers \/version with something else than expected/);
    await refused(
      version({ user: { "client-certificate-data": base64("planted") } }),
      "configuration",
      /no PEM/,
    );
  });

  it("gives up when the time of a call is over, or the caller's patience", async () => {
    api.hanging = /namespaces/;
    const connected = await client();
    const call = connected.read("/api/v1/namespaces/a", objectSchema, { signal, timeoutMs: 50 });
    await refused(call, "timeout", /did not answer in time/);
    const aborted = { signal: AbortSignal.timeout(50) };
    await refused(connected.read("/api/v1/namespaces/a", objectSchema, aborted), "timeout", /in time/);
    const mute = await client({ cluster: { server: `https://${hanging.address()}` } });
    await refused(mute.read("/version", versionSchema, { signal, timeoutMs: 50 }), "timeout", /in time/);
  });

  it("reads tokens from files, and names the file that it cannot read", async () => {
    await refused(
      version({ user: { tokenFile: "/nowhere/token" } }),
      "configuration",
      /\/nowhere\/token.*ENOENT/,
    );
    await refused(
      version({ user: { "auth-provider": { name: "azure" } } }),
      "configuration",
      /auth provider "azure", which Kubernetes 1\.26 removed/,
    );
  });

  it("keeps contents out of what it says about an odd answer", async () => {
    api.store.put({ ...namespace("a"), metadata: { name: "a", creationTimestamp: ["planted"] } });
    const reading = (await client()).read("/api/v1/namespaces/a", objectSchema, options);
    await refused(reading, "answer", /at `metadata\.creationTimestamp`/);
  });

  describe("behind a proxy", () => {
    let proxy: Server;
    const tunnels: string[] = [];
    const sockets: Socket[] = [];

    before(async () => {
      proxy = createServer();
      proxy.on("connect", (request, socket: Socket) => {
        tunnels.push(request.url ?? "");
        const [host = "", port = ""] = (request.url ?? "").split(":");
        const through = connect(Number(port), host, () => {
          socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
          through.pipe(socket).pipe(through);
        });
        sockets.push(socket, through);
      });
      proxy.listen(0, "127.0.0.1");
      await once(proxy, "listening");
    });
    after(() => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    });

    it("tunnels with all that TLS needs", async () => {
      const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      assert.equal(await version({ cluster: { "proxy-url": url } }), "v1.34.1");
      assert.deepEqual(tunnels, [new URL(api.url).host]);
      const cluster = { "proxy-url": url, "certificate-authority-data": base64(other.certificate) };
      await refused(version({ cluster }), "untrusted", /not trusted/);
      const socks = version({ cluster: { "proxy-url": "socks5://user:planted@127.0.0.1:1080" } });
      await refused(socks, "configuration", /proxy .* is no http\(s\) URL/);
    });
  });

  it("shows no password of a server's URL", async () => {
    const server = api.url.replace("https://", "https://user:planted@");
    assert.equal((await client({ cluster: { server }, user: { token: tokens.admin } })).server, api.url);
  });
});
