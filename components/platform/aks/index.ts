import { ResourceGroup } from "@pulumi/azure-native/resources";
import { Provider } from "@pulumi/azure-native/provider";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { ExistingNetwork } from "../../../config/aks/parts";
import { restorePointName } from "../../../config/restore-point";
import { SpaceliftComponent } from "../../component";
import { defined } from "../../json";
import { backendServiceAccount } from "../../spacelift/values";
import type {
  BrokerPlatform,
  DatabasePlatform,
  DnsPlatform,
  ImagesPlatform,
  IngressPlatform,
  Kept,
  KubernetesPlatform,
  ObjectStoragePlatform,
  Platform,
  WorkloadIdentity,
} from "../platform";
import { Alerts } from "./alerts";
import { type AksPlatformArgs, keptData } from "./args";
import { type ProvidedCluster, provideCluster } from "./provide-cluster";
import { Dns, type DnsArgs } from "./dns";
import { Identity } from "./identity";
import { type DataHolder, Locks } from "./locks";
import { Network } from "./network";
import { type ProvidedDatabase, provideDatabase } from "./provide-database";
import { provideImages } from "./provide-images";
import { type FixedNames, fixedNames, seedLength, seededNamesOutput } from "./names";
import { PublicAddress, ingressProbe, privateIngress } from "./ingress-address";
import { provideRegistries } from "./registry";
import { RestorePoint } from "./restore-point";
import { type AzureScope, environments } from "./scope";
import { type AccountArgs, Storage } from "./storage";

export type { AksPlatformArgs } from "./args";

/** Azure: a cluster, a database, object storage, a registry and an address, each new or existing. */
export class AksPlatform extends SpaceliftComponent implements Platform {
  readonly kubernetes: KubernetesPlatform;
  readonly images: ImagesPlatform;
  readonly database: DatabasePlatform;
  readonly objectStorage: ObjectStoragePlatform;
  readonly ingress: IngressPlatform;
  readonly workloadIdentity: WorkloadIdentity;
  declare readonly broker?: BrokerPlatform;
  declare readonly dns?: DnsPlatform;
  declare readonly egressAddresses?: pulumi.Output<readonly string[]>;
  readonly replicas: number;
  readonly kept: readonly Kept[];
  readonly outputs: Readonly<Record<string, pulumi.Output<string>>>;
  readonly shell: Readonly<Record<string, pulumi.Output<string>>>;

  private readonly args: AksPlatformArgs;
  private readonly scope: AzureScope;
  private readonly names: FixedNames;
  private readonly seeded: ReturnType<typeof seededNamesOutput>;
  private readonly azure: Provider;
  private readonly inAzure: pulumi.ComponentResourceOptions;

