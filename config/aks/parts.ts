import type { AksSection } from "./settings";
import type { PoolSettings } from "./settings/cluster";
import type { DatabaseTier } from "./sizes";

/** `T` with every choice made. */
type Decided<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };

/** A part of the platform that this program creates. */
export interface NewResource {
  readonly kind: "new";
}

/** A part of the platform that the operator brings. */
export interface ExistingResource {
  readonly kind: "existing";
  readonly id: string;
  readonly resourceGroup: string;
  readonly name: string;
}

/** Where the operating system of a node is: on its local disk, or on one of Azure's. */
export type OsDisk = NonNullable<AksSection["cluster"]["osDisk"]>;

export interface NodePool extends Readonly<Omit<PoolSettings, "purpose" | "zones">> {
  /** `runs`: for the workers alone. */
  readonly purpose: PoolSettings["purpose"] | "system";
  readonly zones: readonly string[];
  readonly osDisk: OsDisk;
}

export interface NewNetwork
  extends
    NewResource,
    Decided<Pick<AksSection["network"], "addressSpace" | "nodeCidr" | "databaseCidr" | "natGateway">> {}

export interface ExistingNetwork {
  readonly kind: "existing";
  /** Undefined with an existing cluster. */
  readonly nodeSubnetId?: string | undefined;
  /** Undefined with an existing database. */
  readonly databaseSubnetId?: string | undefined;
  /** How nodes leave their subnet. */
  readonly outboundType: NonNullable<AksSection["network"]["outboundType"]>;
}

export interface NewCluster
  extends
    NewResource,
    Decided<
      Pick<
        AksSection["cluster"],
        | "kubernetesVersion"
        | "tier"
        | "osSku"
        | "encryptionAtHost"
        | "private"
        | "upgradeChannel"
        | "nodeOsUpgradeChannel"
        | "azurePolicy"
        | "maintenance"
      >
    >,
    Decided<Pick<AksSection["network"], "podCidr" | "serviceCidr" | "dnsServiceIp">> {
  readonly systemPool: NodePool;
  readonly pools: readonly NodePool[];
  /** Ranges that reach the API server; empty for everybody. */
  readonly authorizedRanges: readonly string[];
  readonly entra?: AksSection["cluster"]["entra"];
  readonly logAnalytics?: LogAnalytics | undefined;
}

export interface LogAnalytics {
  readonly workspaceId: string;
  readonly location: string;
}

export interface ExistingClusterOptions extends ExistingResource {
  /** Give its identities the roles they need; `false`: they have them. */
  readonly assignRoles: boolean;
}

export interface NewDatabase
  extends
    NewResource,
    Decided<
      Pick<
        AksSection["database"],
        | "sku"
        | "storageGb"
        | "backupDays"
        | "geoRedundantBackup"
        | "highAvailability"
        | "adminLogin"
        | "maintenance"
        | "readReplica"
        | "parameters"
      >
    > {
  readonly version: string;
  readonly tier: DatabaseTier;
  readonly databaseName: string;
  readonly entraAdmin?: AksSection["database"]["entraAdmin"];
  /** Domain of PostgreSQL servers in the cloud: `postgres.database.azure.com`. */
  readonly domain: string;
  readonly zone: NewResource | ExistingResource;
}

export interface NewStorage
  extends NewResource, Decided<Pick<AksSection["storage"], "sku" | "softDeleteDays" | "allowSharedKeys">> {
  /** Public ranges that get in, beside the nodes. @default - everybody */
  readonly allowedRanges?: readonly string[] | undefined;
}

/** Where an ingress controller that is installed is reached. */
export type IngressAddress =
  /** None is installed, or it has no load balancer. */
  | { readonly kind: "none" }
  /** A public address. */
  | NewResource
  | ExistingResource
  /** A private IPv4 address, free in its subnet. */
  | {
      readonly kind: "private";
      readonly address: string;
      /** @default - the subnet of the nodes */
      readonly subnet?: ExistingResource | undefined;
    };

/**
 * {@link AksSection} with everything decided: defaults filled in from the size and the region, and of each part whether
 * this program creates it. What is deployed, and so what the rules and the preflight look at.
 */
export interface CompleteAks extends Readonly<
  Pick<AksSection, "subscriptionId" | "location" | "cloud" | "tags" | "prefix" | "resourceGroup" | "locks">
> {
  readonly zones: readonly string[];
  readonly network: NewNetwork | ExistingNetwork;
  readonly cluster: NewCluster | ExistingClusterOptions;
  readonly database: NewDatabase | { readonly kind: "existing" };
  readonly storage: NewStorage | ExistingResource;
  readonly registry: Decided<Pick<AksSection["registry"], "sku" | "anonymousLauncher">> & {
    /** The registry of both images, or of the backend's where there is one for the launcher. */
    readonly main: NewResource | ExistingResource;
  };
  readonly address: IngressAddress;
  /** A public address for the broker's load balancer. @default - what it is given when it comes up */
  readonly brokerAddress?: NewResource | undefined;
  /**
   * What has the addresses with which the cluster is seen on the internet: the NAT gateway, or the load balancer that AKS creates.
   * @default - it cannot be told: an existing gateway, route table or cluster, or a load balancer that may not be looked at
   */
  readonly egress?: "natGateway" | "loadBalancer" | undefined;
  /** Zone that takes the records. @default - none does */
  readonly dnsZone?: ExistingResource | undefined;
  /** Who is told that a part is not well. @default - nobody */
  readonly alerts?: Readonly<NonNullable<AksSection["alerts"]>> | undefined;
  /** Pods of each service for which the operator chose no number. */
  readonly replicas: number;
}
