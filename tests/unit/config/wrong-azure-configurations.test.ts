import assert from "node:assert/strict";
import { parseConfig } from "../../../config/parse";
import { formatProblems } from "../../../config/problems";
import { configuredAks, fullAks, given, givenIds, minimalAks } from "../../support/azure-configurations";
import { type TestConfig, raw, samples } from "../../support/configurations";

interface Case {
  readonly title: string;
  readonly config: TestConfig;
  /** The problem that must be reported, as it is printed. */
  readonly line: string;
}

const wrong = (
  title: string,
  settings: Readonly<Record<string, unknown>>,
  line: string,
  secrets: Readonly<Record<string, string | undefined>> = {},
): Case => ({ title, config: configuredAks(settings, secrets), line });

const aks = (section: unknown): Readonly<Record<string, unknown>> => ({ aks: section });
const network = (section: unknown): Readonly<Record<string, unknown>> => aks({ network: section });
const cluster = (section: unknown): Readonly<Record<string, unknown>> => aks({ cluster: section });
const database = (section: unknown): Readonly<Record<string, unknown>> => aks({ database: section });
const storage = (section: unknown): Readonly<Record<string, unknown>> => aks({ storage: section });
const registry = (section: unknown): Readonly<Record<string, unknown>> => aks({ registry: section });

