import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import type { ExistingResource, NewStorage } from "../../../config/aks/parts";
import type { BucketRole, PlannedBucket } from "../../buckets";
import { kebabCase, SpaceliftComponent } from "../../component";
import { defined } from "../../json";
import type { Grant } from "./identity";
import type { DataHolder } from "./locks";
import { type AzureScope, patience } from "./scope";

export interface AccountArgs extends Omit<NewStorage, "allowedRanges"> {
  readonly name: pulumi.Input<string>;
  /** Public ranges and the subnet that get in. @default - everybody */
  readonly firewall?:
    { readonly ranges: readonly string[]; readonly subnetId: pulumi.Input<string> } | undefined;
  /** Origin of the pages that upload: `https://<domain>`. */
  readonly origin: string;
}

export interface StorageArgs {
  readonly scope: AzureScope;
  readonly account: AccountArgs | ExistingResource;
  readonly buckets: readonly PlannedBucket[];
  readonly protectData: boolean;
}

/** A storage account with Spacelift's containers. */
export class Storage extends SpaceliftComponent {
  readonly accountId: pulumi.Output<string>;
  readonly accountName: pulumi.Output<string>;
  /** `https://<account>.blob.core.windows.net`, without trailing slash. */
  readonly accountUrl: pulumi.Output<string>;
  /** Names by role, once the container is there. */
  readonly containerNames: Readonly<Partial<Record<BucketRole, pulumi.Output<string>>>>;
  /** What the services must be allowed to do. */
  readonly grants: readonly Grant[];
  /** The account with all that is created in it here; undefined for an existing one. */
  readonly holder: DataHolder | undefined;

  constructor(name: string, args: StorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:aks:Storage", name, opts);
    const { account } = args;
    if (account.kind === "existing") {
      this.accountId = pulumi.output(account.id);
      this.accountName = pulumi.output(account.name);
      this.accountUrl = storage
        .getStorageAccountOutput(
          { resourceGroupName: account.resourceGroup, accountName: account.name },
          { parent: this },
        )
        .apply(({ primaryEndpoints }) => origin(primaryEndpoints.blob));
      const containers = this.createContainers(args, account.resourceGroup, account.name, []);
      this.containerNames = namesOf(containers);
      this.grants = sharedGrants(account.id, containers);
      this.holder = undefined;
    } else {
      const made = this.createAccount(args, account);
      this.accountId = made.id;
      this.accountName = made.name;
      this.accountUrl = made.primaryEndpoints.apply(({ blob }) => origin(blob));
      const service = this.createService(args, account, made);
      const { resourceGroupName } = args.scope;
      const containers = this.createContainers(args, resourceGroupName, made.name, [service]);
      this.containerNames = namesOf(containers);
      // Signing URLs takes a key that the account gives, and nothing else is in it.
      this.grants = [{ name: "role", role: "storageBlobDataContributor", scope: made.id }];
      const rules = lifecycleRules(args.buckets);
      const lifecycle =
        rules.length > 0
          ? new storage.ManagementPolicy(
              this.child("lifecycle"),
              {
                resourceGroupName,
                accountName: made.name,
                // The one name Azure takes.
                managementPolicyName: "default",
                policy: { rules: [...rules] },
              },
              // Actions on versions are taken only when versioning is on.
              { parent: this, dependsOn: service, ...patience(this.child("lifecycle")) },
            )
          : undefined;
      const contents = [service, ...Object.values(containers), ...(lifecycle ? [lifecycle] : [])];
      this.holder = { id: made.id, contents };
    }
    this.registerOutputs();
  }

  private createAccount({ scope, protectData }: StorageArgs, account: AccountArgs): storage.StorageAccount {
    const { firewall } = account;
    return new storage.StorageAccount(
      this.child("account"),
      defined({
        resourceGroupName: scope.resourceGroupName,
        location: scope.location,
        tags: scope.tags,
        accountName: account.name,
        kind: "StorageV2",
        sku: { name: account.sku },
        accessTier: storage.AccessTier.Hot,
        minimumTlsVersion: "TLS1_2",
        enableHttpsTrafficOnly: true,
        allowBlobPublicAccess: false,
        allowSharedKeyAccess: account.allowSharedKeys,
        defaultToOAuthAuthentication: true,
        allowCrossTenantReplication: false,
        isLocalUserEnabled: false,
        isSftpEnabled: false,
        isHnsEnabled: false,
        // Browsers and workers fetch and put objects themselves, with URLs that the services sign.
        publicNetworkAccess: "Enabled",
        // Always said, so that a firewall that is taken away again leaves no rule behind.
        networkRuleSet: {
          defaultAction: firewall ? storage.DefaultAction.Deny : storage.DefaultAction.Allow,
          bypass: "AzureServices",
          ...(firewall && {
            ipRules: firewall.ranges.map((range) => ({
              iPAddressOrRange: range,
              action: storage.Action.Allow,
            })),
            virtualNetworkRules: [
              { virtualNetworkResourceId: firewall.subnetId, action: storage.Action.Allow },
            ],
          }),
        },
        encryption: {
          keySource: "Microsoft.Storage",
          services: { blob: { enabled: true, keyType: "Account" } },
        },
        sasPolicy: { expirationAction: "Log", sasExpirationPeriod: "7.00:00:00" },
      }),
      { parent: this, protect: protectData, ...patience(this.child("account")) },
    );
  }

