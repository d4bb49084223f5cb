import type { PlannedBucket } from "../../buckets";
import type { ReleaseImages } from "../image-push";
import type { SecretString } from "../platform";
import type { LoginOptions } from "./acr-login";
import type { ClusterArgs } from "./cluster";
import type { DatabaseArgs } from "./database";
import type { KubeloginMode } from "./kubeconfig";
import type { PrincipalType } from "./roles";
import type { PrivateAddressOptions } from "./private-address";
import type { GivenResource } from "./scope";
import type { AccountArgs } from "./storage";

/** An Azure cloud. */
export type AzureCloud = "public" | "usgovernment" | "china";

/** A network that is made. */
export interface MadeNetwork {
  readonly addressSpace: string;
  readonly nodeCidr: string;
  readonly databaseCidr: string;
  readonly natGateway: boolean;
}

/** Subnets that are there. */
export interface GivenNetwork {
  /** How nodes leave their subnet. @default "loadBalancer" */
  readonly outboundType?: ClusterArgs["outbound"];
  /** Undefined with a given cluster. */
  readonly nodeSubnetId?: string;
  /** Undefined with a given database. */
  readonly databaseSubnetId?: string;
}

/** A cluster that is made. */
export type MadeCluster = Pick<
  ClusterArgs,
  | "kubernetesVersion"
  | "tier"
  | "systemPool"
  | "pools"
  | "osSku"
  | "encryptionAtHost"
  | "longestRunMinutes"
  | "podCidr"
  | "serviceCidr"
  | "dnsServiceIp"
  | "private"
  | "upgradeChannel"
  | "nodeOsUpgradeChannel"
  | "azurePolicy"
  | "maintenance"
  | "logAnalytics"
> & {
  /** Ranges that reach the API server; empty for everybody. */
  readonly authorizedRanges: readonly string[];
  readonly entra?: {
    readonly adminGroupIds: readonly string[];
    readonly azureRbac: boolean;
    readonly login: KubeloginMode;
    /** Who administers the cluster beside the one that makes it; in a group that is there, instead. */
    readonly deployers: readonly { readonly objectId: string; readonly type: PrincipalType }[];
    /** What the one that deploys is. @default - what the token of Pulumi's own credentials says */
    readonly deployerType?: "User" | "ServicePrincipal";
  };
};

/** A cluster that is there. */
export interface GivenClusterOptions {
  readonly existing: GivenResource;
  /** Give its identities the roles they need; `false`: they have them. */
  readonly assignRoles: boolean;
  /** Its kubeconfig. @default - the one Azure lists for whoever deploys */
  readonly kubeconfig?: SecretString;
}

/** A database that is made. */
export type MadeDatabase = Omit<
  DatabaseArgs,
  "scope" | "serverName" | "replicaName" | "subnetId" | "subnetReady" | "zone" | "protectData"
> & {
  /** Domain of PostgreSQL servers in the cloud: `postgres.database.azure.com`. */
  readonly domain: string;
  /** Private zone that is there. @default - one is made */
  readonly zone?: GivenResource;
};

/** A database that is there. */
export interface GivenDatabase {
  readonly url: SecretString;
  readonly readOnlyUrl?: SecretString;
}

/** Arguments of the Azure platform. */
export interface AksPlatformArgs {
  readonly subscriptionId: string;
  readonly location: string;
  readonly cloud: AzureCloud;
  readonly tags: Readonly<Record<string, string>>;
  readonly prefix: string;
  readonly resourceGroup: { readonly name: string; readonly create: boolean };
  readonly zones: readonly string[];
  /** Host of the UI. */
  readonly domain: string;
  readonly network: MadeNetwork | GivenNetwork;
  readonly cluster: MadeCluster | GivenClusterOptions;
  /** Variables for the program's own looks at the cluster. @default - those of the process */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly database: MadeDatabase | GivenDatabase;
  readonly storage:
    | (Pick<AccountArgs, "sku" | "softDeleteDays" | "allowSharedKeys"> & {
        readonly allowedRanges?: readonly string[];
      })
    | GivenResource;
  readonly buckets: readonly PlannedBucket[];
  readonly registry: {
    /** A registry that is there. @default - one is made */
    readonly given?: GivenResource;
    readonly sku: "Basic" | "Standard" | "Premium";
    readonly anonymousLauncher: boolean;
    readonly login: Pick<LoginOptions, "loginUrl" | "fetch" | "pauses" | "timeout">;
  };
  readonly images: ReleaseImages;
  /** Public address of an ingress controller that is installed. @default - none */
  readonly publicAddress?: { readonly given?: GivenResource };
  /** Private address of an ingress controller that is installed, instead of a public one. @default - none */
  readonly privateAddress?: PrivateAddressOptions;
  readonly dns?: {
    readonly zone: GivenResource;
    /** Hosts to make records for. */
    readonly hosts: readonly string[];
    readonly ttlSeconds: number;
    /** Service account of cert-manager, when it proves hosts by the zone. */
    readonly certManager?: { readonly namespace: string; readonly name: string };
  };
  /** Pods of each service of Spacelift, where the operator chose no number. */
  readonly replicas: number;
  /** Namespace of Spacelift. */
  readonly namespace: string;
  readonly protectData: boolean;
}
