import * as command from "@pulumi/command";
import * as minio from "@pulumi/minio";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type BucketRole, type PlannedBucket, planBuckets } from "../../buckets";
import { kebabCase, SpaceliftComponent } from "../../component";
import { defined } from "../../json";
import type { SecretString } from "../platform";
import { emptyingScripts } from "./emptying";
import { storagePolicy } from "./storage-policy";

export interface StorageCredentials {
  readonly accessKeyId: pulumi.Input<string>;
  readonly secretAccessKey: SecretString;
}

export interface ObjectStorageArgs {
  /** `s3`: a server of which nothing but the API of S3 is used; `user` are credentials then. @default "minio" */
  readonly kind?: "minio" | "s3";
  /** `host` or `host:port` of the API. */
  readonly endpoint: string;
  /** Speak TLS. @default true */
  readonly tls?: boolean;
  /** Accept a certificate nobody vouches for. @default false */
  readonly insecureSkipVerify?: boolean;
  /** Region the server is configured with. @default "us-east-1" */
  readonly region?: string;
  /** Absolute path of the CA of its certificate. @default - the system's */
  readonly caCertificatePath?: string;
  /** Who creates buckets and user, on S3 an access key with its secret; undefined when both exist. */
  readonly admin?: { readonly user: string; readonly password: SecretString };
  /** What `planBuckets` gives. @default - the buckets of the vendor's guide */
  readonly buckets?: readonly PlannedBucket[];
  /** Create the buckets, or use existing ones. @default true */
  readonly createBuckets?: boolean;
  /** Set the rules by which objects and versions expire. @default true */
  readonly lifecycle?: boolean;
  /** Take over those buckets that survive a destroy: an earlier installation left them behind. @default false */
  readonly adoptKeptBuckets?: boolean;
  /** Name of the user to create, or the credentials of an existing one. @default "spacelift" */
  readonly user?: string | StorageCredentials;
  /** Another number gives the services another user and secret; the old user goes when they no longer use it. @default 1 */
  readonly accessKeyRevision?: number;
  /** Protect the buckets that survive a destroy. @default true */
  readonly protectData?: boolean;
}

type Admin = NonNullable<ObjectStorageArgs["admin"]>;

/**
 * Spacelift's buckets on MinIO, and a user whose policy allows what the services do and no more; or the buckets alone, on
 * another server with the API of S3. MinIO's provider makes both: for a bucket, its versioning and its rules it sends
 * requests of S3 and no others (terraform-provider-minio 1.20.1).
 *
 * The provider knows neither CORS of a bucket nor the abort of incomplete uploads: the first is a setting of the whole
 * server, the second MinIO does by itself after a day.
 */
export class ObjectStorage extends SpaceliftComponent {
  readonly credentials: StorageCredentials;
  /** Names by role. Those of buckets that are created wait for the bucket. */
  readonly bucketNames: Readonly<Partial<Record<BucketRole, pulumi.Input<string>>>>;

  constructor(name: string, args: ObjectStorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:onprem:ObjectStorage", name, opts);
    const { buckets = planBuckets({}, false), createBuckets = true, user = "spacelift" } = args;
    if (args.kind === "s3" && typeof user === "string") {
      throw new pulumi.ResourceError(
        "only MinIO has users to create: give credentials as `user`",
        this,
        true,
      );
    }
    const provider = args.admin && this.createProvider(args, args.admin);
    this.bucketNames = Object.fromEntries(
      buckets.map((bucket) => [
        bucket.role,
        provider && createBuckets ? this.createBucket(bucket, args, args.admin, provider) : bucket.name,
      ]),
    );
    this.credentials =
      typeof user === "string" ? this.createUser(user, args.accessKeyRevision ?? 1, buckets, provider) : user;
    this.registerOutputs();
  }

