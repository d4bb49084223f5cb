import * as minio from "@pulumi/minio";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type BucketRole, type PlannedBucket, planBuckets } from "../../buckets";
import { SpaceliftComponent } from "../../component";
import { defined } from "../../json";
import { kebabCase } from "../../naming";
import type { SecretString } from "../platform";
import { storagePolicy } from "./storage-policy";

/** Credentials of the services. */
export interface StorageCredentials {
  readonly accessKeyId: pulumi.Input<string>;
  readonly secretAccessKey: SecretString;
}

/** Arguments of {@link ObjectStorage}. */
export interface ObjectStorageArgs {
  /** `host` or `host:port` of MinIO's API. */
  readonly endpoint: string;
  /** Speak TLS. @default true */
  readonly tls?: boolean;
  /** Accept a certificate nobody vouches for. @default false */
  readonly insecureSkipVerify?: boolean;
  /** Region MinIO is configured with. @default "us-east-1" */
  readonly region?: string;
  /** Absolute path of the CA of MinIO's certificate. @default - the system's */
  readonly caCertificatePath?: string;
  /** Who makes buckets and user; undefined when both are given. */
  readonly admin?: { readonly user: string; readonly password: SecretString };
  /** What `planBuckets` gives. @default - the buckets of the vendor's guide */
  readonly buckets?: readonly PlannedBucket[];
  /** Make the buckets, or take them as given. @default true */
  readonly createBuckets?: boolean;
  /** Take over those buckets that survive a destroy: an earlier installation left them behind. @default false */
  readonly adoptKeptBuckets?: boolean;
  /** Name of the user to make, or the credentials that are given. @default "spacelift" */
  readonly user?: string | StorageCredentials;
  /** Protect the buckets that survive a destroy. @default true */
  readonly protectData?: boolean;
}

/**
 * Spacelift's buckets on MinIO, and a user whose policy allows what the services do and no more.
 *
 * The provider knows neither CORS of a bucket nor the abort of incomplete uploads: the first is a setting of the whole
 * server, the second MinIO does by itself after a day.
 */
export class ObjectStorage extends SpaceliftComponent {
  readonly credentials: StorageCredentials;
  /** Names by role. Those of buckets that are made wait for the bucket. */
  readonly bucketNames: Readonly<Partial<Record<BucketRole, pulumi.Input<string>>>>;

  constructor(name: string, args: ObjectStorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:onprem:ObjectStorage", name, opts);
    const { buckets = planBuckets({}, false), createBuckets = true, user = "spacelift" } = args;
    const provider = args.admin && this.createProvider(args, args.admin);
    this.bucketNames = Object.fromEntries(
      buckets.map((bucket) => [
        bucket.role,
        provider && createBuckets ? this.createBucket(bucket, args, provider) : bucket.name,
      ]),
    );
    this.credentials = typeof user === "string" ? this.createUser(user, buckets, provider) : user;
    this.registerOutputs();
  }

  private createProvider(
    args: ObjectStorageArgs,
    admin: NonNullable<ObjectStorageArgs["admin"]>,
  ): minio.Provider {
    return new minio.Provider(
      this.child("minio"),
      defined({
        minioServer: args.endpoint,
        minioRegion: args.region ?? "us-east-1",
        minioSsl: args.tls ?? true,
        minioInsecure: args.insecureSkipVerify ?? false,
        minioCacertFile: args.caCertificatePath,
        minioUser: admin.user,
        minioPassword: admin.password,
      }),
      { parent: this },
    );
  }

  private createBucket(
    plan: PlannedBucket,
    args: Pick<ObjectStorageArgs, "protectData" | "adoptKeptBuckets">,
    provider: minio.Provider,
  ): pulumi.Output<string> {
    const keep = plan.retainOnDestroy;
    const role = kebabCase(plan.role);
    const bucket = new minio.S3Bucket(
      this.child(role),
      { bucket: plan.name, forceDestroy: !keep },
      {
        parent: this,
        provider,
        protect: keep && (args.protectData ?? true),
        retainOnDelete: keep,
        ...(keep && args.adoptKeptBuckets && adopt(plan.name)),
      },
    );
    const versioning =
      plan.versioned &&
      new minio.S3BucketVersioning(
        this.child(`${role}-versioning`),
        { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
        // Goes and stays with the bucket: without it, what is overwritten is lost.
        { parent: bucket, provider, retainOnDelete: keep },
      );
    if (plan.expireAfterDays !== undefined || plan.expireNoncurrentAfterDays !== undefined) {
      new minio.IlmPolicy(
        this.child(`${role}-lifecycle`),
        {
          bucket: bucket.bucket,
          rules: [
            defined({
              id: "retention",
              expiration: plan.expireAfterDays === undefined ? undefined : `${plan.expireAfterDays}d`,
              noncurrentVersionExpirationDays: plan.versioned ? plan.expireNoncurrentAfterDays : undefined,
            }),
          ],
        },
        {
          // Not a child of the bucket, whose protection it would inherit: a rule holds no data and may go at any time.
          parent: this,
          provider,
          // MinIO takes a rule on noncurrent versions only for a bucket that has versions.
          ...(versioning && { dependsOn: versioning }),
        },
      );
    }
    return bucket.bucket;
  }

  private createUser(
    userName: string,
    buckets: readonly PlannedBucket[],
    provider: minio.Provider | undefined,
  ): StorageCredentials {
    if (!provider) {
      throw new pulumi.ResourceError(
        "a MinIO user can only be made with administrator credentials",
        this,
        true,
      );
    }
    const opts: pulumi.CustomResourceOptions = { parent: this, provider };
    const policyDocument = storagePolicy(buckets);
    const password = new random.RandomPassword(
      this.child("user-password"),
      { length: 40, special: false },
      { parent: this },
    );
    const user = new minio.IamUser(
      this.child("user"),
      // The access key below is made for this user and would otherwise keep it from being deleted.
      { name: userName, secret: password.result, forceDestroy: true },
      { ...opts, additionalSecretOutputs: ["secret"] },
    );
    const policy = new minio.IamPolicy(
      this.child("policy"),
      { name: userName, policy: policyDocument },
      opts,
    );
    const attachment = new minio.IamUserPolicyAttachment(
      this.child("user-policy"),
      { userName: user.name, policyName: policy.name },
      opts,
    );
    const key = new minio.IamServiceAccount(
      this.child("access-key"),
      // Without a policy of its own, the provider would report a change at every update.
      { targetUser: user.name, policy: policyDocument },
      { ...opts, dependsOn: attachment, additionalSecretOutputs: ["secretKey"] },
    );
    return { accessKeyId: key.accessKey, secretAccessKey: pulumi.secret(key.secretKey) };
  }
}

// The provider reads no more than a bucket's name, so that its own defaults would count as differences, which an import
// must not have.
const adopt = (bucket: string): pulumi.CustomResourceOptions => ({
  import: bucket,
  ignoreChanges: ["acl", "forceDestroy", "objectLocking"],
});
