import assert from "node:assert/strict";
import { dnsRecord } from "../../../program/dns-records";
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

  it("quotes for the shell", () => {
    assert.equal(shellExports({ A: "it's" }), "export A='it'\\''s'\n");
  });
});
