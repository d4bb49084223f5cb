import { z } from "zod";
import { certificateSource, dnsLabel, field, hostAndPort, line, url } from "../formats";
import { labels } from "../metadata";

const kubernetes = z.strictObject({
  kubeconfigPath: field(
    line.optional(),
    "Path of the kubeconfig. Or give its content as the secret `kubeconfig`; with neither, `KUBECONFIG` or `~/.kube/config`.",
    "~/.kube/config",
  ),
  context: field(line.optional(), "Context of the kubeconfig. Default: its current one.", "production"),
  clusterIdentifier: field(
    line.optional(),
    "What tells this cluster from others, whatever its kubeconfig. Change it only when the cluster is another one. Default: the stack's name.",
    "datacentre-1",
  ),
});

const registry = z.strictObject({
  address: field(hostAndPort, "Host, or host:port, of the registry.", "registry.example.com"),
  username: field(
    line.optional(),
    "User that pushes and pulls. The password is the secret `registryPassword`.",
    "spacelift",
  ),
  open: field(z.boolean().default(false), "The registry takes and gives images without credentials."),
  insecureSkipVerify: field(
    z.boolean().default(false),
    "Accept a certificate nobody vouches for, such as a self-signed one, when pushing.",
  ),
  plainHttp: field(
    z.boolean().default(false),
    "Speak HTTP without TLS to the registry. The nodes must be set up for it, too.",
  ),
  createPullSecret: field(
    z.boolean().default(true),
    "Create a pull secret from the credentials. `false`: the nodes can pull by themselves.",
  ),
  pullSecretNames: field(
    z.array(dnsLabel).default([]),
    "Pull secrets that exist in the namespaces already.",
    ["registry-credentials"],
  ),
});

const objectStorage = z.strictObject({
  kind: field(
    z.enum(["minio", "s3"]).default("minio"),
    "What stores the objects. `s3`: any other server with the API of S3 and versions of objects, such as Ceph RGW, SeaweedFS or AIStor; nothing but that API is used, and you provide the access keys.",
    "s3",
  ),
  endpoint: field(
    hostAndPort,
    "Host, or host:port, of the object storage as browsers, workers and pods reach it: pre-signed URLs are signed for this name.",
    "minio.example.com",
  ),
  tls: field(z.boolean().default(true), "Speak TLS to the object storage."),
  insecureSkipVerify: field(
    z.boolean().default(false),
    "Do not verify the certificate of the object storage. Prefer `caCertificateFile`.",
  ),
  caCertificateFile: field(
    line.optional(),
    "File with the CA of the object storage's certificate. The services and the runs trust it, too.",
    "./minio-ca.pem",
  ),
  uploadsUrl: field(
    url("http", "https").optional(),
    "Origin that browsers upload to. Default: the endpoint's; another one breaks pre-signed URLs.",
    "https://minio.example.com",
  ),
  region: field(line.default("us-east-1"), "Region the object storage is configured with."),
  adminUser: field(
    line.optional(),
    "User of MinIO that creates and deletes buckets and the service user, with the rights in docs/minio-policy.json. Its password is the secret `minioAdminPassword`.",
    "minio",
  ),
  adminAccessKeyId: field(
    line.min(3).optional(),
    "With `kind: s3`, the access key that creates and deletes the buckets, when it is not `accessKeyId`. Its secret key is the secret `s3AdminSecretKey`. You let `accessKeyId` use the buckets.",
    "spacelift-deployer",
  ),
  createBuckets: field(z.boolean().default(true), "Create the buckets. `false`: they exist already."),
  lifecycle: field(
    z.boolean().default(true),
    "Set the lifecycle rules that `buckets` asks for. `false`, only with `kind: s3`: the server has none, and you delete what is old.",
  ),
  adoptKeptBuckets: field(
    z.boolean().default(false),
    "Take over the buckets that an earlier installation left behind, with their objects. They must exist.",
  ),
  createUser: field(
    z.boolean().default(true),
    "On MinIO, create a user in a group with a least-privilege policy; the services sign in as it. `false`: you provide `accessKeyId` and the secret `minioSecretKey`.",
  ),
  userName: field(
    line.default("spacelift"),
    "Name of the user to create on MinIO, and of its group and policy.",
  ),
  accessKeyRevision: field(
    z.number().int().min(1).default(1),
    "Another number rotates the credentials of the services on MinIO: they get a new user with a new secret, and the old one goes when no pod uses it any more.",
    2,
  ),
  accessKeyId: field(
    line.min(3).optional(),
    "Access key of the services, where no user is created. Its secret key is the secret `minioSecretKey`, with `kind: s3` the secret `s3SecretKey`.",
    "spacelift-access-key",
  ),
});

/** `onprem.objectStorage`. */
export type ObjectStorageSettings = z.output<typeof objectStorage>;

const database = z.strictObject({
  caCertificate: field(
    certificateSource.optional(),
    "CA of the database's certificate (PEM or file), mounted into the pods and named in the URL.",
    "./postgres-ca.pem",
  ),
  allowUnverified: field(
    z.boolean().default(false),
    "Accept a database URL whose `sslmode` neither encrypts for certain nor verifies the server.",
  ),
});

const backup = z.strictObject({
  dumpImage: field(
    line.default("docker.io/library/postgres:17-alpine"),
    "Image with `pg_dump` and `pg_restore`, of the version of the server or newer.",
  ),
  uploadImage: field(
    line.default("public.ecr.aws/aws-cli/aws-cli:2.36.15"),
    "Image with version 2 of the AWS CLI, which writes the dump into the bucket `backups`.",
  ),
  serverSideEncryption: field(
    z.boolean().default(false),
    "Ask the object storage to encrypt dumps with a key of its own (SSE-S3). MinIO refuses unless it has a KMS.",
  ),
});

/** How the database is dumped, with the defaults of what is left out. */
export const completeBackup = (given: z.output<typeof backup> | undefined): z.output<typeof backup> =>
  backup.parse(given ?? {});

const metadataLabels = labels.default({});

/** `spacelift:onprem`: the cluster, registry, object storage and database of the on-premises target. */
export const onprem = z.strictObject({
  kubernetes: field(kubernetes.prefault({}), "The cluster."),
  registry: field(registry, "The registry.", { address: "registry.example.com", username: "spacelift" }),
  objectStorage: field(objectStorage, "The object storage: MinIO, or another server with the API of S3.", {
    endpoint: "minio.example.com",
    adminUser: "minio",
  }),
  database: field(database.prefault({}), "The database. Its URL is the secret `databaseUrl`."),
  backup: field(
    backup.optional(),
    "How the database is dumped before upgrades, with `upgrade.backup`. Images of yours for clusters without internet.",
    { serverSideEncryption: true },
  ),
  namespaceLabels: field(metadataLabels, "Labels of every namespace that is created.", {
    "example.com/team": "platform",
  }),
});
