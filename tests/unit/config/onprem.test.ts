import assert from "node:assert/strict";
import { configured, configuredS3 } from "../../support/configurations";
import {
  problemsOf,
  prompt,
  rejects,
  section,
  wrongFrom,
  wrongSecretFrom,
} from "../../support/wrong-configurations";

const wrong = wrongFrom(configured);
const wrongSecret = wrongSecretFrom(configured);
const onprem = section("onprem");
const storage = section("onprem", "objectStorage");
const registry = section("onprem", "registry");

const wrongS3 = wrongFrom(configuredS3);
const wrongS3Secret = wrongSecretFrom(configuredS3);
const own = (name: string): string => `\`spacelift:onprem.objectStorage.${name}\``;
const rm = (key: string): string => `run \`pulumi config rm --path spacelift:${key}\``;
const rmSecret = (key: string): string => `run \`pulumi config rm spacelift:${key}\``;
const noUser = "has no use: with `kind: s3`, no user is created and `accessKeyId` is the services'";

describe("rules of the on-premises target", () => {
  rejects([
    wrong(
      "no section of the target",
      { onprem: undefined },
      '`spacelift:onprem`: is missing: it says which cluster, registry and MinIO to use; put `spacelift:onprem: {"registry":{"address":"registry.example.com","username":"spacelift"},"objectStorage":{"endpoint":"minio.example.com","adminUser":"minio"}}` into the stack file',
    ),
    wrong(
      "how to dump a database that is not dumped",
      onprem({ backup: { serverSideEncryption: true } }),
      "`spacelift:onprem.backup`: has no effect: no restore point is taken; run `pulumi config set --path spacelift:upgrade.backup true`, or run `pulumi config rm --path spacelift:onprem.backup`",
    ),
    wrong(
      "a bucket for dumps that are not made",
      { buckets: { backups: { expireAfterDays: 7 } } },
      "`spacelift:buckets.backups`: describes a bucket that is not created; run `pulumi config set --path spacelift:upgrade.backup true`, or run `pulumi config rm --path spacelift:buckets.backups`",
    ),
    wrong(
      "a registry with a scheme",
      registry({ address: "https://registry.example.com" }),
      '`spacelift:onprem.registry.address`: must be a host name or host:port, without scheme or path, got "https://registry.example.com"; run `pulumi config set --path spacelift:onprem.registry.address registry.example.com`',
    ),
    wrong(
      "a registry user for a registry without users",
      registry({ open: true }),
      "`spacelift:onprem.registry.open`: contradicts `onprem.registry.username`; run `pulumi config rm --path spacelift:onprem.registry.open`",
    ),
    wrong(
      "a certificate to accept where there is no TLS",
      registry({ plainHttp: true, insecureSkipVerify: true }),
      "`spacelift:onprem.registry.insecureSkipVerify`: has no use: with `plainHttp` there is no certificate; run `pulumi config rm --path spacelift:onprem.registry.insecureSkipVerify`",
    ),
    wrong(
      "a registry without TLS that Docker pushes to",
      {
        ...registry({ plainHttp: true }),
        images: { push: true, method: "docker", archive: "./self-hosted-v3.0.0.tar.gz" },
      },
      "`spacelift:onprem.registry.plainHttp`: contradicts `images.method: docker`, which pushes over TLS alone; run `pulumi config rm --path spacelift:images.method`, or run `pulumi config rm --path spacelift:onprem.registry.plainHttp`",
    ),
    wrongSecret(
      "a registry user without a password",
      { registryPassword: undefined },
      `\`spacelift:registryPassword\`: is missing: it belongs to \`onprem.registry.username\`; ${prompt("registryPassword")}`,
    ),
    wrong(
      "a MinIO endpoint with a scheme",
      storage({ endpoint: "https://minio.example.com" }),
      '`spacelift:onprem.objectStorage.endpoint`: must be a host name or host:port, without scheme or path, got "https://minio.example.com"; run `pulumi config set --path spacelift:onprem.objectStorage.endpoint minio.example.com`',
    ),
    wrong(
      "buckets to make without an administrator",
      storage({ adminUser: undefined }),
      "`spacelift:onprem.objectStorage.adminUser`: is missing: it creates the buckets and the service user; run `pulumi config set --path spacelift:onprem.objectStorage.adminUser minio`, or set `createBuckets` and `createUser` to false",
    ),
    wrong(
      "buckets to take over that are given anyway",
      storage({ createBuckets: false, adoptKeptBuckets: true }),
      "`spacelift:onprem.objectStorage.adoptKeptBuckets`: contradicts `createBuckets: false`, which leaves all buckets to you; run `pulumi config rm --path spacelift:onprem.objectStorage.adoptKeptBuckets`",
    ),
    wrong(
      "an access key beside a user to make",
      storage({ accessKeyId: "given-key" }),
      "`spacelift:onprem.objectStorage.accessKeyId`: contradicts `createUser`, which creates an access key; run `pulumi config set --path spacelift:onprem.objectStorage.createUser false`, or run `pulumi config rm --path spacelift:onprem.objectStorage.accessKeyId`",
    ),
    wrong(
      "a rotation of credentials that are given",
      storage({ createUser: false, accessKeyId: "given-key", accessKeyRevision: 2 }),
      "`spacelift:onprem.objectStorage.accessKeyRevision`: has no use: with `createUser: false` you provide the access key; run `pulumi config rm --path spacelift:onprem.objectStorage.accessKeyRevision`",
    ),
    wrong(
      "a given user without its secret key",
      storage({ createUser: false, accessKeyId: "given-key" }),
      `\`spacelift:minioSecretKey\`: is missing: with \`createUser: false\` you provide the access key; ${prompt("minioSecretKey")}`,
    ),
    wrong(
      "a certificate for a MinIO without TLS",
      storage({ tls: false, caCertificateFile: "./ca.pem" }),
      "`spacelift:onprem.objectStorage.caCertificateFile`: has no use: `tls` is off; run `pulumi config rm --path spacelift:onprem.objectStorage.caCertificateFile`",
    ),
    wrong(
      "a kubeconfig by path and by content",
      onprem({ kubernetes: { kubeconfigPath: "~/.kube/config" } }),
      "`spacelift:onprem.kubernetes.kubeconfigPath`: contradicts the secret `kubeconfig`: one of them names the cluster; run `pulumi config rm --path spacelift:onprem.kubernetes.kubeconfigPath`",
      { kubeconfig: "clusters: []\nusers: []\n" },
    ),
    wrongSecret(
      "no database",
      { databaseUrl: undefined },
      `\`spacelift:databaseUrl\`: is missing: on-prem, the database exists already; ${prompt("databaseUrl")}`,
    ),
    wrongSecret(
      "a database connection that may go in clear",
      { databaseUrl: "postgres://u:planted@h/d?sslmode=prefer" },
      "`spacelift:databaseUrl`: must say sslmode=verify-full (or verify-ca, require): without it the password may travel in clear; add the parameter and set it again, or run `pulumi config set --path spacelift:onprem.database.allowUnverified true`",
    ),
    wrongSecret(
      "an unknown sslmode",
      { databaseUrl: "postgres://u:planted@h/d?sslmode=full" },
      "`spacelift:databaseUrl`: must say sslmode=verify-full (or verify-ca, require): without it the password may travel in clear; add the parameter and set it again, or run `pulumi config set --path spacelift:onprem.database.allowUnverified true`",
    ),
  ]);
});

