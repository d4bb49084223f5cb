import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { withArm } from "../support/arm/server";
import { givenIds, subscriptionId } from "../support/azure-configurations";
import { withExchange } from "../support/exchange";
import { scratchFolder } from "../support/scratch";
import { type ArmTemplate, armTemplate } from "./arm-template";
import { type Changes, runExample } from "./example";
import { avm } from "./mined/avm";
import { attempt, type Trial } from "./mined/trial";
import { zodiac } from "./mined/zodiac";

const page = readFileSync(join(resolve(__dirname, "../.."), "docs/azure-rules.md"), "utf8");

/** A table of the page, and how each line of it is tried. */
interface Table {
  readonly heading: string;
  /** First column, how many rules it stands for, and how they are held. */
  readonly line: RegExp;
  readonly count: (line: string, told: string) => number;
  readonly trials: Readonly<Record<string, Trial>>;
}

const tables: readonly Table[] = [
  {
    heading: "Zodiac",
    line: /^\| ([\d, ]+?) +\| ([^|]+) \| (\w+) +\|/gm,
    count: (line) => line.split(", ").length,
    trials: zodiac,
  },
  {
    heading: "Azure Verified Modules",
    line: /^\| (\w+: [^|]+?) +\| (\d+) +\| (\w+) +\|/gm,
    count: (_line, told) => Number(told),
    trials: avm,
  },
];

/** A configuration with everything of which a rule speaks. */
const everything = {
  aks: {
    size: "ha",
    location: "westeurope",
    locks: true,
    network: { natGateway: true },
    cluster: { logAnalyticsWorkspaceId: givenIds.workspace },
    database: { readReplica: true },
    storage: { sku: "Standard_RAGRS", allowedRanges: ["203.0.113.0/24"] },
    subscriptionId,
  },
} as const satisfies Changes;

for (const { heading, line, count, trials } of tables) {
  describe(`the rules of ${heading}`, () => {
    const [, after = ""] = page.split(`\n## ${heading}\n`);
    const [section = ""] = after.split("\n## ");
    const said = [...section.matchAll(line)].map(([, rules = "", told = "", held = ""]) => ({
      rules,
      held,
      count: count(rules, told),
    }));
    const arm = withArm();
    const folder = scratchFolder();
    const exchange = withExchange();
    let made: Promise<ArmTemplate> | undefined;
    const template = (): Promise<ArmTemplate> =>
      (made ??= runExample({ folder: folder(), loginUrl: exchange.url() }, everything).then(armTemplate));

    it("are on the page, once, and counted", () => {
      assert.deepEqual(
        said.map(({ rules, held }) => `${rules}, ${held}`).sort(),
        Object.entries(trials)
          .map(([rules, { held }]) => `${rules}, ${held}`)
          .sort(),
      );
      const sum = (held?: string): number =>
        said
          .filter((each) => held === undefined || each.held === held)
          .reduce((total, each) => total + each.count, 0);
      assert.match(section, new RegExp(`\\b${sum()} of them\\b`));
      for (const held of new Set(said.map((each) => each.held))) {
        assert.match(section, new RegExp(`\\b${sum(held)} ${held}\\b`), `${held}: ${sum(held)}`);
      }
    });

    for (const [rules, trial] of Object.entries(trials)) {
      if (trial.held === "Azure") continue;
      it(`are held: ${rules}, by ${trial.held}`, () => attempt(trial, { arm, template }));
    }
  });
}
