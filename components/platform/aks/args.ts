import type {
  CompleteAks,
  ExistingClusterOptions,
  ExistingResource,
  NewCluster,
  NewDatabase,
} from "../../../config/aks/parts";
import type { PlannedBucket } from "../../buckets";
import type { ReleaseImages } from "../image-push";
import type { ClusterAccess, Kept, SecretString } from "../platform";
import type { LoginOptions } from "./acr-login";

/** Arguments of the Azure platform: what is decided about its parts, and what they are told beside it. */
export interface AksPlatformArgs extends Omit<CompleteAks, "cluster" | "database" | "dnsZone"> {
  /** Host of the UI. */
  readonly domain: string;
  readonly cluster:
    | NewCluster
    | (ExistingClusterOptions & {
        /** Its kubeconfig. @default - the one Azure lists for the deploying identity */
        readonly kubeconfig?: SecretString | undefined;
      });
  /** How long a run may take at most, which upgrades of nodes wait for. @default 70, as the controller has it */
  readonly longestRunMinutes?: number;
  /** Variables for the program's own looks at the cluster. @default - those of the process */
  readonly env?: ClusterAccess["env"] | undefined;
  readonly database:
    | NewDatabase
    | {
        readonly kind: "existing";
        readonly url: SecretString;
        readonly readOnlyUrl?: SecretString | undefined;
      };
  readonly buckets: readonly PlannedBucket[];
  readonly login: Pick<LoginOptions, "loginUrl" | "fetch" | "pauses" | "timeout">;
  readonly images: ReleaseImages;
  /** The release that a restore point of the new database is taken before. @default - none is taken */
  readonly restorePointBefore?: string | undefined;
  readonly dns?:
    | {
        readonly zone: ExistingResource;
        /** Hosts of the ingress controller's address. */
        readonly hosts: readonly string[];
        /** Hosts of the broker's. @default - none */
        readonly brokerHosts?: readonly string[];
        readonly ttlSeconds: number;
        /** Service account of cert-manager, when it proves hosts by the zone. */
        readonly certManager?: { readonly namespace: string; readonly name: string } | undefined;
      }
    | undefined;
  readonly namespace: string;
  readonly protectData: boolean;
}

/** What a destroy leaves behind while data is protected, and how to delete it. */
export function keptData(args: AksPlatformArgs): readonly Kept[] {
  const { database, storage, buckets, resourceGroup, locks } = args;
  const remove = "pulumi config set spacelift:protectData false, then pulumi up";
  const kept = [
    ...(database.kind === "new" ? ["the PostgreSQL server with its database and backups"] : []),
    ...(storage.kind === "new" ? ["the storage account"] : []),
    ...(locks ? ["the management locks, and everything in what they lock"] : []),
    ...buckets
      .filter((bucket) => bucket.retainOnDestroy || (locks && storage.kind === "new"))
      .map(({ name }) => `container ${name} with its objects`),
    ...(resourceGroup.create ? [`resource group ${resourceGroup.name} and what these need in it`] : []),
  ];
  return kept.map((what) => ({ what, remove }));
}
