import assert from "node:assert/strict";
import { readAccount } from "../../../../automation/azure/account";

const token = (claims: unknown): string =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.signature`;

describe("readAccount", () => {
  it("reads a user's token", () => {
    assert.deepEqual(
      readAccount(token({ tid: "t", oid: "o", exp: 1_800_000_000, upn: "ann@example.com", appid: "cli" })),
      {
        tenantId: "t",
        objectId: "o",
        name: "ann@example.com",
        type: "User",
        expires: new Date("2027-01-15T08:00:00Z"),
      },
    );
    assert.equal(
      readAccount(token({ tid: "t", oid: "o", exp: 1, unique_name: "live.com#ann", idtyp: "user" }))?.type,
      "User",
    );
  });

  it("reads an application's token", () => {
    const account = readAccount(token({ tid: "t", oid: "o", exp: 1, appid: "app", idtyp: "app" }));
    assert.equal(account?.type, "ServicePrincipal");
    assert.equal(account.name, "app");
    assert.equal(readAccount(token({ tid: "t", oid: "o", exp: 1, appid: "app" }))?.type, "ServicePrincipal");
  });

  it("reads nothing from what is no token, or does not say whose it is", () => {
    for (const text of ["", "opaque", "a.b.c", token({ tid: "t" }), token("text")]) {
      assert.equal(readAccount(text), undefined, text);
    }
  });
});
