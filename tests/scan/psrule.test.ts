import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { givenIds, subscriptionId } from "../support/azure-configurations";
import { withExchange } from "../support/exchange";
import { scratchFolder } from "../support/scratch";
import { type ArmTemplate, armTemplate } from "./arm-template";
import { type Changes, runExample } from "./example";
import { judges } from "./psrule/rules";

const page = readFileSync(join(resolve(__dirname, "../.."), "docs/azure-rules.md"), "utf8");

/** What the page says of each rule: `yes`, `no`, `choice` or `elsewhere`. */
const said = new Map(
  [...page.matchAll(/^\| `(Azure\.\S+)` +\| (\w+) +\|/gm)].map(([, rule = "", standing = ""]) => [
    rule,
    standing,
  ]),
);

/** Everything that the page names as a choice. */
const chosen = {
  aks: {
    size: "ha",
    subscriptionId,
    location: "westeurope",
    tags: { team: "platform" },
    cluster: {
      authorizedRanges: ["203.0.113.0/24"],
      entra: { adminGroupIds: ["99999999-2222-3333-4444-555555555555"] },
      logAnalyticsWorkspaceId: givenIds.workspace,
      pools: [
        { name: "apps", minCount: 3, maxCount: 6 },
        { name: "runs", purpose: "runs", minCount: 3, maxCount: 12 },
      ],
    },
    database: {
      entraAdmin: { objectId: "99999999-2222-3333-4444-555555555555", principalName: "admins" },
    },
    storage: { allowedRanges: ["203.0.113.0/24"] },
  },
} as const satisfies Changes;

describe("the rules of PSRule for Azure", () => {
  const folder = scratchFolder();
  const exchange = withExchange();
  const templateOf = async (changes: Changes): Promise<ArmTemplate> =>
    armTemplate(await runExample({ folder: folder(), loginUrl: exchange.url() }, changes));
  const met = (template: ArmTemplate): string[] =>
    Object.entries(judges)
      .filter(([, isMet]) => isMet(template))
      .map(([rule]) => rule)
      .sort();
  const saidTo = (...standings: readonly string[]): string[] =>
    [...said]
      .filter(([, standing]) => standings.includes(standing))
      .map(([rule]) => rule)
      .sort();

  it("are each on the page, once, with a standing", () => {
    assert.equal([...page.matchAll(/^\| `Azure\./gm)].length, said.size);
    assert.deepEqual([...new Set(said.values())].sort(), ["choice", "elsewhere", "no", "yes"]);
    assert.deepEqual(Object.keys(judges).sort(), saidTo("yes", "no", "choice"));
    for (const standing of new Set(said.values())) {
      const count = saidTo(standing).length;
      assert.match(page, new RegExp(`\\b${count} ${standing}\\b`), `${standing}: ${count}`);
    }
  });

  it("are met in size prod where the page says yes, and nowhere else", async () => {
    assert.deepEqual(met(await templateOf({ aks: { size: "prod" } })), saidTo("yes"));
  });

  it("are met by choosing what the page names", async () => {
    assert.deepEqual(met(await templateOf(chosen)), saidTo("yes", "choice"));
  });
});
