import assert from "node:assert/strict";
import { givenIds, subscriptionId } from "../../support/azure-configurations";
import { withExchange } from "../../support/exchange";
import { scratchFolder } from "../../support/scratch";
import { armTemplate } from "../../scan/arm-template";
import { ensurePython } from "../ground/python-programs";
import { checkov } from "./checkov/install";
import { type Finding, type Findings, scan } from "./checkov/scan";
import { type Changes, runExample } from "../../scan/example";
import { type ScannedSize, justified } from "./justified";

const sizes = ["dev", "prod"] as const satisfies readonly ScannedSize[];

/** The example with what the justifications point to, switched on or brought along. */
const remedies = {
  hardened: {
    aks: {
      subscriptionId,
      location: "westeurope",
      cluster: {
        authorizedRanges: ["203.0.113.0/24"],
        entra: { adminGroupIds: ["99999999-2222-3333-4444-555555555555"] },
        encryptionAtHost: true,
        logAnalyticsWorkspaceId: givenIds.workspace,
      },
      storage: { sku: "Standard_GZRS", allowedRanges: ["203.0.113.0/24"] },
    },
  },
  brought: {
    aks: { subscriptionId, storage: { accountId: givenIds.account }, registry: { id: givenIds.registry } },
  },
} as const satisfies Record<string, Changes>;

type Remedies = keyof typeof remedies;

const installTimeout = 1_200_000;

describe("checkov on the Azure example", () => {
  const folder = scratchFolder();
  const exchange = withExchange();
  let python = "";
  before(async function () {
    this.timeout(installTimeout);
    python = await ensurePython(checkov);
  });

  let scanned: Promise<Readonly<Record<ScannedSize | Remedies, Findings>>> | undefined;
  const findings = (): NonNullable<typeof scanned> => (scanned ??= scanAll());
  const templateOf = async (changes: Changes): Promise<ReturnType<typeof armTemplate>> =>
    armTemplate(await runExample({ folder: folder(), loginUrl: exchange.url() }, changes));
  const scanAll = async (): NonNullable<typeof scanned> =>
    scan(python, folder(), {
      dev: await templateOf({ aks: { size: "dev" } }),
      prod: await templateOf({ aks: { size: "prod" } }),
      hardened: await templateOf(remedies.hardened),
      brought: await templateOf(remedies.brought),
    });

  const lines = (found: readonly Finding[]): string[] =>
    found.map(({ check, resource }) => `${check} ${resource}`).sort();

  for (const size of sizes) {
    it(`fails in size ${size} in nothing but what is justified`, async function () {
      this.timeout(installTimeout);
      const accepted = justified.filter((each) => each.sizes?.includes(size) ?? true);
      assert.deepEqual(lines((await findings())[size].failed), lines(accepted));
    });
  }

  it("passes every other check there is for the types in the template", async function () {
    this.timeout(installTimeout);
    const passed = new Set((await findings()).prod.passed.map(({ check }) => check));
    const numbers = [3, 5, 7, 9, 10, 34, 36, 43, 44, 137, 138, 160, 163, 168, 169, 171, 182, 183, 226];
    assert.deepEqual([...passed].sort(), numbers.map((number) => `CKV_AZURE_${number}`).sort());
  });

  it("fails no more where the operator does what a justification points to", async function () {
    this.timeout(installTimeout);
    for (const { check, resource, remedy } of justified) {
      if (remedy === undefined) continue;
      const name = remedyWith(remedy);
      const [type = ""] = resource.split(".spacelift");
      const still = (await findings())[name].failed.filter(
        (found) => found.check === check && found.resource.startsWith(`${type}.`),
      );
      assert.deepEqual(lines(still), [], `${check} with \`${remedy}\``);
    }
  });

  it("has no justification twice", () => {
    assert.equal(new Set(lines(justified)).size, justified.length);
  });
});

/** The scanned example that sets a key such as `aks.storage.sku`. */
function remedyWith(key: string): Remedies {
  const sets = (changes: unknown): boolean =>
    key.split(".").reduce<unknown>(
      // Anything but an object has no such key.
      (value, name) => (typeof value === "object" ? (value as Record<string, unknown>)[name] : undefined),
      changes,
    ) !== undefined;
  const found = (["hardened", "brought"] as const).find((name) => sets(remedies[name]));
  assert.ok(found, `no example sets \`${key}\``);
  return found;
}
