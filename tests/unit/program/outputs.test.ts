import assert from "node:assert/strict";
import { brokerRecord, dnsRecord } from "../../../program/next-steps";
import { shellExports } from "../../../program/outputs";

describe("outputs", () => {
  it("has the record that fits the address", () => {
    const type = (address: string): string => dnsRecord("a.example.com", address, "hint").type;
    assert.deepEqual(
      [type("192.0.2.1"), type("2001:db8::1"), type("lb.example.com")],
      ["A", "AAAA", "CNAME"],
    );
    assert.deepEqual(dnsRecord("a", "", "hint"), { name: "a", type: "A or CNAME", value: "hint" });
  });

  it("has a record of the broker when workers outside are told a name of it", () => {
    const namespace = { name: "spacelift", create: true };
    const mqtt = { staticAddress: false, annotations: {}, allowedRanges: [] };
    assert.equal(brokerRecord({ namespace, mqtt: { ...mqtt, serviceType: "LoadBalancer" } }), undefined);
    const domain = "mqtt.example.com";
    assert.deepEqual(brokerRecord({ namespace, mqtt: { ...mqtt, domain, serviceType: "LoadBalancer" } }), {
      name: domain,
      type: "A or CNAME",
      value: "EXTERNAL-IP of `kubectl -n spacelift get service spacelift-mqtt`",
    });
    const known = brokerRecord(
      { namespace, mqtt: { ...mqtt, domain, serviceType: "LoadBalancer" } },
      "192.0.2.20",
    );
    assert.deepEqual(known, { name: domain, type: "A", value: "192.0.2.20" });
    const { value } = brokerRecord({ namespace, mqtt: { ...mqtt, domain, serviceType: "NodePort" } }) ?? {};
    assert.match(value ?? "", /^the address of a node/);
  });

  it("quotes for the shell", () => {
    assert.equal(shellExports({ A: "it's" }), "export A='it'\\''s'\n");
  });
});
