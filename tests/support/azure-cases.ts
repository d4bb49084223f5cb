import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { program, type SpaceliftOutputs } from "../../program";
import type { Properties } from "../../rehearsal/twins/framework";
import { releaseImages, writeArchive } from "./archives";
import { armId } from "./arm/used-actions";
import { configuredAks, fullAks, givenIds, subscriptionId } from "./azure-configurations";
import { merged, runnable, samples, type TestConfig } from "./configurations";
import { withExchange } from "./exchange";
import { run, type RunOptions, type RunResult } from "./run";
import { scratchFolder } from "./scratch";

type AzureCase = (archive: string) => TestConfig;

const withAks =
  (
    aks: Readonly<Record<string, unknown>>,
    settings: Readonly<Record<string, unknown>> = {},
    secrets: Readonly<Record<string, string>> = {},
  ): AzureCase =>
  (archive) =>
    configuredAks({ images: { archive }, ...settings, aks: { size: "dev", ...aks } }, secrets);

const network = { nodeSubnetId: givenIds.nodeSubnet, databaseSubnetId: givenIds.databaseSubnet };
const cluster = { existingId: givenIds.cluster, authorizedRanges: undefined };
const { databaseUrl } = samples;

/** A cluster and every other part of the operator's own. */
export const givenParts = withAks(
  {
    cluster,
    registry: { id: givenIds.registry },
    storage: { accountId: givenIds.account },
    network: { publicIpId: givenIds.publicIp },
    dns: { zoneId: givenIds.dnsZone },
  },
  {},
  { databaseUrl },
);

/** Configurations of the Azure target in which each part is once new and once the operator's, by what they are. */
export const azureCases: Readonly<Record<string, AzureCase>> = {
  "a small installation": withAks({}),
  "an installation with pools of nodes": withAks({ size: "prod" }),
  "an installation with everything": fullAks,
  "an installation in given parts": givenParts,
  "a given resource group": withAks({ resourceGroup: { name: "corporate", create: false } }),
  "a cluster entered with Entra ID in a given resource group": withAks({
    resourceGroup: { name: "corporate", create: false },
    cluster: {
      authorizedRanges: ["203.0.113.0/24"],
      entra: { adminGroupIds: ["99999999-2222-3333-4444-555555555555"] },
    },
  }),
  "a given network": withAks({ network }),
  "a given network with its zone": withAks({
    network: { ...network, privateDnsZoneId: givenIds.privateZone },
  }),
  "a given zone": withAks({ network: { privateDnsZoneId: givenIds.privateZone } }),
  "a given address": withAks({ network: { publicIpId: givenIds.publicIp } }),
  "a private address in a given subnet": withAks(
    { network: { ...network, ingressSubnetId: `${givenIds.nodeSubnet}-ingress` } },
    { ingress: { internal: true, address: "10.50.9.9" }, tls: { mode: "selfSigned", email: undefined } },
  ),
  "a given registry": withAks({ registry: { id: givenIds.registry } }),
  "a given registry with the images": withAks(
    { registry: { id: givenIds.registry } },
    { images: { push: false, archive: undefined } },
  ),
  "a given storage account": withAks({ storage: { accountId: givenIds.account } }),
  "a given database": withAks({}, {}, { databaseUrl }),
  "a zone for records": withAks({ dns: { zoneId: givenIds.dnsZone } }),
  "a zone for proofs alone": withAks(
    { dns: { zoneId: givenIds.dnsZone, createRecords: false } },
    { tls: { mode: "acme", email: "platform@example.com", challenge: "dns01" } },
  ),
  "a given cluster that has its roles": withAks(
    { cluster: { ...cluster, assignRoles: false }, registry: { id: givenIds.registry } },
    {},
    { databaseUrl, kubeconfig: "clusters: []\nusers: []\n" },
  ),
};

/** What came of running the program in a case. */
export interface AzureRun extends RunResult<SpaceliftOutputs> {
  readonly config: TestConfig;
}

/** Runs the program in cases, for a suite, with the ids that Azure gives. */
export function withAzureRuns(): (
  azureCase: AzureCase,
  options?: Pick<RunOptions, "deployed">,
) => Promise<AzureRun> {
  const folder = scratchFolder();
  const exchange = withExchange();
  return async (azureCase, options = {}) => {
    const archive = await writeArchive(folder(), "v4.0.0", await releaseImages("v4.0.0"));
    const kubelogin = join(folder(), process.platform === "win32" ? "kubelogin.exe" : "kubelogin");
    writeFileSync(kubelogin, "");
    chmodSync(kubelogin, 0o755);
    // Where the registries' logins are had.
    const config = merged(azureCase(archive), { aks: { registry: { loginUrl: exchange.url() } } }, {});
    const result = await run(
      () =>
        program({
          projectDirectory: folder(),
          archiveCacheDirectory: join(folder(), "cache"),
          searchPath: folder(),
        }),
      {
        ...runnable(config),
        ...options,
        idOf: (type, inputs) => armId(type, inputs as Properties, subscriptionId),
      },
    );
    return { ...result, config };
  };
}