  constructor(name: string, args: AksPlatformArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:platform:Aks", name, opts);
    this.args = args;
    const azure = new Provider(
      this.child("azure"),
      { subscriptionId: args.subscriptionId, location: args.location, environment: args.cloud },
      { parent: this },
    );
    this.azure = azure;
    this.inAzure = { parent: this, providers: [azure] };
    this.names = fixedNames(args.prefix, args.resourceGroup.name);
    const seed = new random.RandomString(
      this.child("seed"),
      { length: seedLength, upper: false, special: false },
      { parent: this },
    );
    this.seeded = seededNamesOutput(args.prefix, seed.result);
    this.scope = {
      subscriptionId: args.subscriptionId,
      location: args.location,
      tags: args.tags,
      resourceGroupName: this.provideGroup(azure),
    };
    const network = this.provideNetwork();
    const storage = this.provideStorage(network);
    const owner = { resource: this, child: (role: string) => this.child(role), azure, inAzure: this.inAzure };
    const registries = provideRegistries(owner, args.registry, this.scope, this.seeded);
    const cluster = provideCluster(owner, {
      args,
      scope: this.scope,
      names: this.names,
      network,
      registryId: registries.main.registryId,
    });
    const database = provideDatabase(owner, {
      args,
      scope: this.scope,
      names: this.names,
      seeded: this.seeded,
      network,
    });
    const address = this.providePublicAddress(cluster);
    const internal = this.providePrivateIngress(cluster);
    const broker = this.provideBrokerAddress(cluster);
    const identity = new Identity(
      this.child("backend"),
      {
        scope: this.scope,
        identityName: this.names.backendIdentity,
        issuerUrl: cluster.issuerUrl,
        serviceAccount: { namespace: args.namespace, name: backendServiceAccount },
        grants: storage.grants,
      },
      this.inAzure,
    );
    if (args.locks) {
      const holders: Readonly<Record<string, DataHolder | undefined>> = {
        database: database.created?.holder,
        // The role that Spacelift has on the account lies in it, too.
        storage: storage.holder && {
          ...storage.holder,
          contents: [...storage.holder.contents, ...identity.roles],
        },
      };
      new Locks(
        this.child("locks"),
        { holders: defined(holders), protectData: args.protectData },
        this.inAzure,
      );
    }
    if (args.alerts) {
      const watched = defined({
        database: database.created?.holder.id,
        storage: storage.holder?.id,
        cluster: cluster.createdId,
      });
      new Alerts(
        this.child("alerts"),
        { scope: this.scope, names: this.names, recipients: args.alerts, watched },
        this.inAzure,
      );
    }
    this.kubernetes = cluster.kubernetes;
    this.images = provideImages(owner, args, registries.main, registries.launcher, cluster.pullRole);
    this.database = this.withRestorePoint(database);
    this.objectStorage = {
      service: { type: "azure", accountUrl: storage.accountUrl },
      buckets: storage.containerNames,
      uploadsUrl: storage.accountUrl,
    };
    this.workloadIdentity = identity.workloadIdentity;
    this.ingress = internal ?? {
      defaultMode: "traefik",
      serviceAnnotations: {},
      ...(address && {
        serviceAnnotations: { ...address.serviceAnnotations, ...ingressProbe },
        address: address.address,
        ready: address.ready,
      }),
    };
    this.replicas = args.replicas;
    if (broker) this.broker = broker;
    if (args.dns) this.dns = this.provideDns(args.dns, cluster);
    if (cluster.egressAddresses) this.egressAddresses = cluster.egressAddresses;
    this.kept = args.protectData ? keptData(args) : [];
    const created = network.kind === "new" ? network : undefined;
    const plain = (value: string): pulumi.Output<string> => pulumi.output(value);
    this.outputs = defined({
      subscriptionId: plain(args.subscriptionId),
      location: plain(args.location),
      resourceGroupName: pulumi.output(this.scope.resourceGroupName),
      virtualNetworkId: created?.networkId,
      nodeSubnetId: created?.nodeSubnetId,
      databaseSubnetId: created?.databaseSubnetId,
      clusterName: cluster.name,
      clusterResourceGroupName: cluster.resourceGroupName,
      oidcIssuerUrl: cluster.issuerUrl,
      publicIpAddress: address?.address,
      privateIpAddress: internal?.address,
      brokerIpAddress: broker?.address,
      egressIpAddress: created?.egressAddress,
      privateRegistryName: registries.main.registryName,
      privateRegistryServer: registries.main.loginServer,
      publicRegistryName: registries.launcher?.registryName,
      publicRegistryServer: registries.launcher?.loginServer,
      storageAccountName: storage.accountName,
      storageAccountUrl: storage.accountUrl,
      databaseServerName: database.created?.serverName,
      databaseHost: database.created?.host,
      databaseName: database.created?.databaseName,
      backendIdentityClientId: identity.clientId,
    });
    this.shell = defined({
      AZURE_SUBSCRIPTION_ID: plain(args.subscriptionId),
      AZURE_RESOURCE_GROUP_NAME: cluster.resourceGroupName,
      AKS_CLUSTER_NAME: cluster.name,
      PUBLIC_IP_ADDRESS: address?.address,
      PRIVATE_CONTAINER_REGISTRY_NAME: registries.main.registryName,
      PUBLIC_CONTAINER_REGISTRY_NAME: registries.launcher?.registryName,
    });
    this.registerOutputs();
  }

  private provideGroup(azure: Provider): pulumi.Input<string> {
    const { resourceGroup, location, tags, protectData } = this.args;
    if (!resourceGroup.create) return resourceGroup.name;
    return new ResourceGroup(
      this.child("group"),
      { resourceGroupName: resourceGroup.name, location, tags },
      // With the group would go everything in it, whether this program created it or not.
      { parent: this, provider: azure, protect: protectData },
    ).name;
  }

