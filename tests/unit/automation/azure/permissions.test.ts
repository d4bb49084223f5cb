import assert from "node:assert/strict";
import fc from "fast-check";
import { allows, covers, missingActions } from "../../../../automation/azure/account";

const assign = "Microsoft.Authorization/roleAssignments/write";
const owner = { actions: ["*"], notActions: [] };
const contributor = {
  actions: ["*"],
  notActions: [
    "Microsoft.Authorization/*/Delete",
    "Microsoft.Authorization/*/Write",
    "Microsoft.Authorization/elevateAccess/Action",
  ],
};
const accessAdministrator = { actions: ["*/read", "Microsoft.Authorization/*"], notActions: [] };
const reader = { actions: ["*/read"], notActions: [] };

describe("covers", () => {
  for (const [pattern, action, covered] of [
    ["*", assign, true],
    ["*/read", "Microsoft.Network/virtualNetworks/subnets/read", true],
    ["*/read", "Microsoft.Network/virtualNetworks/write", false],
    ["Microsoft.Network/*", "microsoft.network/dnszones/A/write", true],
    ["Microsoft.Network/*/join/action", "Microsoft.Network/virtualNetworks/subnets/join/action", true],
    ["Microsoft.Network/virtualNetworks/write", "Microsoft.Network/virtualNetworks/write", true],
    ["Microsoft.Network/virtualNetworks/write", "Microsoft.Network/virtualNetworks/writer", false],
    ["Network/*", "Microsoft.Network/virtualNetworks/write", false],
    ["Microsoft.Network/*", "MicrosoftXNetwork/virtualNetworks/write", false],
    ["", assign, false],
  ] as const) {
    it(`says that "${pattern}" ${covered ? "covers" : "does not cover"} ${action}`, () => {
      assert.equal(covers(pattern, action), covered);
    });
  }

  it("covers an action by any pattern that leaves out a part of it", () => {
    const action = fc.array(fc.stringMatching(/^[A-Za-z.]{1,8}$/), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(action, fc.nat(40), fc.nat(40), (parts, from, length) => {
        const text = parts.join("/");
        const start = Math.min(from, text.length);
        const pattern = `${text.slice(0, start)}*${text.slice(start + length)}`;
        assert.ok(covers(pattern, text.toUpperCase()));
        assert.ok(!covers(pattern, `${text}!`) || pattern.endsWith("*"));
      }),
    );
  });
});

describe("allows", () => {
  it("lets an owner do anything", () => {
    assert.ok(allows([owner], assign));
  });

  it("lets a contributor make things, and not assign roles", () => {
    assert.ok(allows([contributor], "Microsoft.Network/virtualNetworks/write"));
    assert.ok(!allows([contributor], assign));
  });

  it("takes what one role withholds from another that grants it", () => {
    assert.ok(allows([contributor, accessAdministrator], assign));
    assert.ok(allows([accessAdministrator, contributor], assign));
  });

  it("grants nothing without roles", () => {
    assert.ok(!allows([], "Microsoft.Network/virtualNetworks/read"));
  });

  it("lists what is missing, in the order it was asked for", () => {
    const wanted = [
      assign,
      "Microsoft.Network/virtualNetworks/read",
      "Microsoft.Network/virtualNetworks/write",
    ];
    assert.deepEqual(missingActions([reader], wanted), [wanted[0], wanted[2]]);
    assert.deepEqual(missingActions([contributor, reader], wanted), [assign]);
  });
});
