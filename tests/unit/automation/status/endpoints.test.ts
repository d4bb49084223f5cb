import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { settings, withInstallation } from "../../../support/kube-api/installed";
import { base64 } from "../../../support/kube-api/kubeconfig";
import { authority } from "../../../support/peers/authority";

describe("status of endpoints", () => {
  const { api, ca, port, answerWith, report } = withInstallation();

  const nowhere = { port: 1, resolve: () => Promise.resolve(["127.0.0.1"]) };

  it("goes by the Ingress's address while DNS does not know the name", async () => {
    const { verdict, reasons, endpoints } = await report({
      network: { port: port(), resolve: () => Promise.resolve([]) },
    });
    assert.equal(verdict, "degraded");
    assert.deepEqual(reasons, [
      "DNS does not know spacelift.example.com; by the address of the Ingress, it answers",
    ]);
    const [first] = endpoints.readable ? endpoints.value : [];
    assert.deepEqual([first?.ok, first?.via, first?.addresses], [true, "ingress", ["127.0.0.1"]]);
  });

  it("goes by the Ingress's address, too, where a proxy does not know the name either", async () => {
    const proxy = createServer().on("connect", (_, socket) => socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
    await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
    try {
      const { reasons, endpoints } = await report({
        env: { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` },
        network: { port: port(), resolve: () => Promise.resolve([]) },
      });
      assert.match(reasons[0] ?? "", /by the address of the Ingress, it answers$/);
      const [first] = endpoints.readable ? endpoints.value : [];
      assert.deepEqual([first?.ok, first?.via, first?.addresses], [true, "ingress", ["127.0.0.1"]]);
    } finally {
      proxy.close();
    }
  });

  it("is down when neither leads anywhere", async () => {
    api.store.change("Ingress", "server-v4", (object) => ({ ...object, status: { loadBalancer: {} } }));
    const { verdict, reasons } = await report({ network: { resolve: () => Promise.resolve([]) } });
    assert.equal(verdict, "down");
    assert.match(
      reasons[0] ?? "",
      /DNS does not know spacelift\.example\.com, and the Ingress has no address/,
    );
    assert.ok(reasons.includes("Ingress server-v4: no controller has given it an address (class nginx)"));
  });

  it("is down when the way in knows nothing of it, or nothing is behind", async () => {
    for (const [code, reason] of [
      [404, /does not know it \(404\)/],
      [502, /it answers 502: no server is behind it/],
    ] as const) {
      answerWith(code);
      const { verdict, reasons } = await report();
      assert.equal(verdict, "down");
      assert.match(reasons[0] ?? "", reason);
    }
  });

  it("is in doubt when this machine alone may be at fault", async () => {
    const unreachable = await report({ network: nowhere });
    assert.equal(unreachable.verdict, "degraded");
    assert.match(unreachable.reasons[0] ?? "", /nothing listens there/);
    api.store.change("Secret", "cert", (object) => ({
      ...object,
      data: { ...(object["data"] as object), "ca.crt": base64(authority("Other CA").certificate) },
    }));
    const mistrusted = await report();
    assert.equal(mistrusted.verdict, "degraded");
    assert.match(mistrusted.reasons[0] ?? "", /a CA that is not trusted/);
    assert.equal((await report({ trustedCas: [ca.certificate] })).verdict, "healthy");
  });

  it("is down with a certificate for another name", async () => {
    const { verdict, reasons } = await report({ settings: { ...settings, domain: "other.example.com" } });
    assert.equal(verdict, "down");
    assert.match(reasons[0] ?? "", /https:\/\/other\.example\.com\/: it has a certificate/);
  });

  it("tells the gateway by its TLS alone", async () => {
    const gateway = { settings: { ...settings, vcsGateway: { domain: "spacelift.example.com" } } };
    answerWith(415);
    const open = (await report(gateway)).endpoints;
    assert.equal(open.readable && open.value[2]?.reason, "it accepts TLS connections");
    answerWith(503);
    const closed = (await report(gateway)).endpoints;
    assert.equal(closed.readable && closed.value[2]?.ok, false);
  });
});