const cases: readonly Case[] = [
  wrong(
    "no section for the target",
    { aks: undefined },
    '`spacelift:aks`: is missing: it says which subscription and region to use; put `spacelift:aks: {"subscriptionId":"00000000-0000-0000-0000-000000000000","location":"polandcentral"}` into the stack file',
  ),
  wrong(
    "a section of the other target",
    {
      onprem: {
        registry: { address: "registry.example.com" },
        objectStorage: { endpoint: "minio.example.com" },
      },
    },
    "`spacelift:onprem`: has no use: `target` is aks; run `pulumi config rm spacelift:onprem`, or run `pulumi config set spacelift:target onprem`",
  ),
  wrong(
    "no subscription",
    aks({ subscriptionId: undefined }),
    "`spacelift:aks.subscriptionId`: is missing; run `pulumi config set --path spacelift:aks.subscriptionId 00000000-0000-0000-0000-000000000000`",
  ),
  wrong(
    "a subscription by its name",
    aks({ subscriptionId: "production" }),
    '`spacelift:aks.subscriptionId`: must be a GUID in lower case such as 00000000-0000-0000-0000-000000000000, got "production"; run `pulumi config set --path spacelift:aks.subscriptionId 00000000-0000-0000-0000-000000000000`',
  ),
  wrong(
    "no region",
    aks({ location: undefined }),
    "`spacelift:aks.location`: is missing; run `pulumi config set --path spacelift:aks.location polandcentral`",
  ),
  wrong(
    "a region by its display name",
    aks({ location: "Poland Central" }),
    '`spacelift:aks.location`: must be the short name of a region such as "polandcentral", got "Poland Central"; run `pulumi config set --path spacelift:aks.location polandcentral`',
  ),
  wrong(
    "an unknown size",
    aks({ size: "huge" }),
    '`spacelift:aks.size`: must be one of dev, prod, ha, got "huge"; run `pulumi config set --path spacelift:aks.size prod`',
  ),
  wrong(
    "a prefix with a hyphen",
    aks({ prefix: "acme-spacelift" }),
    '`spacelift:aks.prefix`: must be 2 to 12 lower-case letters and digits, a letter first, got "acme-spacelift"; run `pulumi config set --path spacelift:aks.prefix spacelift`',
  ),
  wrong(
    "a prefix that leaves no room for the seed",
    aks({ prefix: "spaceliftproduction" }),
    '`spacelift:aks.prefix`: must be 2 to 12 lower-case letters and digits, a letter first, got "spaceliftproduction"; run `pulumi config set --path spacelift:aks.prefix spacelift`',
  ),
  wrong(
    "a resource group that ends in a period",
    aks({ resourceGroup: { name: "spacelift." } }),
    '`spacelift:aks.resourceGroup.name`: must be 1 to 48 letters, digits and `-_.()`, without a period at the end, got "spacelift."; run `pulumi config set --path spacelift:aks.resourceGroup.name spacelift`',
  ),
  wrong(
    "a mistyped key two levels down",
    network({ podCird: "10.244.0.0/16" }),
    "`spacelift:aks.network.podCird`: is not a known key, did you mean `podCidr`; run `pulumi config rm --path spacelift:aks.network.podCird`",
  ),
  wrong(
    "zones in a region without any",
    aks({ location: "westus", zones: [1] }),
    "`spacelift:aks.zones`: must be left out: westus has no availability zones; run `pulumi config rm --path spacelift:aks.zones`, or choose another `location`",
  ),
  wrong(
    "a zone that does not exist",
    aks({ zones: [4] }),
    "`spacelift:aks.zones[0]`: must be one of 1, 2, 3, got 4; run `pulumi config set --path 'spacelift:aks.zones[0]' 1`",
  ),
  wrong(
    "more tags than a storage account takes",
    aks({ tags: Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`tag${index}`, "x"])) }),
    "`spacelift:aks.tags`: must be at most 15, which is what a storage account takes, got 16; remove some",
  ),
  wrong(
    "a range with host bits",
    network({ addressSpace: "10.30.1.0/16" }),
    '`spacelift:aks.network.addressSpace`: must be an IPv4 range that starts at its first address, such as 10.30.0.0/16, got "10.30.1.0/16"; run `pulumi config set --path spacelift:aks.network.addressSpace 10.30.0.0/16`',
  ),
  wrong(
    "an IPv6 range",
    network({ podCidr: "fd00::/64" }),
    '`spacelift:aks.network.podCidr`: must be an IPv4 range that starts at its first address, such as 10.30.0.0/16, got "fd00::/64"; run `pulumi config set --path spacelift:aks.network.podCidr 10.244.0.0/16`',
  ),
  wrong(
    "a subnet outside of the network",
    network({ nodeCidr: "10.31.0.0/22" }),
    '`spacelift:aks.network.nodeCidr`: must lie inside `addressSpace` (10.30.0.0/16), got "10.31.0.0/22"; choose a part of 10.30.0.0/16, or a larger `addressSpace`',
  ),
  wrong(
    "subnets that overlap",
    network({ databaseCidr: "10.30.1.0/26" }),
    '`spacelift:aks.network.databaseCidr`: must not overlap with `nodeCidr` (10.30.0.0/22), got "10.30.1.0/26"; choose another part of `addressSpace`',
  ),
  wrong(
    "a subnet too small for PostgreSQL",
    network({ databaseCidr: "10.30.4.0/29" }),
    '`spacelift:aks.network.databaseCidr`: must be a /28 or larger, got "10.30.4.0/29"; run `pulumi config set --path spacelift:aks.network.databaseCidr 10.30.4.0/26`',
  ),
  wrong(
    "pods and services in one range",
    network({ serviceCidr: "10.244.0.0/20" }),
    '`spacelift:aks.network.serviceCidr`: must not overlap with `podCidr` (10.244.0.0/16), got "10.244.0.0/20"; choose another range',
  ),
  wrong(
    "pods inside the network",
    network({ podCidr: "10.30.0.0/16" }),
    '`spacelift:aks.network.podCidr`: must not overlap with `addressSpace` (10.30.0.0/16), got "10.30.0.0/16"; choose another range',
  ),
  wrong(
    "a range that AKS keeps",
    network({ podCidr: "172.30.0.0/16" }),
    '`spacelift:aks.network.podCidr`: must not overlap with 172.30.0.0/16, which AKS uses itself, got "172.30.0.0/16"; choose another range',
  ),
  wrong(
    "public addresses for pods",
    network({ podCidr: "8.8.0.0/16" }),
    '`spacelift:aks.network.podCidr`: must be a range of private networks, got "8.8.0.0/16"; choose a part of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16',
  ),
  wrong(
    "a range that a peered network has",
    network({ reachableRanges: ["10.245.0.0/16"] }),
    '`spacelift:aks.network.serviceCidr`: must not overlap with `reachableRanges[0]` (10.245.0.0/16), got "10.245.0.0/20"; choose another range',
  ),
  wrong(
    "a service range that is too large",
    network({ serviceCidr: "172.0.0.0/12", podCidr: "10.244.0.0/16" }),
    '`spacelift:aks.network.serviceCidr`: must be smaller than a /12, got "172.0.0.0/12"; run `pulumi config set --path spacelift:aks.network.serviceCidr 10.245.0.0/20`',
  ),
  wrong(
    "a DNS address outside of the services",
    network({ dnsServiceIp: "10.0.0.10" }),
    '`spacelift:aks.network.dnsServiceIp`: must lie inside `serviceCidr` (10.245.0.0/20) behind its first two addresses, got "10.0.0.10"; run `pulumi config rm --path spacelift:aks.network.dnsServiceIp`',
  ),
  wrong(
    "a DNS address that the API server has",
    network({ dnsServiceIp: "10.245.0.1" }),
    '`spacelift:aks.network.dnsServiceIp`: must lie inside `serviceCidr` (10.245.0.0/20) behind its first two addresses, got "10.245.0.1"; run `pulumi config rm --path spacelift:aks.network.dnsServiceIp`',
  ),
  wrong(
    "too few addresses for pods",
    network({ podCidr: "10.244.0.0/20" }),
    '`spacelift:aks.network.podCidr`: must be enough for 20 nodes, those of an upgrade included, got "10.244.0.0/20" for 16; run `pulumi config set --path spacelift:aks.network.podCidr 10.244.0.0/16`',
  ),
  wrong(
    "too few addresses for nodes",
    network({ nodeCidr: "10.30.0.0/28" }),
    '`spacelift:aks.network.nodeCidr`: must be enough for 20 nodes, those of an upgrade included, got "10.30.0.0/28" for 11; run `pulumi config set --path spacelift:aks.network.nodeCidr 10.30.0.0/22`',
  ),
  wrong(
    "an id of another type",
    network({ publicIpId: givenIds.registry }),
    '`spacelift:aks.network.publicIpId`: must be the id of a resource of type Microsoft.Network/publicIPAddresses, got "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/corporate…; run `pulumi config set --path spacelift:aks.network.publicIpId /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shared/providers/Microsoft.Network/publicIPAddresses/spacelift`',
  ),
  wrong(
    "a name where an id is wanted",
    network({ nodeSubnetId: "nodes" }),
    '`spacelift:aks.network.nodeSubnetId`: must be the id of a resource of type Microsoft.Network/virtualNetworks/subnets, got "nodes"; run `pulumi config set --path spacelift:aks.network.nodeSubnetId /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shared/providers/Microsoft.Network/virtualNetworks/corporate/subnets/aks`',
  ),
  wrong(
    "an id from another subscription",
    network({ publicIpId: givenIds.publicIp.replaceAll("1", "2") }),
    '`spacelift:aks.network.publicIpId`: must be in the subscription of `aks.subscriptionId`, got "22222222-2222-3333-4444-555555555555"; set it to the id of a resource in 11111111-2222-3333-4444-555555555555',
  ),
  wrong(
    "a subnet for the nodes without one for the database",
    network({ nodeSubnetId: givenIds.nodeSubnet }),
    "`spacelift:aks.network.databaseSubnetId`: is missing: with a subnet of yours for the nodes, the database needs one in the same network; set it to the id of a subnet delegated to Microsoft.DBforPostgreSQL/flexibleServers, or give the secret `databaseUrl`",
  ),
  wrong(
    "a subnet for the database without one for the nodes",
    network({ databaseSubnetId: givenIds.databaseSubnet }),
    "`spacelift:aks.network.nodeSubnetId`: is missing: with a subnet of yours for the database, the nodes need one in the same network; set it to the id of a subnet, or run `pulumi config rm --path spacelift:aks.network.databaseSubnetId`",
  ),
  wrong(
    "subnets in two networks",
    network({
      nodeSubnetId: givenIds.nodeSubnet,
      databaseSubnetId: given("Microsoft.Network/virtualNetworks/subnets", "other", "postgres"),
    }),
    "`spacelift:aks.network.databaseSubnetId`: must be in the virtual network of `nodeSubnetId`; set it to the id of a subnet of that network",
  ),
  wrong(
    "one subnet for both",
    network({ nodeSubnetId: givenIds.nodeSubnet, databaseSubnetId: givenIds.nodeSubnet }),
    "`spacelift:aks.network.databaseSubnetId`: must be another subnet than `nodeSubnetId`: it is delegated to PostgreSQL; set it to the id of a delegated subnet",
  ),
  wrong(
    "a range for a network that is given",
    network({
      nodeSubnetId: givenIds.nodeSubnet,
      databaseSubnetId: givenIds.databaseSubnet,
      addressSpace: "10.40.0.0/16",
    }),
    "`spacelift:aks.network.addressSpace`: has no use: the subnets are given; run `pulumi config rm --path spacelift:aks.network.addressSpace`",
  ),
  wrong(
    "a NAT gateway for a subnet that is given",
    network({
      nodeSubnetId: givenIds.nodeSubnet,
      databaseSubnetId: givenIds.databaseSubnet,
      natGateway: true,
    }),
    "`spacelift:aks.network.natGateway`: contradicts `nodeSubnetId`: the way out of a subnet of yours is yours; run `pulumi config rm --path spacelift:aks.network.natGateway`",
  ),
  wrong(
    "a private zone of another service",
    network({
      privateDnsZoneId: given("Microsoft.Network/privateDnsZones", "privatelink.blob.core.windows.net"),
    }),
    '`spacelift:aks.network.privateDnsZoneId`: must be a zone below postgres.database.azure.com, got "privatelink.blob.core.windows.net"; run `pulumi config rm --path spacelift:aks.network.privateDnsZoneId`',
  ),
  wrong(
    "an address for a controller that has one",
    { ingress: { mode: "existing", className: "nginx" }, ...network({ publicIpId: givenIds.publicIp }) },
    "`spacelift:aks.network.publicIpId`: contradicts `ingress.mode: existing`, whose controller has an address already; run `pulumi config rm --path spacelift:aks.network.publicIpId`",
  ),
  wrong(
    "a retired version of Kubernetes",
    cluster({ kubernetesVersion: "1.30" }),
    '`spacelift:aks.cluster.kubernetesVersion`: must be one of 1.34, 1.35, 1.36, 1.37, which AKS supports, got "1.30"; run `pulumi config set --path spacelift:aks.cluster.kubernetesVersion 1.36`',
  ),
  wrong(
    "a patch version of Kubernetes",
    cluster({ kubernetesVersion: "1.36.2" }),
    '`spacelift:aks.cluster.kubernetesVersion`: must be a minor version such as "1.36", in quotes: AKS picks the patch, got "1.36.2"; run `pulumi config set --path spacelift:aks.cluster.kubernetesVersion 1.36`',
  ),
  wrong(
    "a version of Kubernetes as a number",
    cluster({ kubernetesVersion: 1.36 }),
    "`spacelift:aks.cluster.kubernetesVersion`: must be a string, got 1.36; run `pulumi config set --path spacelift:aks.cluster.kubernetesVersion 1.36`",
  ),
  wrong(
    "fewer nodes at most than at least",
    cluster({ systemPool: { minCount: 5, maxCount: 3 } }),
    "`spacelift:aks.cluster.systemPool.minCount`: must be at most `maxCount` (3), got 5; run `pulumi config set --path spacelift:aks.cluster.systemPool.maxCount 5`",
  ),
  wrong(
    "no node for the system",
    cluster({ systemPool: { minCount: 0 } }),
    "`spacelift:aks.cluster.systemPool.minCount`: must be at least 1: the cluster's own pods run here, got 0; run `pulumi config set --path spacelift:aks.cluster.systemPool.minCount 1`",
  ),
  wrong(
    "a burstable system pool",
    cluster({ systemPool: { vmSize: "Standard_B4ms" }, osDisk: "Managed" }),
    '`spacelift:aks.cluster.systemPool.vmSize`: must not be a burstable size, which AKS does not support for a system pool, got "Standard_B4ms"; run `pulumi config set --path spacelift:aks.cluster.systemPool.vmSize Standard_D4ds_v5`',
  ),
  wrong(
    "an ephemeral disk on nodes without a disk",
    cluster({ systemPool: { vmSize: "Standard_D4s_v5" }, osDisk: "Ephemeral" }),
    '`spacelift:aks.cluster.systemPool.vmSize`: must be a size with a local disk for the operating system, got "Standard_D4s_v5"; run `pulumi config set --path spacelift:aks.cluster.systemPool.vmSize Standard_D4ds_v5`, or run `pulumi config set --path spacelift:aks.cluster.osDisk Managed`',
  ),
  wrong(
    "a size of no machine",
    cluster({ systemPool: { vmSize: "large" } }),
    '`spacelift:aks.cluster.systemPool.vmSize`: must be a size such as "Standard_D4ds_v5", got "large"; run `pulumi config set --path spacelift:aks.cluster.systemPool.vmSize Standard_D4ds_v5`',
  ),
  wrong(
    "two pools of one name",
    cluster({ pools: [{ name: "apps" }, { name: "apps" }] }),
    '`spacelift:aks.cluster.pools[1].name`: must be unique, got "apps" again; choose another name',
  ),
  wrong(
    "a pool named as the system's",
    cluster({ pools: [{ name: "system" }] }),
    '`spacelift:aks.cluster.pools[0].name`: must be unique, got "system" again; choose another name',
  ),
  wrong(
    "a pool name with a hyphen",
    cluster({ pools: [{ name: "my-apps" }] }),
    "`spacelift:aks.cluster.pools[0].name`: must be 1 to 12 lower-case letters and digits, a letter first, got \"my-apps\"; run `pulumi config set --path 'spacelift:aks.cluster.pools[0].name' apps`",
  ),
  wrong(
    "pools for runs alone",
    cluster({ pools: [{ name: "runs", purpose: "runs" }] }),
    '`spacelift:aks.cluster.pools`: must have a pool with `purpose: services`: nothing but runs would find a node; set `pools: [{"name":"runs","purpose":"runs"},{"name":"apps"}]` there in the stack file',
  ),
  wrong(
    "a pool in a zone that is not chosen",
    aks({ zones: [1, 2], cluster: { pools: [{ name: "apps", zones: [3] }] } }),
    "`spacelift:aks.cluster.pools[0].zones`: must be among `aks.zones`, got \"3\"; run `pulumi config rm --path 'spacelift:aks.cluster.pools[0].zones'`",
  ),
  wrong(
    "nobody said to reach the API server",
    cluster({ authorizedRanges: undefined }),
    '`spacelift:aks.cluster.authorizedRanges`: is missing: with size `prod`, say who reaches the API server; set `authorizedRanges: ["203.0.113.0/24"]` there in the stack file, with "0.0.0.0/0" for everybody',
  ),
  wrong(
    "an empty list of who reaches the API server",
    cluster({ authorizedRanges: [] }),
    '`spacelift:aks.cluster.authorizedRanges`: must not be empty, which would let in everybody without saying so; set `authorizedRanges: ["0.0.0.0/0"]` there in the stack file',
  ),
  wrong(
    "ranges for a private cluster",
    cluster({ private: true }),
    "`spacelift:aks.cluster.authorizedRanges`: contradicts `private`: a private API server has no public address to guard; run `pulumi config rm --path spacelift:aks.cluster.authorizedRanges`",
  ),
  wrong(
    "Entra ID that lets nobody in",
    cluster({ entra: { azureRbac: false } }),
    '`spacelift:aks.cluster.entra.adminGroupIds`: is missing: without `azureRbac`, nobody could log in; set `adminGroupIds: ["00000000-0000-0000-0000-000000000000"]` there in the stack file',
  ),
  wrong(
    "a group by its name",
    cluster({ entra: { adminGroupIds: ["admins"] } }),
    "`spacelift:aks.cluster.entra.adminGroupIds[0]`: must be a GUID in lower case such as 00000000-0000-0000-0000-000000000000, got \"admins\"; run `pulumi config set --path 'spacelift:aks.cluster.entra.adminGroupIds[0]' 00000000-0000-0000-0000-000000000000`",
  ),
  wrong(
    "maintenance of everything on one day",
    cluster({ maintenance: { day: "Saturday" } }),
    '`spacelift:aks.database.maintenance.day`: must be another day than `aks.cluster.maintenance.day`, got "Saturday"; run `pulumi config set --path spacelift:aks.database.maintenance.day Monday`',
  ),
  wrong(
    "a time without minutes",
    cluster({ maintenance: { startTime: "2am" } }),
    '`spacelift:aks.cluster.maintenance.startTime`: must be a time such as "02:00", got "2am"; run `pulumi config set --path spacelift:aks.cluster.maintenance.startTime 02:00`',
  ),
  wrong(
    "a maintenance window too short for Azure",
    cluster({ maintenance: { hours: 1 } }),
    "`spacelift:aks.cluster.maintenance.hours`: must be at least 4, got 1; run `pulumi config set --path spacelift:aks.cluster.maintenance.hours 4`",
  ),
  wrong(
    "a version for a cluster that is given",
    {
      ...aks({
        network: { databaseSubnetId: givenIds.databaseSubnet },
        cluster: { existingId: givenIds.cluster, authorizedRanges: undefined, kubernetesVersion: "1.36" },
      }),
    },
    "`spacelift:aks.cluster.kubernetesVersion`: has no use: the cluster is given; run `pulumi config rm --path spacelift:aks.cluster.kubernetesVersion`",
  ),
  wrong(
    "a database out of reach of the given cluster",
    cluster({ existingId: givenIds.cluster, authorizedRanges: undefined }),
    "`spacelift:aks.network.databaseSubnetId`: is missing: the database must be in a network that the given cluster reaches; set it to the id of a subnet delegated to Microsoft.DBforPostgreSQL/flexibleServers, or give the secret `databaseUrl`",
  ),
  wrong(
    "a version of PostgreSQL that is retired",
    database({ version: 14 }),
    "`spacelift:aks.database.version`: must be one of 15, 16, 17, got 14; run `pulumi config set --path spacelift:aks.database.version 17`",
  ),
  wrong(
    "a standby for a burstable server",
    database({ sku: "Standard_B2s", highAvailability: "ZoneRedundant" }),
    '`spacelift:aks.database.highAvailability`: must be Disabled with the burstable size Standard_B2s, got "ZoneRedundant"; run `pulumi config set --path spacelift:aks.database.sku Standard_D4ds_v5`, or run `pulumi config set --path spacelift:aks.database.highAvailability Disabled`',
  ),
  wrong(
    "a standby in another zone where there is none",
    aks({ location: "westus", database: { highAvailability: "ZoneRedundant" } }),
    "`spacelift:aks.database.highAvailability`: must be SameZone or Disabled: westus has no availability zones; run `pulumi config set --path spacelift:aks.database.highAvailability SameZone`",
  ),
  wrong(
    "backups in a pair that the region lacks",
    aks({ location: "polandcentral", database: { geoRedundantBackup: true } }),
    "`spacelift:aks.database.geoRedundantBackup`: must be false: polandcentral has no paired region; run `pulumi config set --path spacelift:aks.database.geoRedundantBackup false`",
  ),
  wrong(
    "a replica of a burstable server",
    aks({ size: "dev", database: { readReplica: true } }),
    "`spacelift:aks.database.readReplica`: must be false with the burstable size Standard_B2s, which takes no replica; run `pulumi config set --path spacelift:aks.database.sku Standard_D4ds_v5`, or run `pulumi config rm --path spacelift:aks.database.readReplica`",
  ),
  wrong(
    "a disk of a size Azure does not have",
    database({ storageGb: 100 }),
    "`spacelift:aks.database.storageGb`: must be one of 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32767, got 100; run `pulumi config set --path spacelift:aks.database.storageGb 128`",
  ),
  wrong(
    "backups for too many days",
    database({ backupDays: 90 }),
    "`spacelift:aks.database.backupDays`: must be at most 35, got 90; run `pulumi config set --path spacelift:aks.database.backupDays 35`",
  ),
  wrong(
    "an administrator's name that Azure keeps",
    database({ adminLogin: "admin" }),
    '`spacelift:aks.database.adminLogin`: must not be a name that PostgreSQL or Azure keeps for itself, got "admin"; run `pulumi config set --path spacelift:aks.database.adminLogin spacelift`',
  ),
  wrong(
    "a database of the server's own",
    database({ name: "postgres" }),
    '`spacelift:aks.database.name`: must not be a database of the server\'s own, got "postgres"; run `pulumi config set --path spacelift:aks.database.name spacelift`',
  ),
  wrong(
    "a parameter that is no string",
    database({ parameters: { log_connections: true } }),
    "`spacelift:aks.database.parameters.log_connections`: must be a string, got true; run `pulumi config set --path spacelift:aks.database.parameters.log_connections '<value>'`",
  ),
  wrong(
    "a connection limit that is no number",
    database({ parameters: { max_connections: "many" } }),
    '`spacelift:aks.database.parameters.max_connections`: must be a whole number in quotes, got "many"; run `pulumi config rm --path spacelift:aks.database.parameters.max_connections`',
  ),
  wrong(
    "settings of a database that is given",
    database({ sku: "Standard_D4ds_v5" }),
    "`spacelift:aks.database.sku`: has no use: the secret `databaseUrl` names a database that is there; run `pulumi config rm --path spacelift:aks.database.sku`, or run `pulumi config rm spacelift:databaseUrl`",
    { databaseUrl: samples.databaseUrl },
  ),
  wrong(
    "a given database without encryption",
    {},
    "`spacelift:databaseUrl`: must say sslmode=verify-full (or verify-ca, require): without it the password may travel in clear; add the parameter and set it again",
    { databaseUrl: "postgres://u:planted@h/spacelift?sslmode=disable" },
  ),
  wrong(
    "a read replica's URL without the database's",
    {},
    "`spacelift:databaseReadOnlyUrl`: has no use: the database is made, and `aks.database.readReplica` with it; run `pulumi config rm spacelift:databaseReadOnlyUrl`",
    { databaseReadOnlyUrl: samples.databaseUrl },
  ),
  wrong(
    "a kubeconfig for a cluster that is made",
    {},
    "`spacelift:kubeconfig`: has no use: the cluster is made, and its kubeconfig with it; run `pulumi config rm spacelift:kubeconfig`",
    { kubeconfig: "clusters: []\nusers: []\n" },
  ),
  wrong(
    "a secret of the other target",
    {},
    "`spacelift:registryPassword`: has no use: only the target `onprem` reads it; run `pulumi config rm spacelift:registryPassword`",
    { registryPassword: "planted" },
  ),
  wrong(
    "replication over zones where there are none",
    aks({ location: "westus", storage: { sku: "Standard_ZRS" } }),
    '`spacelift:aks.storage.sku`: must be without zones: westus has none, got "Standard_ZRS"; run `pulumi config set --path spacelift:aks.storage.sku Standard_LRS`',
  ),
  wrong(
    "replication to a pair that the region lacks",
    aks({ location: "polandcentral", storage: { sku: "Standard_GZRS" } }),
    '`spacelift:aks.storage.sku`: must stay in the region: polandcentral has no paired region, got "Standard_GZRS"; run `pulumi config set --path spacelift:aks.storage.sku Standard_ZRS`',
  ),
  wrong(
    "a private range in a firewall for public ones",
    storage({ allowedRanges: ["10.0.0.0/8"] }),
    "`spacelift:aks.storage.allowedRanges[0]`: must be a public range of at most /30, as a storage account takes it, got \"10.0.0.0/8\"; run `pulumi config rm --path 'spacelift:aks.storage.allowedRanges[0]'`",
  ),
  wrong(
    "a single address in a storage firewall",
    storage({ allowedRanges: ["203.0.113.7/32"] }),
    "`spacelift:aks.storage.allowedRanges[0]`: must be a public range of at most /30, as a storage account takes it, got \"203.0.113.7/32\"; run `pulumi config rm --path 'spacelift:aks.storage.allowedRanges[0]'`",
  ),
  wrong(
    "replication of an account that is given",
    storage({ accountId: givenIds.account, sku: "Standard_ZRS" }),
    "`spacelift:aks.storage.sku`: has no use: the storage account is given; run `pulumi config rm --path spacelift:aks.storage.sku`",
  ),
  wrong(
    "a firewall that shuts out a given subnet",
    aks({
      network: { nodeSubnetId: givenIds.nodeSubnet, databaseSubnetId: givenIds.databaseSubnet },
      storage: { allowedRanges: ["203.0.113.0/24"] },
    }),
    "`spacelift:aks.storage.allowedRanges`: needs a network that is made here: a subnet of yours would be shut out; run `pulumi config rm --path spacelift:aks.storage.allowedRanges`",
  ),
  wrong(
    "an anonymous registry of tier Basic",
    registry({ sku: "Basic", anonymousLauncher: true }),
    "`spacelift:aks.registry.sku`: must be Standard or Premium: a Basic registry lets nobody pull without logging in; run `pulumi config set --path spacelift:aks.registry.sku Standard`",
  ),
  wrong(
    "a tier for a registry that is given",
    registry({ id: givenIds.registry, sku: "Premium" }),
    "`spacelift:aks.registry.sku`: has no use: the registry is given; run `pulumi config rm --path spacelift:aks.registry.sku`",
  ),
  wrong(
    "images that are in a registry not made yet",
    { images: { push: false, archive: undefined } },
    "`spacelift:images.push`: must be true: a registry that is made holds no images yet; run `pulumi config set --path spacelift:images.push true`, or set `aks.registry.id` to the id of the registry that has them",
  ),
  wrong(
    "a container name with two hyphens in a row",
    { buckets: { uploads: { name: "acme--uploads" } } },
    '`spacelift:buckets.uploads.name`: must not have two hyphens in a row, which Azure refuses, got "acme--uploads"; run `pulumi config rm --path spacelift:buckets.uploads.name`',
  ),
  wrong(
    "a host outside of its zone",
    { domain: "spacelift.example.org", ...aks({ dns: { zoneId: givenIds.dnsZone } }) },
    '`spacelift:domain`: must lie in the zone of `aks.dns.zoneId` (example.com), got "spacelift.example.org"; choose a name below example.com, or run `pulumi config rm --path spacelift:aks.dns.zoneId`',
  ),
  wrong(
    "a gateway outside of its zone",
    { vcsGateway: { domain: "vcs.example.org" }, ...aks({ dns: { zoneId: givenIds.dnsZone } }) },
    '`spacelift:vcsGateway.domain`: must lie in the zone of `aks.dns.zoneId` (example.com), got "vcs.example.org"; choose a name below example.com, or run `pulumi config rm --path spacelift:aks.dns.zoneId`',
  ),
  wrong(
    "DNS-01 without a zone",
    { tls: { challenge: "dns01" } },
    "`spacelift:aks.dns.zoneId`: is missing: with `tls.challenge: dns01`, cert-manager proves itself in it; set it to the id of your DNS zone, or run `pulumi config set --path spacelift:tls.challenge http01`",
  ),
  wrong(
    "a zone that nothing uses",
    aks({ dns: { zoneId: givenIds.dnsZone, createRecords: false } }),
    "`spacelift:aks.dns.zoneId`: has no use: neither `createRecords` nor `tls.challenge: dns01` asks for it; run `pulumi config rm --path spacelift:aks.dns.zoneId`",
  ),
];