  private createService(
    { scope }: StorageArgs,
    account: AccountArgs,
    made: storage.StorageAccount,
  ): storage.BlobServiceProperties {
    const kept = { enabled: true, days: account.softDeleteDays };
    return new storage.BlobServiceProperties(
      this.child("blobs"),
      {
        resourceGroupName: scope.resourceGroupName,
        accountName: made.name,
        blobServicesName: "default",
        isVersioningEnabled: true,
        deleteRetentionPolicy: kept,
        containerDeleteRetentionPolicy: kept,
        cors: {
          corsRules: [
            {
              allowedOrigins: [account.origin],
              allowedMethods: ["PUT", "POST"],
              allowedHeaders: ["*"],
              exposedHeaders: ["*"],
              maxAgeInSeconds: 3600,
            },
          ],
        },
      },
      { parent: this, ...patience(this.child("blobs")) },
    );
  }

  private createContainers(
    { buckets, protectData }: StorageArgs,
    resourceGroupName: pulumi.Input<string>,
    accountName: pulumi.Input<string>,
    dependsOn: pulumi.Resource[],
  ): Containers {
    return Object.fromEntries(
      buckets.map((bucket) => {
        const name = this.child(kebabCase(bucket.role));
        const container = new storage.BlobContainer(
          name,
          { resourceGroupName, accountName, containerName: bucket.name, publicAccess: "None" },
          {
            parent: this,
            dependsOn,
            protect: bucket.retainOnDestroy && protectData,
            ...patience(name),
          },
        );
        return [bucket.role, container];
      }),
    );
  }
}

type Containers = Readonly<Record<string, storage.BlobContainer>>;

const namesOf = (containers: Containers): Storage["containerNames"] =>
  Object.fromEntries(Object.entries(containers).map(([role, { name }]) => [role, name]));

/** In an account that others use, too: the containers alone, and the key that URLs are signed with. */
const sharedGrants = (accountId: string, containers: Containers): readonly Grant[] => [
  { name: "delegator-role", role: "storageBlobDelegator", scope: accountId },
  ...Object.entries(containers).map(([role, { id }]): Grant => {
    const name = `${kebabCase(role)}-role`;
    return { name, role: "storageBlobDataContributor", scope: id };
  }),
];

/** `https://account.blob.core.windows.net/` without the slash. */
const origin = (endpoint: string): string => endpoint.replace(/\/$/, "");

export interface LifecycleRule {
  readonly name: string;
  readonly enabled: true;
  readonly type: "Lifecycle";
  readonly definition: {
    readonly filters: { readonly blobTypes: string[]; readonly prefixMatch: string[] };
    readonly actions: {
      readonly baseBlob: { readonly delete: { readonly daysAfterModificationGreaterThan: number } };
      readonly snapshot: { readonly delete: { readonly daysAfterCreationGreaterThan: number } };
      readonly version: { readonly delete: { readonly daysAfterCreationGreaterThan: number } };
    };
  };
}

/** Days that versions are kept of objects that expire by themselves, where nothing else is chosen. */
const defaultVersionDays = 1;

/**
 * The lifecycle rules of the containers, one for each that has a retention.
 *
 * Versioning holds for a whole storage account, so that a deletion only turns an object into a version: every container
 * whose objects expire also drops its versions, or nothing would ever be freed. States and modules have no expiry in the
 * plan, and so no rule here deletes them or their versions: Azure counts the days of a version from when it was written,
 * not from when another took its place, so that the only version before the present one could go the day after.
 * (Azure's documentation of lifecycle policies, daysAfterCreationGreaterThan.)
 */
export function lifecycleRules(buckets: readonly PlannedBucket[]): readonly LifecycleRule[] {
  return buckets.flatMap((bucket): LifecycleRule[] => {
    const { expireAfterDays, expireNoncurrentAfterDays, name } = bucket;
    if (expireAfterDays === undefined) return [];
    const old = {
      delete: { daysAfterCreationGreaterThan: expireNoncurrentAfterDays ?? defaultVersionDays },
    };
    return [
      {
        name: `expire-${name}`,
        enabled: true,
        type: "Lifecycle",
        definition: {
          // The slash keeps one container from matching another whose name begins with its own.
          filters: { blobTypes: ["blockBlob"], prefixMatch: [`${name}/`] },
          actions: {
            baseBlob: { delete: { daysAfterModificationGreaterThan: expireAfterDays } },
            snapshot: old,
            version: old,
          },
        },
      },
    ];
  });
}
