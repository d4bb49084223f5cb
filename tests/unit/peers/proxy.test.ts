import assert from "node:assert/strict";
import { proxyOf } from "../../../peers/proxy";

const proxy = "http://proxy.example.com:3128";

describe("proxy of the environment", () => {
  const direct = (host: string, exceptions: string): boolean =>
    proxyOf(host, { HTTPS_PROXY: proxy, NO_PROXY: exceptions }) === undefined;

  it("is taken by either spelling of the variable", () => {
    assert.equal(proxyOf("k8s.example.com", { HTTPS_PROXY: proxy }), proxy);
    assert.equal(proxyOf("k8s.example.com", { https_proxy: proxy }), proxy);
    assert.equal(proxyOf("k8s.example.com", {}), undefined);
  });

  it("is left out for this machine", () => {
    for (const host of ["localhost", "127.0.0.1", "::1"]) assert.ok(direct(host, ""), host);
  });

  it("is left out for names and their subdomains", () => {
    assert.ok(direct("k8s.example.com", "other.example.com, example.com"));
    assert.ok(direct("k8s.example.com", ".example.com"));
    assert.ok(direct("k8s.example.com", "*.example.com"));
    assert.ok(direct("k8s.example.com", "k8s.example.com:6443"));
    assert.ok(direct("k8s.example.com", "*"));
    assert.ok(!direct("k8s.notexample.com", "example.com"));
    assert.ok(!direct("k8s.example.com", ""));
  });

  it("is left out for addresses and ranges", () => {
    assert.ok(direct("10.1.2.3", "10.0.0.0/8"));
    assert.ok(direct("fd00::1", "fd00::/8"));
    assert.ok(direct("10.1.2.3", "10.1.2.3"));
    assert.ok(!direct("11.1.2.3", "10.0.0.0/8"));
    assert.ok(!direct("10.example.com", "10.0.0.0/8"));
  });
});