const problemsOf = (config: TestConfig): string[] => {
  const { problems } = parseConfig(raw(config));
  return problems.length === 0 ? [] : formatProblems(problems).split("\n").slice(1);
};

describe("wrong Azure configurations", () => {
  for (const { title, config, line } of cases) {
    it(`rejects ${title}`, () => {
      const lines = problemsOf(config);
      assert.ok(lines.includes(`  ${line}`), `expected\n  ${line}\ngot\n${lines.join("\n")}`);
    });
  }

  it("takes the smallest and the fullest configuration", () => {
    assert.deepEqual(problemsOf(minimalAks), []);
    assert.deepEqual(problemsOf(fullAks("./self-hosted-v3.0.0.tar.gz")), []);
  });

  it("takes every size in regions that lack zones or a pair", () => {
    for (const size of ["dev", "prod", "ha"]) {
      for (const location of ["westeurope", "polandcentral", "westus"]) {
        assert.deepEqual(problemsOf(configuredAks(aks({ size, location }))), [], `${size} in ${location}`);
      }
    }
  });

  it("reports the problems of every section at once", () => {
    const config = configuredAks({
      aks: {
        location: "polandcentral",
        network: { podCidr: "10.244.0.0/20" },
        cluster: { authorizedRanges: undefined },
        database: { geoRedundantBackup: true },
        storage: { sku: "Standard_GRS" },
        registry: { sku: "Basic", anonymousLauncher: true },
      },
    });
    const keys = problemsOf(config).map((line) => /`spacelift:([^`]+)`/.exec(line)?.[1]);
    assert.deepEqual(keys, [
      "aks.cluster.authorizedRanges",
      "aks.database.geoRedundantBackup",
      "aks.network.podCidr",
      "aks.registry.sku",
      "aks.storage.sku",
    ]);
  });

  it("never shows the value of a wrong secret", () => {
    for (const { config } of cases) assert.doesNotMatch(problemsOf(config).join("\n"), /planted/);
  });
});