describe("rules of an object storage that is not MinIO", () => {
  it("take the smallest configuration, and one with everything", () => {
    assert.deepEqual(problemsOf(configuredS3()), []);
    const more = { adminAccessKeyId: "deployer", lifecycle: false, region: "eu-west-1" };
    const all = configuredS3(storage(more), { s3AdminSecretKey: "planted-admin" });
    assert.deepEqual(problemsOf(all), []);
    assert.deepEqual(problemsOf(configuredS3(storage({ createBuckets: false }))), []);
  });

  rejects([
    wrongS3(
      "an administrator of MinIO",
      storage({ adminUser: "minio" }),
      `${own("adminUser")}: ${noUser}; ${rm("onprem.objectStorage.adminUser")}`,
    ),
    wrongS3(
      "a user not to make",
      storage({ createUser: false }),
      `${own("createUser")}: ${noUser}; ${rm("onprem.objectStorage.createUser")}`,
    ),
    wrongS3(
      "a name of a user to make",
      storage({ userName: "services" }),
      `${own("userName")}: ${noUser}; ${rm("onprem.objectStorage.userName")}`,
    ),
    wrongS3(
      "a rotation of credentials that are given",
      storage({ accessKeyRevision: 2 }),
      `${own("accessKeyRevision")}: ${noUser}; ${rm("onprem.objectStorage.accessKeyRevision")}`,
    ),
    wrongS3Secret(
      "a password of MinIO",
      { minioAdminPassword: "planted" },
      `\`spacelift:minioAdminPassword\`: has no use: with \`kind: s3\`, the secret key is \`s3SecretKey\`; ${rmSecret("minioAdminPassword")}`,
    ),
    wrongS3Secret(
      "a secret key of MinIO",
      { minioSecretKey: "planted" },
      `\`spacelift:minioSecretKey\`: has no use: with \`kind: s3\`, the secret key is \`s3SecretKey\`; ${rmSecret("minioSecretKey")}`,
    ),
    wrongS3(
      "no access key",
      storage({ accessKeyId: undefined }),
      `${own("accessKeyId")}: is missing: with \`kind: s3\` you provide the access key of the services; run \`pulumi config set --path spacelift:onprem.objectStorage.accessKeyId spacelift-access-key\``,
    ),
    wrongS3Secret(
      "no secret key",
      { s3SecretKey: undefined },
      `\`spacelift:s3SecretKey\`: is missing: with \`kind: s3\` you provide the access key of the services; ${prompt("s3SecretKey")}`,
    ),
    wrongS3(
      "an access key to deploy with without its secret key",
      storage({ adminAccessKeyId: "deployer" }),
      `\`spacelift:s3AdminSecretKey\`: is missing: it belongs to \`onprem.objectStorage.adminAccessKeyId\`; ${prompt("s3AdminSecretKey")}`,
    ),
    wrongS3Secret(
      "a secret key to deploy with without its access key",
      { s3AdminSecretKey: "planted" },
      `${own("adminAccessKeyId")}: is missing: \`s3AdminSecretKey\` is a secret key without an access key; run \`pulumi config set --path spacelift:onprem.objectStorage.adminAccessKeyId spacelift-deployer\`, or ${rmSecret("s3AdminSecretKey")}`,
    ),
    wrongS3(
      "an access key to deploy with where nothing is created",
      storage({ createBuckets: false, adminAccessKeyId: "deployer" }),
      `${own("adminAccessKeyId")}: has no use: with \`createBuckets: false\` it has nothing to create; ${rm("onprem.objectStorage.adminAccessKeyId")}`,
      { s3AdminSecretKey: "planted" },
    ),
    wrongS3(
      "no lifecycle rules for buckets that are left as they are",
      storage({ createBuckets: false, lifecycle: false }),
      `${own("lifecycle")}: has no use: with \`createBuckets: false\` the buckets are left as they are; ${rm("onprem.objectStorage.lifecycle")}`,
    ),
    wrongS3(
      "days of a bucket without lifecycle rules",
      { ...storage({ lifecycle: false }), buckets: { runLogs: { expireAfterDays: 30 } } },
      `\`spacelift:buckets.runLogs.expireAfterDays\`: contradicts \`onprem.objectStorage.lifecycle: false\`; ${rm("buckets.runLogs.expireAfterDays")}, or ${rm("onprem.objectStorage.lifecycle")}`,
    ),
    wrong(
      "an access key to deploy with on MinIO",
      storage({ adminAccessKeyId: "deployer" }),
      `${own("adminAccessKeyId")}: has no use: only \`kind: s3\` reads it; ${rm("onprem.objectStorage.adminAccessKeyId")}, or run \`pulumi config set --path spacelift:onprem.objectStorage.kind s3\``,
    ),
    wrong(
      "no lifecycle rules on MinIO",
      storage({ lifecycle: false }),
      `${own("lifecycle")}: has no use: only \`kind: s3\` reads it; ${rm("onprem.objectStorage.lifecycle")}, or run \`pulumi config set --path spacelift:onprem.objectStorage.kind s3\``,
    ),
    wrongSecret(
      "a secret key of S3 on MinIO",
      { s3SecretKey: "planted" },
      `\`spacelift:s3SecretKey\`: has no use: only \`onprem.objectStorage.kind: s3\` reads it; ${rmSecret("s3SecretKey")}, or run \`pulumi config set --path spacelift:onprem.objectStorage.kind s3\``,
    ),
  ]);
});
