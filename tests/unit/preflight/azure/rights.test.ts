import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newParts } from "../../../../preflight/azure/parts";
import { requiredRights } from "../../../../preflight/azure/required-rights";
import { azureRole } from "../../../../preflight/azure/role";
import { neededNamespaces } from "../../../../preflight/azure/subscription";
import { program } from "../../../../program";
import type { Properties } from "../../../../rehearsal/twins/framework";
import { releaseImages, writeArchive } from "../../../support/archives";
import { subjectOf } from "../../../support/arm/checks";
import { armId, unaskedActions, unusedRights, UsedActions } from "../../../support/arm/used-actions";
import { configuredAks, fullAks, givenIds, subscriptionId } from "../../../support/azure-configurations";
import { merged, runnable, samples, type TestConfig } from "../../../support/configurations";
import { withExchange } from "../../../support/exchange";
import { SecretValue } from "../../../support/inventory";
import { run } from "../../../support/run";
import { scratchFolder } from "../../../support/scratch";

/** Inputs as the provider is given them. */
function inClear(value: unknown): unknown {
  if (value instanceof SecretValue) return inClear(value.value);
  if (Array.isArray(value)) return value.map(inClear);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, inClear(each)]));
}

/** Where the registries' logins are had. */
const loginAt = (config: TestConfig, loginUrl: string): TestConfig =>
  merged(config, { aks: { registry: { loginUrl } } }, {});

describe("what the checks take the program to make", () => {
  const folder = scratchFolder();
  const exchange = withExchange();
  let archive: string;
  beforeEach(async () => {
    archive = await writeArchive(folder(), "v4.0.0", await releaseImages("v4.0.0"));
    const kubelogin = join(folder(), process.platform === "win32" ? "kubelogin.exe" : "kubelogin");
    writeFileSync(kubelogin, "");
    chmodSync(kubelogin, 0o755);
  });

  /** What the program does in Azure in all its life: what it makes, it may be asked to look at, change and destroy. */
  async function usedBy(config: TestConfig): Promise<UsedActions> {
    const { inventory, calls } = await run(
      () =>
        program({
          projectDirectory: folder(),
          archiveCacheDirectory: join(folder(), "cache"),
          searchPath: folder(),
        }),
      {
        ...runnable(config),
        idOf: (type, inputs) => armId(type, inputs as Properties, subscriptionId),
      },
    );
    const used = new UsedActions(subscriptionId);
    for (const { token, args } of calls) used.call(token, args as Properties);
    for (const operation of ["create", "update", "delete"] as const) {
      for (const { type, inputs } of inventory.resources)
        used.operation(type, operation, inClear(inputs) as Properties);
    }
    return used;
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
  const withAks = (
    aks: Readonly<Record<string, unknown>>,
    settings: Readonly<Record<string, unknown>> = {},
    secrets: Readonly<Record<string, string>> = {},
  ): TestConfig => configuredAks({ images: { archive }, ...settings, aks: { size: "dev", ...aks } }, secrets);
  const network = {
    nodeSubnetId: givenIds.nodeSubnet,
    databaseSubnetId: givenIds.databaseSubnet,
  };
  const dns01 = { mode: "acme", email: "platform@example.com", challenge: "dns01" };
  const configs: Readonly<Record<string, () => TestConfig>> = {
    "a small installation": () => withAks({}),
    "an installation with pools of nodes": () => withAks({ size: "prod" }),
    "an installation with everything": () => fullAks(archive),
    "an installation in given parts": parts,
    "a given resource group": () => withAks({ resourceGroup: { name: "corporate", create: false } }),
    "a given network": () => withAks({ network }),
    "a given network with its zone": () =>
      withAks({ network: { ...network, privateDnsZoneId: givenIds.privateZone } }),
    "a given zone": () => withAks({ network: { privateDnsZoneId: givenIds.privateZone } }),
    "a given address": () => withAks({ network: { publicIpId: givenIds.publicIp } }),
    "a private address in a given subnet": () =>
      withAks(
        { network: { ...network, ingressSubnetId: `${givenIds.nodeSubnet}-ingress` } },
        { ingress: { internal: true, address: "10.50.9.9" }, tls: { mode: "selfSigned", email: undefined } },
      ),
    "a given registry": () => withAks({ registry: { id: givenIds.registry } }),
    "a given registry with the images": () =>
      configuredAks({
        images: { push: false, archive: undefined },
        aks: { registry: { id: givenIds.registry } },
      }),
    "a given storage account": () => withAks({ storage: { accountId: givenIds.account } }),
    "a given database": () => withAks({}, {}, { databaseUrl: samples.databaseUrl }),
    "a zone for records": () => withAks({ dns: { zoneId: givenIds.dnsZone } }),
    "a zone for proofs alone": () =>
      withAks({ dns: { zoneId: givenIds.dnsZone, createRecords: false } }, { tls: dns01 }),
    "a given cluster that has its roles": () =>
      withAks(
        {
          cluster: { existingId: givenIds.cluster, authorizedRanges: undefined, assignRoles: false },
          registry: { id: givenIds.registry },
        },
        {},
        { databaseUrl: samples.databaseUrl, kubeconfig: "clusters: []\nusers: []\n" },
      ),
  };

  for (const [what, config] of Object.entries(configs)) {
    it(`asks for what ${what} uses, and for nothing else`, async () => {
      const wanted = loginAt(config(), exchange.url());
      const subject = subjectOf(wanted);
      const used = (await usedBy(wanted)).all;
      assert.ok(used.length > 10, String(used.length));
      const asked = requiredRights(subject);
      assert.deepEqual(unaskedActions(used, asked), []);
      assert.deepEqual(unusedRights(used, asked), []);
      const namespaces = new Set(used.map(({ action }) => action.split("/")[0] ?? ""));
      for (const own of ["Microsoft.Resources", "Microsoft.Authorization"]) namespaces.delete(own);
      const registered = neededNamespaces(subject);
      assert.deepEqual(
        [...namespaces].filter((namespace) => !registered.includes(namespace)),
        [],
      );
    });
  }

  it("has no action in the custom role that no configuration asks for", () => {
    const asked = Object.values(configs).flatMap((config) =>
      requiredRights(subjectOf(config())).flatMap((right) => right.actions),
    );
    const { Actions } = JSON.parse(azureRole()) as { readonly Actions: readonly string[] };
    assert.deepEqual(Actions, [...new Set(asked)].sort());
  });

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
