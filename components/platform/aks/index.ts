import { ResourceGroup } from "@pulumi/azure-native/resources";
import { Provider } from "@pulumi/azure-native/provider";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { SpaceliftComponent } from "../../component";
import { defined } from "../../json";
import { backendServiceAccount } from "../../spacelift/service-account";
import type {
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
import type { AksPlatformArgs } from "./args";
import { type ProvidedCluster, provideCluster } from "./provide-cluster";
import { Dns } from "./dns";
import { Identity } from "./identity";
import { Network } from "./network";
import { provideDatabase } from "./provide-database";
import { provideImages } from "./provide-images";
import { keptData } from "./kept";
import { type FixedNames, fixedNames, seedLength, seededNamesOutput } from "./names";
import { privateIngress } from "./private-address";
import { PublicAddress } from "./public-address";
import { Registry } from "./registry";
import { type AzureScope, environments } from "./scope";
import { Storage } from "./storage";

export type { AksPlatformArgs } from "./args";

/** Azure: a cluster, a database, object storage, a registry and an address, each made here or given. */
export class AksPlatform extends SpaceliftComponent implements Platform {
  readonly kubernetes: KubernetesPlatform;
  readonly images: ImagesPlatform;
  readonly database: DatabasePlatform;
  readonly objectStorage: ObjectStoragePlatform;
  readonly ingress: IngressPlatform;
  readonly workloadIdentity: WorkloadIdentity;
  declare readonly dns?: DnsPlatform;
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
    const network = "addressSpace" in args.network ? this.makeNetwork(args.network) : undefined;
    const storage = this.provideStorage(network);
    const registries = this.provideRegistries();
    const owner = { resource: this, child: (role: string) => this.child(role), azure, inAzure: this.inAzure };
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
    const address = this.provideAddress(cluster);
    const internal = this.provideInternal(cluster);
    const identity = new Identity(
      this.child("backend"),
      {
        scope: this.scope,
        identityName: this.names.backendIdentity,
        issuerUrl: cluster.issuerUrl,
        serviceAccount: { namespace: args.namespace, name: backendServiceAccount },
        grant: { role: "storageBlobDataContributor", scope: storage.accountId },
      },
      this.inAzure,
    );
    this.kubernetes = cluster.kubernetes;
    this.images = provideImages(owner, args, registries.main, registries.launcher, cluster.pullRole);
    this.database = database.platform;
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
        serviceAnnotations: address.serviceAnnotations,
        address: address.address,
        ready: address.ready,
      }),
    };
    this.replicas = args.replicas;
    if (args.dns) this.dns = this.provideDns(args.dns, cluster, this.ingress.address);
    this.kept = args.protectData ? keptData(args) : [];
    const plain = (value: string): pulumi.Output<string> => pulumi.output(value);
    this.outputs = defined({
      subscriptionId: plain(args.subscriptionId),
      location: plain(args.location),
      resourceGroupName: pulumi.output(this.scope.resourceGroupName),
      virtualNetworkId: network?.networkId,
      nodeSubnetId: network?.nodeSubnetId,
      databaseSubnetId: network?.databaseSubnetId,
      clusterName: cluster.name,
      clusterResourceGroupName: cluster.resourceGroupName,
      oidcIssuerUrl: cluster.issuerUrl,
      publicIpAddress: address?.address,
      privateIpAddress: internal?.address,
      egressIpAddress: network?.egressAddress,
      privateRegistryName: registries.main.registryName,
      privateRegistryServer: registries.main.loginServer,
      publicRegistryName: registries.launcher?.registryName,
      publicRegistryServer: registries.launcher?.loginServer,
      storageAccountName: storage.accountName,
      storageAccountUrl: storage.accountUrl,
      databaseServerName: database.made?.serverName,
      databaseHost: database.made?.host,
      databaseName: database.made?.databaseName,
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
      // With the group would go everything in it, whether this program made it or not.
      { parent: this, provider: azure, protect: protectData },
    ).name;
  }

  private makeNetwork(network: Extract<AksPlatformArgs["network"], { addressSpace: string }>): Network {
    const { args } = this;
    const { databaseCidr, ...rest } = network;
    return new Network(
      this.child("network"),
      {
        scope: this.scope,
        names: this.names,
        ...rest,
        ...("url" in args.database ? {} : { databaseCidr }),
        zones: args.zones,
        storageEndpoint: !("id" in args.storage) && args.storage.allowedRanges !== undefined,
      },
      this.inAzure,
    );
  }

  private provideStorage(network: Network | undefined): Storage {
    const { storage, buckets, protectData, domain } = this.args;
    return new Storage(
      this.child("storage"),
      {
        scope: this.scope,
        account:
          "id" in storage
            ? storage
            : defined({
                name: this.seeded.storageAccount,
                sku: storage.sku,
                softDeleteDays: storage.softDeleteDays,
                allowSharedKeys: storage.allowSharedKeys,
                origin: `https://${domain}`,
                firewall:
                  storage.allowedRanges && network
                    ? { ranges: storage.allowedRanges, subnetId: network.nodeSubnetId }
                    : undefined,
              }),
        buckets,
        protectData,
      },
      this.inAzure,
    );
  }

  private provideRegistries(): { readonly main: Registry; readonly launcher: Registry | undefined } {
    const { given, sku, anonymousLauncher } = this.args.registry;
    const create = (
      role: string,
      registry: ConstructorParameters<typeof Registry>[1]["registry"],
      anonymousPull: boolean,
    ): Registry =>
      new Registry(this.child(role), { scope: this.scope, registry, sku, anonymousPull }, this.inAzure);
    return {
      main: create("registry", given ?? this.seeded.registry, false),
      launcher: anonymousLauncher ? create("launcher-registry", this.seeded.publicRegistry, true) : undefined,
    };
  }

  private provideAddress(cluster: ProvidedCluster): PublicAddress | undefined {
    const { publicAddress, subscriptionId, location, tags, zones } = this.args;
    if (!publicAddress) return undefined;
    return new PublicAddress(
      this.child("ingress"),
      {
        scope: { subscriptionId, location, tags },
        resourceGroupName: this.names.ingressResourceGroup,
        addressName: this.names.ingressAddress,
        zones,
        clusterPrincipalId: cluster.principalId,
        // The group that is made for the address is new: nobody has a role on it yet.
        assignRole: cluster.assignRoles || !publicAddress.given,
        ...(publicAddress.given && { given: publicAddress.given }),
      },
      this.inAzure,
    );
  }

  private provideInternal(cluster: ProvidedCluster): ReturnType<typeof privateIngress> | undefined {
    const { privateAddress, subscriptionId } = this.args;
    return (
      privateAddress &&
      privateIngress(
        privateAddress,
        cluster.assignRoles
          ? {
              logicalName: this.child("ingress-subnet-role"),
              subscriptionId,
              clusterPrincipalId: cluster.principalId,
              opts: { parent: this, provider: this.azure },
            }
          : undefined,
      )
    );
  }

  private provideDns(
    { certManager, ...options }: NonNullable<AksPlatformArgs["dns"]>,
    cluster: ProvidedCluster,
    address: pulumi.Output<string> | undefined,
  ): DnsPlatform {
    const component = new Dns(
      this.child("dns"),
      defined({
        scope: this.scope,
        zone: options.zone,
        ttlSeconds: options.ttlSeconds,
        // Without an address of ours there is nothing a record could point at.
        hosts: address ? options.hosts : [],
        address: address ?? "",
        environment: environments[this.args.cloud],
        challenge: certManager && {
          identityName: this.names.certManagerIdentity,
          issuerUrl: cluster.issuerUrl,
          serviceAccount: certManager,
        },
      }),
      this.inAzure,
    );
    return component.dns;
  }
}