  private provideNetwork(): Network | ExistingNetwork {
    const { network, database, storage, zones } = this.args;
    if (network.kind === "existing") return network;
    return new Network(
      this.child("network"),
      {
        ...network,
        scope: this.scope,
        names: this.names,
        databaseCidr: database.kind === "new" ? network.databaseCidr : undefined,
        zones,
        storageEndpoint: storage.kind === "new" && storage.allowedRanges !== undefined,
      },
      this.inAzure,
    );
  }

  private provideStorage(network: Network | ExistingNetwork): Storage {
    const { storage, buckets, protectData, domain } = this.args;
    const firewall = (ranges: readonly string[] | undefined): AccountArgs["firewall"] =>
      ranges && network.kind === "new" ? { ranges, subnetId: network.nodeSubnetId } : undefined;
    return new Storage(
      this.child("storage"),
      {
        scope: this.scope,
        account:
          storage.kind === "existing"
            ? storage
            : {
                ...storage,
                name: this.seeded.storageAccount,
                origin: `https://${domain}`,
                firewall: firewall(storage.allowedRanges),
              },
        buckets,
        protectData,
      },
      this.inAzure,
    );
  }

  /** Taken when the images are there: an upgrade that stops at them needs none. */
  private withRestorePoint({ platform, created }: ProvidedDatabase): DatabasePlatform {
    const before = this.args.restorePointBefore;
    if (before === undefined || !created) return platform;
    const prefix = restorePointName(before);
    const restorePoint = new RestorePoint(
      this.child(prefix),
      {
        scope: this.scope,
        serverName: created.serverName,
        prefix,
        after: [...this.images.pushed, ...created.holder.contents],
      },
      this.inAzure,
    );
    return { ...platform, restorePoint };
  }

  private providePublicAddress(cluster: ProvidedCluster): PublicAddress | undefined {
    const { address, subscriptionId, location, tags, zones } = this.args;
    if (address.kind !== "new" && address.kind !== "existing") return undefined;
    return new PublicAddress(
      this.child("ingress"),
      {
        scope: { subscriptionId, location, tags },
        address,
        resourceGroupName: this.names.ingressResourceGroup,
        addressName: this.names.ingressAddress,
        zones,
        clusterPrincipalId: cluster.principalId,
        assignRole: cluster.assignRoles || address.kind === "new",
      },
      this.inAzure,
    );
  }

  private provideBrokerAddress(cluster: ProvidedCluster): PublicAddress | undefined {
    const { brokerAddress, subscriptionId, location, tags, zones } = this.args;
    if (!brokerAddress) return undefined;
    return new PublicAddress(
      this.child("mqtt"),
      {
        scope: { subscriptionId, location, tags },
        address: brokerAddress,
        resourceGroupName: this.names.brokerResourceGroup,
        addressName: this.names.brokerAddress,
        zones,
        clusterPrincipalId: cluster.principalId,
        assignRole: true,
      },
      this.inAzure,
    );
  }

  private providePrivateIngress(cluster: ProvidedCluster): ReturnType<typeof privateIngress> | undefined {
    const { address, subscriptionId } = this.args;
    if (address.kind !== "private") return undefined;
    return privateIngress(
      address,
      cluster.assignRoles
        ? {
            logicalName: this.child("ingress-subnet-role"),
            subscriptionId,
            clusterPrincipalId: cluster.principalId,
            opts: { parent: this, provider: this.azure },
          }
        : undefined,
    );
  }

  private provideDns(
    { certManager, ...options }: NonNullable<AksPlatformArgs["dns"]>,
    cluster: ProvidedCluster,
  ): DnsPlatform {
    // Without an address of ours there is nothing a record could point at.
    const records = (
      hosts: readonly string[],
      address: pulumi.Output<string> | undefined,
    ): DnsArgs["records"] => (address ? hosts.map((host) => ({ host, address })) : []);
    const component = new Dns(
      this.child("dns"),
      {
        scope: this.scope,
        zone: options.zone,
        ttlSeconds: options.ttlSeconds,
        records: [
          ...records(options.hosts, this.ingress.address),
          ...records(options.brokerHosts ?? [], this.broker?.address),
        ],
        environment: environments[this.args.cloud],
        challenge: certManager && {
          identityName: this.names.certManagerIdentity,
          issuerUrl: cluster.issuerUrl,
          serviceAccount: certManager,
        },
      },
      this.inAzure,
    );
    return component.dns;
  }
}
