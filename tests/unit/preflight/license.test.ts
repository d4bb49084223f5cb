import assert from "node:assert/strict";
import { licenseCheck } from "../../../preflight/license";
import { configured, samples } from "../../support/configurations";
import { assertBad, look, type Looked } from "../../support/peers/look";

const now = new Date("2026-06-15T12:00:00Z");
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const seconds = (date: string): number => Date.parse(date) / 1000;

const lookAt = (claims: unknown): Promise<Looked> => {
  const licenseToken = `${part({ alg: "RS256" })}.${part(claims)}.planted-signature`;
  return look(licenseCheck, configured({}, { licenseToken }), { now: () => now });
};

describe("license check", () => {
  it("is content with a licence for months, and says what it cannot tell", async () => {
    const looked = await lookAt({ exp: seconds("2026-12-31T23:00:00Z") });
    assert.deepEqual(looked.summary, ["license.expiry passed"]);
    assert.equal(
      looked.finding("license.expiry").reason,
      "valid until 2026-12-31; only Spacelift can verify its signature",
    );
  });

  it("fails on one that has expired", async () => {
    const looked = await lookAt({ exp: seconds("2026-06-15T11:59:59Z") });
    assertBad(
      looked.finding("license.expiry"),
      "failed",
      /licence expired on 2026-06-15/,
      /--secret spacelift:licenseToken/,
    );
  });

  it("warns within the last 30 days, and not before", async () => {
    const soon = await lookAt({ exp: seconds("2026-07-15T11:00:00Z") });
    assertBad(soon.finding("license.expiry"), "warning", /expires on 2026-07-15, in 29 days/);
    const later = await lookAt({ exp: seconds("2026-07-15T13:00:00Z") });
    assert.equal(later.finding("license.expiry").status, "passed");
  });

  it("fails on one that is not valid yet", async () => {
    const looked = await lookAt({
      nbf: seconds("2026-06-20T00:00:00Z"),
      exp: seconds("2027-06-20T00:00:00Z"),
    });
    assertBad(looked.finding("license.expiry"), "failed", /valid only from 2026-06-20 on/, /clock/);
  });

  it("says that one without an end has none", async () => {
    const looked = await look(licenseCheck, configured({}, { licenseToken: samples.licenseToken }));
    assert.deepEqual(looked.summary, ["license.expiry skipped"]);
  });

  it("fails on dates that cannot be read, without quoting the token", async () => {
    const looked = await lookAt({ exp: "planted-date" });
    assertBad(looked.finding("license.expiry"), "failed", /no JWT whose dates can be read/);
  });
});
