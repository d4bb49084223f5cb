import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { withArm } from "../support/arm/server";
import { withExchange } from "../support/exchange";
import { scratchFolder } from "../support/scratch";
import { type ArmTemplate, armTemplate } from "./arm-template";
import { type Changes, runExample } from "./example";
import { attempt } from "./mined/trial";
import { zodiac } from "./mined/zodiac";

const page = readFileSync(join(resolve(__dirname, "../.."), "docs/azure-rules.md"), "utf8");
const [, section = ""] = page.split("\n## Zodiac\n");

/** How the page says that each line of rules is held. */
const said = new Map(
  [...section.matchAll(/^\| ([\d, ]+?) +\| [^|]+\| (\w+) +\|/gm)].map(([, rules = "", held = ""]) => [
    rules,
    held,
  ]),
);
const numbers = (rules: string): readonly number[] => rules.split(", ").map(Number);

/** A configuration with everything of which a rule speaks. */
const everything = {
  aks: {
    size: "ha",
    location: "westeurope",
    network: { natGateway: true },
    database: { readReplica: true },
    storage: { sku: "Standard_RAGRS", allowedRanges: ["203.0.113.0/24"] },
  },
} as const satisfies Changes;

describe("the rules that Zodiac mined", () => {
  const arm = withArm();
  const folder = scratchFolder();
  const exchange = withExchange();
  let made: Promise<ArmTemplate> | undefined;
  const template = (): Promise<ArmTemplate> =>
    (made ??= runExample({ folder: folder(), loginUrl: exchange.url() }, everything).then(armTemplate));

  it("are on the page, once, and counted", () => {
    const all = [...said.keys()].flatMap(numbers);
    assert.equal(new Set(all).size, all.length);
    assert.deepEqual(
      [...said].sort(),
      Object.entries(zodiac)
        .map(([rules, { held }]) => [rules, held])
        .sort(),
    );
    assert.match(section, new RegExp(`\\b${all.length} of them\\b`));
    for (const held of new Set(said.values())) {
      const count = [...said].filter(([, each]) => each === held).flatMap(([rules]) => numbers(rules)).length;
      assert.match(section, new RegExp(`\\b${count} ${held}\\b`), `${held}: ${count}`);
    }
  });

  for (const [rules, trial] of Object.entries(zodiac)) {
    if (trial.held === "Azure") continue;
    it(`are held: ${rules}, by ${trial.held}`, () => attempt(trial, { arm, template }));
  }
});