  private createProvider(args: ObjectStorageArgs, admin: Admin): minio.Provider {
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
    args: ObjectStorageArgs,
    admin: Admin,
    provider: minio.Provider,
  ): pulumi.Output<string> {
    const keep = plan.retainOnDestroy;
    const role = kebabCase(plan.role);
    const bucket = new minio.S3Bucket(
      this.child(role),
      // With `forceDestroy`, the provider deletes objects without waiting for it and its process dies
      // (terraform-provider-minio 1.20.1, minioDeleteBucket): it gets to delete empty buckets only.
      { bucket: plan.name, forceDestroy: false },
      {
        parent: this,
        provider,
        // Where no more dumps are wanted, what there is of them is left behind: that is no error.
        protect: keep && plan.role !== "backups" && (args.protectData ?? true),
        retainOnDelete: keep,
        ...(keep && args.adoptKeptBuckets && adopt(plan.name)),
      },
    );
    const emptying = this.createEmptying(plan, args, admin, bucket);
    // A bucket of MinIO is away for a moment while it is emptied, and may have been lost before: what is part of it need not be
    // deleted from it. Of a bucket that is kept, nothing but its data stays.
    const goesWithBucket = keep ? {} : { deletedWith: bucket, dependsOn: emptying };
    const versioning =
      plan.versioned &&
      new minio.S3BucketVersioning(
        this.child(`${role}-versioning`),
        { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
        {
          // Goes and stays with the bucket: without it, what is overwritten is lost.
          parent: bucket,
          provider,
          retainOnDelete: keep,
          ...goesWithBucket,
        },
      );
    const expires = plan.expireAfterDays !== undefined || plan.expireNoncurrentAfterDays !== undefined;
    if (expires && (args.lifecycle ?? true)) {
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
          ...goesWithBucket,
          // MinIO takes a rule on noncurrent versions only for a bucket that has versions.
          dependsOn: [...(versioning ? [versioning] : []), ...(keep ? [] : [emptying])],
        },
      );
    }
    // Whoever uses the name is deleted before the bucket is emptied, so that nobody writes to it any more.
    return after(bucket.bucket, emptying);
  }

  /**
   * What empties a bucket before it is deleted, also by a `pulumi destroy` that does not run the program: its script and
   * credentials lie in the state, encrypted.
   *
   * A bucket that is kept has one without a script. Were there none, it would be deleted, and so run, by the very update
   * that tells an installation to keep the bucket from now on.
   */
  private createEmptying(
    plan: PlannedBucket,
    args: ObjectStorageArgs,
    admin: Admin,
    bucket: minio.S3Bucket,
  ): command.local.Command {
    const environment = defined({
      BUCKET: plan.name,
      ENDPOINT: args.endpoint,
      TLS: String(args.tls ?? true),
      INSECURE: String(args.insecureSkipVerify ?? false),
      REGION: args.region ?? "us-east-1",
      CA_FILE: args.caCertificatePath,
      ACCESS_KEY_ID: admin.user,
      SECRET_ACCESS_KEY: admin.password,
    });
    return new command.local.Command(
      this.child(`${kebabCase(plan.role)}-emptying`),
      plan.retainOnDestroy
        ? { triggers: [plan.name] }
        : {
            interpreter: ["node", "-"],
            // An argument that the script does not read: errors of the provider begin with it.
            delete: `empty the bucket ${plan.name}`,
            stdin: emptyingScripts[args.kind ?? "minio"],
            environment,
            triggers: [plan.name],
          },
      { parent: this, dependsOn: bucket },
    );
  }

  /**
   * The user whose name and secret are the services' credentials. Its rights come from a group: a user that was deleted
   * behind Pulumi's back can be read as missing, and so be created again, but not its own attachment to a policy
   * (terraform-provider-minio 1.20.1: `failed to load user Infos`), nor an access key of it (`error reading service account`).
   */
  private createUser(
    baseName: string,
    revision: number,
    buckets: readonly PlannedBucket[],
    provider: minio.Provider | undefined,
  ): StorageCredentials {
    if (!provider) {
      throw new pulumi.ResourceError(
        "a MinIO user can only be created with administrator credentials",
        this,
        true,
      );
    }
    const opts: pulumi.CustomResourceOptions = { parent: this, provider };
    const password = new random.RandomPassword(
      this.child("user-password"),
      {
        length: 40,
        special: false,
        // The first revision has none, as no installation had before there were revisions.
        ...(revision !== 1 && { keepers: { revision: String(revision) } }),
      },
      { parent: this },
    );
    const policy = new minio.IamPolicy(
      this.child("policy"),
      { name: baseName, policy: storagePolicy(buckets) },
      opts,
    );
    const group = new minio.IamGroup(this.child("group"), { name: baseName }, opts);
    const groupPolicy = new minio.IamGroupPolicyAttachment(
      this.child("group-policy"),
      { groupName: group.name, policyName: policy.name },
      opts,
    );
    const user = new minio.IamUser(
      this.child("user"),
      {
        name: revision === 1 ? baseName : `${baseName}-${revision}`,
        secret: password.result,
        // With it, the provider answers every update of a user by deleting it.
        forceDestroy: false,
      },
      {
        ...opts,
        additionalSecretOutputs: ["secret"],
        // The services go on with the old user until they have the new one.
        deleteBeforeReplace: false,
        // A group can be deleted when nobody is in it any more.
        dependsOn: group,
      },
    );
    const membership = new minio.IamGroupUserAttachment(
      this.child("group-user"),
      { groupName: group.name, userName: user.name },
      // MinIO takes a user out of its groups when it is deleted, and refuses to take out one that is missing.
      { ...opts, deletedWith: user },
    );
    return {
      accessKeyId: after(user.name, groupPolicy, membership),
      secretAccessKey: pulumi.secret(after(password.result, groupPolicy, membership)),
    };
  }
}

/** A value for whoever must wait for resources that give it nothing. */
const after = (
  value: pulumi.Output<string>,
  ...resources: readonly pulumi.Resource[]
): pulumi.Output<string> =>
  pulumi.all([value, ...resources.map(({ urn }) => urn)]).apply(([only]) => only as string);

// The provider reads no more than a bucket's name, so that its own defaults would count as differences, which an import
// must not have.
const adopt = (bucket: string): pulumi.CustomResourceOptions => ({
  import: bucket,
  ignoreChanges: ["acl", "forceDestroy", "objectLocking"],
});
