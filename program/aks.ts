import { planBuckets } from "../components/buckets";
import { certManagerServiceAccount } from "../components/cluster/cert-manager";
import { defined } from "../components/json";
import { AksPlatform, type AksPlatformArgs } from "../components/platform/aks";
import type { GivenResource } from "../components/platform/aks/scope";
import { withoutTypeAliases } from "../components/platform/aks/type-aliases";
import type { Platform } from "../components/platform/platform";
import { longestRunMinutes } from "../components/workers/run-length";
import { parseRange } from "../config/aks/cidr";
import { completeAks, databaseTier, ingressAddressKind, privateIngressAddress } from "../config/aks/complete";
import type { CompleteAks } from "../config/aks/complete";
import { postgresDomains } from "../config/aks/regions";
import { parseResourceId } from "../config/aks/resource-id";
import type { Configuration } from "../config/load";
import type { AksSection } from "../config/aks/settings";
import type { Settings } from "../config/settings";
import { required } from "./required";

/** Makes the Azure platform, from the configuration. */
export const createAksPlatform = (configuration: Configuration): Platform =>
  new AksPlatform("platform", aksArgs(configuration), { transformations: [withoutTypeAliases] });

/** The arguments of the Azure platform, from the configuration. */
export function aksArgs(configuration: Configuration): AksPlatformArgs {
  const { settings, files } = configuration;
  const { images, buckets, protectData } = settings;
  const section = required(settings.aks, "aks");
  const complete = completeAks(section);
  return defined({
    subscriptionId: section.subscriptionId,
    location: section.location,
    cloud: section.cloud,
    tags: section.tags,
    prefix: section.prefix,
    resourceGroup: section.resourceGroup,
    zones: complete.zones,
    domain: settings.domain,
    network: networkArgs(section, complete),
    cluster: clusterArgs(configuration, section, complete),
    env: configuration.env,
    database: databaseArgs(configuration, section, complete),
    storage: storageArgs(section, complete),
    buckets: planBuckets(buckets, buckets.createBinaries),
    registry: defined({
      given: given(section.registry.id),
      sku: complete.registry.sku,
      anonymousLauncher: section.registry.anonymousLauncher,
      login: defined({ loginUrl: section.registry.loginUrl }),
    }),
    images: defined({
      version: settings.version,
      backendRepository: images.backendRepository,
      launcherRepository: images.launcherRepository,
      archive: files.archive,
    }),
    ...ingressAddress(settings, section, complete),
    dns: dnsArgs(configuration, section),
    replicas: complete.replicas,
    namespace: settings.namespace.name,
    protectData,
  });
}

/** A resource that is there, by its id. The format of the id is checked where the configuration is read. */
function given(id: string | undefined): GivenResource | undefined {
  if (id === undefined) return undefined;
  const { resourceGroup, name } = required(parseResourceId(id), `an id, ${id},`);
  return { id, resourceGroup, name };
}

function networkArgs({ network, cluster }: AksSection, complete: CompleteAks): AksPlatformArgs["network"] {
  const { nodeSubnetId, databaseSubnetId, natGateway, outboundType } = network;
  if (nodeSubnetId !== undefined || databaseSubnetId !== undefined || cluster.existingId !== undefined) {
    return defined({ nodeSubnetId, databaseSubnetId, outboundType });
  }
  const { addressSpace, nodeCidr, databaseCidr } = complete.network;
  return { addressSpace, nodeCidr, databaseCidr, natGateway };
}

/** Where an ingress controller that is installed is reached. */
function ingressAddress(
  { ingress }: Settings,
  section: AksSection,
  complete: CompleteAks,
): Pick<AksPlatformArgs, "publicAddress" | "privateAddress"> {
  const { publicIpId, ingressSubnetId } = section.network;
  switch (ingressAddressKind(ingress)) {
    case "none":
      return {};
    case "public":
      return { publicAddress: defined({ given: given(publicIpId) }) };
    case "private": {
      const nodes = parseRange(complete.network.nodeCidr);
      const address = ingress.address ?? (nodes && privateIngressAddress(nodes));
      return {
        privateAddress: defined({
          address: required(address, "ingress.address"),
          subnet: given(ingressSubnetId),
        }),
      };
    }
  }
}

function clusterArgs(
  { secrets, settings: { workers } }: Configuration,
  { cluster, location }: AksSection,
  complete: CompleteAks,
): AksPlatformArgs["cluster"] {
  const existing = given(cluster.existingId);
  if (existing)
    return defined({ existing, assignRoles: cluster.assignRoles, kubeconfig: secrets.kubeconfig });
  const { kubernetesVersion, tier, systemPool, pools, azurePolicy } = complete.cluster;
  const { podCidr, serviceCidr, dnsServiceIp } = complete.network;
  const { entra, logAnalyticsWorkspaceId: workspaceId } = cluster;
  return defined({
    kubernetesVersion,
    tier,
    systemPool: { name: "system", purpose: "system" as const, ...systemPool, zones: complete.zones },
    pools,
    osSku: cluster.osSku,
    encryptionAtHost: cluster.encryptionAtHost,
    longestRunMinutes: longestRunMinutes(workers.enabled ? workers.pools : []),
    podCidr,
    serviceCidr,
    dnsServiceIp,
    private: cluster.private,
    // To Azure, none means everybody.
    authorizedRanges: (cluster.authorizedRanges ?? []).filter((range) => range !== "0.0.0.0/0"),
    entra: entra && defined(entra),
    upgradeChannel: cluster.upgradeChannel,
    nodeOsUpgradeChannel: cluster.nodeOsUpgradeChannel,
    azurePolicy,
    maintenance: cluster.maintenance,
    logAnalytics:
      workspaceId === undefined
        ? undefined
        : { workspaceId, location: cluster.logAnalyticsLocation ?? location },
  });
}

function databaseArgs(
  { secrets }: Configuration,
  { database, network, cloud }: AksSection,
  complete: CompleteAks,
): AksPlatformArgs["database"] {
  if (secrets.databaseUrl) {
    return defined({ url: secrets.databaseUrl, readOnlyUrl: secrets.databaseReadOnlyUrl });
  }
  const { name, ...sized } = complete.database;
  return defined({
    ...sized,
    tier: databaseTier(sized.sku),
    databaseName: name,
    maintenance: database.maintenance,
    readReplica: database.readReplica,
    parameters: database.parameters,
    entraAdmin: database.entraAdmin,
    domain: postgresDomains[cloud],
    zone: given(network.privateDnsZoneId),
  });
}

function storageArgs({ storage }: AksSection, complete: CompleteAks): AksPlatformArgs["storage"] {
  return (
    given(storage.accountId) ??
    defined({
      ...complete.storage,
      allowSharedKeys: storage.allowSharedKeys,
      allowedRanges: storage.allowedRanges,
    })
  );
}

function dnsArgs({ settings }: Configuration, { dns }: AksSection): AksPlatformArgs["dns"] {
  const zone = given(dns.zoneId);
  if (!zone) return undefined;
  const hosts = [settings.domain, settings.vcsGateway?.domain].filter((host) => host !== undefined);
  const challenge = settings.tls.mode === "acme" && settings.tls.challenge === "dns01";
  return defined({
    zone,
    hosts: dns.createRecords ? hosts : [],
    ttlSeconds: dns.ttlSeconds,
    certManager: challenge
      ? { namespace: settings.certManager.namespace, name: certManagerServiceAccount }
      : undefined,
  });
}
