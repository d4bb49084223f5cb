import assert from "node:assert/strict";
import { type ResolveHost, systemResolver } from "../../../peers/connection";
import { dnsCheck } from "../../../preflight/dns";
import { configuredAks, givenIds } from "../../support/azure-configurations";
import { configured } from "../../support/configurations";
import { assertBad, look, type Looked } from "../../support/peers/look";

/** A resolver that knows a few names; `undefined` cannot be asked for. */
const knowing =
  (names: Readonly<Record<string, readonly string[] | undefined>>): ResolveHost =>
  (host) =>
    host in names && names[host] === undefined
      ? Promise.reject(new Error("queryA ESERVFAIL"))
      : Promise.resolve(names[host] ?? []);

const lookAt = (
  names: Readonly<Record<string, readonly string[] | undefined>>,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<Looked> => look(dnsCheck(knowing(names)), configured(settings));

const domain = "spacelift.example.com";

describe("dns check", () => {
  it("says what the domain resolves to when nothing is known about the ingress controller", async () => {
    const looked = await lookAt({ [domain]: ["192.0.2.1", "2001:db8::1"] });
    assert.deepEqual(looked.summary, ["dns.domain passed"]);
    assert.equal(looked.finding("dns.domain").reason, `${domain} resolves to 192.0.2.1, 2001:db8::1`);
  });

  it("warns of a domain that does not resolve, and of what that means for the certificate", async () => {
    const acme = await lookAt({});
    assertBad(
      acme.finding("dns.domain"),
      "warning",
      /does not resolve yet; no certificate is issued before it does/,
      /pulumi stack output dnsRecords/,
    );
    const own = await lookAt({}, { tls: { mode: "selfSigned", email: undefined } });
    assert.equal(own.finding("dns.domain").reason, `${domain} does not resolve yet`);
  });

  it("warns when the name server does not answer", async () => {
    const looked = await lookAt({ [domain]: undefined });
    assertBad(
      looked.finding("dns.domain"),
      "warning",
      /could not be resolved: queryA ESERVFAIL/,
      /name server/,
    );
  });

  it("compares with the address of the ingress controller", async () => {
    const ingress = { address: "192.0.2.10" };
    const right = await lookAt({ [domain]: ["192.0.2.10"] }, { ingress });
    assert.equal(right.finding("dns.domain").status, "passed");
    assert.match(right.finding("dns.domain").reason, /resolves to the ingress controller/);
    const wrong = await lookAt({ [domain]: ["192.0.2.11"] }, { ingress });
    assertBad(
      wrong.finding("dns.domain"),
      "warning",
      /192\.0\.2\.11, not to `ingress\.address` \(192\.0\.2\.10\)/,
    );
  });

  it("compares with what the name of a load balancer resolves to", async () => {
    const ingress = { address: "lb.example.com" };
    const names = { "lb.example.com": ["192.0.2.10", "192.0.2.11"] };
    const right = await lookAt({ ...names, [domain]: ["192.0.2.11"] }, { ingress });
    assert.equal(right.finding("dns.domain").status, "passed");
    const wrong = await lookAt({ ...names, [domain]: ["192.0.2.12"] }, { ingress });
    assertBad(wrong.finding("dns.domain"), "warning", /not to `ingress\.address`/);
    const unasked = await lookAt({ "lb.example.com": undefined, [domain]: ["192.0.2.12"] }, { ingress });
    assert.equal(unasked.finding("dns.domain").status, "warning");
  });

  it("looks at the VCS gateway and the broker, which has an address of its own", async () => {
    const looked = await lookAt(
      { [domain]: ["192.0.2.10"], "mqtt.example.com": ["192.0.2.20"] },
      {
        version: "v4.0.0",
        ingress: { address: "192.0.2.10", controller: "traefik" },
        vcsGateway: { domain: "vcs.example.com" },
        mqtt: { domain: "mqtt.example.com", serviceType: "LoadBalancer" },
      },
    );
    assert.deepEqual(looked.summary, ["dns.domain passed", "dns.vcsGateway warning", "dns.mqtt passed"]);
    const unknown = await lookAt({}, { mqtt: { domain: "mqtt.example.com", serviceType: "LoadBalancer" } });
    assertBad(unknown.finding("dns.mqtt"), "warning", /does not resolve yet$/, /spacelift-mqtt/);
  });

  it("leaves records that the program makes to it", async () => {
    const zoneId = givenIds.dnsZone;
    const config = configuredAks({ aks: { dns: { zoneId } } });
    const looked = await look(dnsCheck(knowing({})), config);
    assert.match(looked.finding("dns.domain").reason, /`pulumi up` creates its record/);
    const byHand = configuredAks({
      tls: { challenge: "dns01" },
      aks: { dns: { zoneId, createRecords: false } },
    });
    assert.equal((await look(dnsCheck(knowing({})), byHand)).finding("dns.domain").status, "warning");
  });
});

describe("systemResolver", () => {
  it("asks the system, and takes no for an answer", async () => {
    const addresses = await systemResolver("localhost");
    assert.ok(addresses.includes("127.0.0.1") || addresses.includes("::1"), addresses.join(", "));
    // A name server that does not answer at all, as on a machine without one, is no answer.
    await systemResolver("does-not-exist.invalid").then(
      (none) => {
        assert.deepEqual(none, []);
      },
      (error: unknown) => {
        assert.match(String(error), /EAI_AGAIN/);
      },
    );
  });
});
