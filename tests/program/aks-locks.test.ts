import assert from "node:assert/strict";
import { isWithin } from "../../rehearsal/twins/azure/arm/resource-id";
import type { Properties } from "../../rehearsal/twins/framework";
import { armId } from "../support/arm/used-actions";
import { azureCases, type AzureRun, withAzureRuns } from "../support/azure-cases";
import { configuredAks, givenIds, subscriptionId } from "../support/azure-configurations";
import { type Inventory, type RecordedResource, SecretValue } from "../support/inventory";
import { samples, type TestConfig } from "../support/configurations";

const lockType = "azure-native:authorization:ManagementLockByScope";

const locked =
  (aks: Readonly<Record<string, unknown>> = {}, more: Parameters<typeof configuredAks> = []) =>
  (archive: string): TestConfig =>
    configuredAks(
      { images: { archive }, ...more[0], aks: { size: "dev", locks: true, ...aks } },
      more[1] ?? {},
    );

const scopeOf = ({ inputs }: RecordedResource): string => String(inputs["scope"]);

/** Everything that a resource explicitly depends on, by way of others as well. */
function before(inventory: Inventory, { options }: RecordedResource): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const each of inventory.resources) if (each.name === name) each.options.dependsOn.forEach(add);
  };
  options.dependsOn.forEach(add);
  return found;
}

/** Logical names of what Azure takes to be in a scope, the scope itself and its locks left out. */
const inside = (inventory: Inventory, scope: string): readonly string[] =>
  inventory.resources
    .filter(({ type, inputs }) => {
      const id = armId(type, inClear(inputs), subscriptionId);
      return id !== undefined && type !== lockType && id !== scope && isWithin(id, scope);
    })
    .map(({ name }) => name);

const inClear = (inputs: RecordedResource["inputs"]): Properties =>
  Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [key, value instanceof SecretValue ? value.value : value]),
  ) as Properties;

describe("the locks of an installation on Azure", () => {
  const runCase = withAzureRuns();
  const locksOf = ({ inventory }: AzureRun): readonly RecordedResource[] => inventory.all(lockType);

  it("are not there unless they are asked for", async () => {
    assert.deepEqual(locksOf(await runCase(azureCases["a small installation"] ?? assert.fail())), []);
  });

  it("keep the database server and the storage account from being deleted", async () => {
    const locks = locksOf(await runCase(locked()));
    assert.deepEqual(
      locks.map(({ name, inputs }) => [name, inputs["level"]]),
      [
        ["platform-locks-database", "CanNotDelete"],
        ["platform-locks-storage", "CanNotDelete"],
      ],
    );
    const scopes = locks.map((lock) => scopeOf(lock).replace(/^.*\/providers\//, ""));
    assert.match(scopes[0] ?? "", /^Microsoft\.DBforPostgreSQL\/flexibleServers\/[^/]+$/);
    assert.match(scopes[1] ?? "", /^Microsoft\.Storage\/storageAccounts\/[^/]+$/);
    // Azure takes up to 512 characters.
    for (const { inputs } of locks) assert.ok(String(inputs["notes"]).length <= 512);
  });

  // A lock holds for all that is in a resource: Azure's “Lock your resources”.
  it("come after everything in what they lock", async () => {
    const run = await runCase(azureCases["an installation with everything"] ?? assert.fail());
    for (const lock of locksOf(run)) {
      const contents = inside(run.inventory, scopeOf(lock));
      assert.ok(contents.length > 3, contents.join(", "));
      const earlier = before(run.inventory, lock);
      assert.deepEqual(
        contents.filter((name) => !earlier.has(name)),
        [],
        lock.name,
      );
    }
  });

  it("leave out what exists already", async () => {
    const given = await runCase(locked({ storage: { accountId: givenIds.account } }));
    assert.deepEqual(
      locksOf(given).map(({ name }) => name),
      ["platform-locks-database"],
    );
    const databaseUrl = samples.databaseUrl;
    const external = await runCase(locked({}, [{}, { databaseUrl }]));
    assert.deepEqual(
      locksOf(external).map(({ name }) => name),
      ["platform-locks-storage"],
    );
  });

  it("are protected as long as the data is, and said to be kept", async () => {
    const kept = async (protectData: boolean): Promise<[boolean[], string]> => {
      const run = await runCase(locked({}, [{ protectData }]));
      const said = JSON.stringify(run.result.keptOnDestroy);
      return [locksOf(run).map(({ options }) => options.protect), said];
    };
    const [protectedLocks, said] = await kept(true);
    assert.deepEqual(protectedLocks, [true, true]);
    assert.match(said, /the management locks, and everything in what they lock/);
    assert.match(said, /container spacelift-metadata/);
    assert.deepEqual((await kept(false))[0], [false, false]);
  });
});
