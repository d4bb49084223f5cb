import assert from "node:assert/strict";
import "../../../../rehearsal/twins/azure";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { covers } from "../../../../automation/azure/account";
import { newParts } from "../../../../preflight/azure/parts";
import { requiredRights } from "../../../../preflight/azure/required-rights";
import { neededNamespaces } from "../../../../preflight/azure/subscription";
import { program } from "../../../../program";
import { allDefinitions } from "../../../../rehearsal/twins/azure/arm/definition";
import { releaseImages, writeArchive } from "../../../support/archives";
import { subjectOf } from "../../../support/arm/checks";
import { configuredAks, fullAks, givenIds } from "../../../support/azure-configurations";
import { runnable, samples, type TestConfig } from "../../../support/configurations";
import { run } from "../../../support/run";
import { scratchFolder } from "../../../support/scratch";

/** `Microsoft.Network/virtualNetworks/subnets` for `/…/providers/Microsoft.Network/virtualNetworks/{}/subnets/{}`. */
function armType(path: string): string {
  const [, behind] = /.*\/providers\/(.+)$/i.exec(path) ?? [];
  if (behind === undefined) return "Microsoft.Resources/subscriptions/resourceGroups";
  const [namespace = "", ...parts] = behind.split("/");
  return [namespace, ...parts.filter((_, index) => index % 2 === 0)].join("/");
}

describe("what the checks take the program to make", () => {
  const folder = scratchFolder();
  let archive: string;
  beforeEach(async () => {
    archive = await writeArchive(folder(), "v4.0.0", await releaseImages("v4.0.0"));
    const kubelogin = join(folder(), process.platform === "win32" ? "kubelogin.exe" : "kubelogin");
    writeFileSync(kubelogin, "");
    chmodSync(kubelogin, 0o755);
  });

  /** ARM types of everything that the program makes in Azure. */
  async function madeTypes(config: TestConfig): Promise<readonly string[]> {
    const { inventory } = await run(
      () =>
        program({
          projectDirectory: folder(),
          archiveCacheDirectory: join(folder(), "cache"),
          searchPath: folder(),
        }),
      { ...runnable(config), preview: true },
    );
    const tokens = inventory.resources
      .map(({ type }) => type)
      .filter((type) => type.startsWith("azure-native:"));
    const paths = new Map(allDefinitions().map(({ token, path }) => [token, path]));
    return [...new Set(tokens)].map((token) => {
      const path = paths.get(token);
      assert.ok(path, `the rehearsal does not know ${token}`);
      // A record is a type of its own in Azure's rights.
      return armType(path.replace("{recordType}", "A").replace("{relativeRecordSetName}", "name"));
    });
  }

  /** A cluster and every other part of the operator's own. */
  const parts = (): TestConfig =>
    configuredAks(
      {
        images: { archive },
        aks: {
          cluster: { existingId: givenIds.cluster, authorizedRanges: undefined },
          registry: { id: givenIds.registry },
          storage: { accountId: givenIds.account },
          network: { publicIpId: givenIds.publicIp },
          dns: { zoneId: givenIds.dnsZone },
        },
      },
      { databaseUrl: samples.databaseUrl },
    );
  const configs: Readonly<Record<string, () => TestConfig>> = {
    "a small installation": () => configuredAks({ images: { archive }, aks: { size: "dev" } }),
    "an installation with everything": () => fullAks(archive),
    "an installation in given parts": parts,
  };

  for (const [what, config] of Object.entries(configs)) {
    it(`covers every type of ${what}`, async () => {
      const subject = subjectOf(config());
      const actions = requiredRights(subject).flatMap((right) => right.actions);
      const namespaces = neededNamespaces(subject);
      const types = await madeTypes(config());
      assert.ok(types.length > 3, types.join());
      const unasked = types.filter((type) => !actions.some((action) => covers(action, `${type}/write`)));
      assert.deepEqual(unasked, []);
      const needed = new Set(types.map((type) => type.split("/")[0]));
      needed.delete("Microsoft.Resources");
      assert.deepEqual(
        [...needed].filter((namespace) => !namespaces.includes(namespace ?? "")),
        [],
      );
    });
  }

  it("asks for PolicyInsights where Azure Policy is on", () => {
    const asks = (size: string): boolean =>
      neededNamespaces(subjectOf(configuredAks({ images: { archive }, aks: { size } }))).includes(
        "Microsoft.PolicyInsights",
      );
    assert.deepEqual([asks("dev"), asks("prod")], [false, true]);
  });

  it("tells new parts from existing ones", () => {
    const all = {
      network: true,
      cluster: true,
      database: true,
      storage: true,
      registry: true,
      launcherRegistry: false,
      address: true,
    };
    assert.deepEqual(newParts(subjectOf()), all);
    assert.deepEqual(newParts(subjectOf(fullAks("a"))), { ...all, launcherRegistry: true });
    assert.deepEqual(newParts(subjectOf(parts())), {
      ...all,
      network: false,
      cluster: false,
      database: false,
      storage: false,
      registry: false,
      address: false,
    });
    const existing = configuredAks({ ingress: { mode: "existing", className: "nginx" } });
    assert.deepEqual(newParts(subjectOf(existing)), { ...all, address: false });
  });
});
