import * as batch from "@pulumi/kubernetes/batch/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type DatabaseAddress, databaseAddress } from "../../config/database-url";
import { restorePointName } from "../../config/restore-point";
import { SpaceliftComponent } from "../component";
import {
  databaseCaDirectory,
  databaseCaFile,
  type DatabaseRestorePoint,
  type MinioStorage,
  type SecretString,
  storageOrigin,
} from "../platform/platform";

export interface DumpOptions {
  /** The release before which the database is dumped, with its `v`. */
  readonly before: string;
  /** Whether the upgrade is done: the dump is not made anew then, whatever else changes. */
  readonly isDone: boolean;
  /** Image with `pg_dump`, no older than the server. */
  readonly dumpImage: string;
  /** Image with the AWS CLI, version 2.13 or newer. */
  readonly uploadImage: string;
  /** Ask the object storage to encrypt the dump with a key of its own (SSE-S3). */
  readonly serverSideEncryption: boolean;
  /** Region of the object storage. */
  readonly region: string;
  /** CA of the object storage, PEM. @default - those of the image for uploads */
  readonly storageCa?: string | undefined;
}

export interface DatabaseDumpArgs extends DumpOptions {
  readonly namespace: pulumi.Input<string>;
  /** Its pull secrets are those of the pod. */
  readonly serviceAccountName: pulumi.Input<string>;
  readonly databaseUrl: SecretString;
  /** ConfigMap with the CA of the database. @default - the authorities of the image for dumps */
  readonly databaseCaConfigMap?: pulumi.Input<string> | undefined;
  readonly storage: MinioStorage;
  readonly bucket: pulumi.Input<string>;
  /** What must be done before the database is dumped. */
  readonly after: readonly pulumi.Resource[];
}

const DUMP = "/work/spacelift.dump";
const STORAGE_CA = "/storage-ca";
const CA_FILE = "ca.pem";

/** What `pg_dump` and the AWS CLI are run with: the tests run it against real servers. */
export const dumpCommands = {
  // A dump that cannot be read is none.
  dump: [
    "sh",
    "-c",
    `pg_dump --no-password --format custom --file ${DUMP} && pg_restore --list ${DUMP} > /dev/null`,
  ],
  upload: (
    target: string,
    {
      tls,
      insecureSkipVerify,
      serverSideEncryption,
    }: Pick<MinioStorage, "tls" | "insecureSkipVerify"> & Pick<DumpOptions, "serverSideEncryption">,
  ): readonly string[] => [
    "aws",
    "s3",
    "cp",
    DUMP,
    target,
    "--no-progress",
    ...(serverSideEncryption ? ["--sse", "AES256"] : []),
    ...(tls && insecureSkipVerify ? ["--no-verify-ssl"] : []),
  ],
} as const;

/** Where the image `postgres` has the public authorities. */
const PUBLIC_CAS = "/etc/ssl/certs/ca-certificates.crt";

/** The variables with which programs of PostgreSQL find a database (libpq, “Environment Variables”). */
export function postgresEnv(
  { hosts, user, password, database, sslMode }: DatabaseAddress,
  caFile: string | undefined,
): Readonly<Record<string, string>> {
  return {
    PGHOST: hosts.map(({ host }) => host).join(","),
    PGPORT: hosts.map(({ port }) => String(port)).join(","),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database,
    PGSSLMODE: sslMode,
    // Unlike the driver of the services, libpq trusts no authority by itself.
    PGSSLROOTCERT: sslMode.startsWith("verify-") ? (caFile ?? PUBLIC_CAS) : "",
  };
}

/** The variables with which the AWS CLI finds an object storage that is not Amazon's. */
export const storageEnv = (
  storage: Pick<MinioStorage, "endpoint" | "tls">,
  region: string,
): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL_S3: storageOrigin(storage),
  AWS_REGION: region,
  // Servers other than Amazon's need not know the checksums that it sends of itself.
  AWS_REQUEST_CHECKSUM_CALCULATION: "when_required",
});

/**
 * A Job that dumps the database into a bucket, below a folder of the release that comes: one object for each pod, so that none
 * is overwritten. A Job that did not end well is replaced by the next run.
 */
export class DatabaseDump extends SpaceliftComponent implements DatabaseRestorePoint {
  readonly name: pulumi.Output<string>;
  readonly takenAt: pulumi.Output<string>;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: DatabaseDumpArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:spacelift:DatabaseDump", name, opts);
    const folder = restorePointName(args.before);
    const metadata = { name: `spacelift-${folder}`, namespace: args.namespace };
    const login = this.createLogin(metadata, args);
    const storageCa = this.createStorageCa(metadata, args.storageCa);
    const job = new batch.Job(
      this.child("job"),
      {
        metadata: { ...metadata, annotations: { "pulumi.com/replaceUnready": "true" } },
        spec: {
          backoffLimit: 2,
          template: {
            metadata: { labels: { "app.kubernetes.io/name": "spacelift-database-dump" } },
            spec: podSpec(args, folder, login.metadata.name, storageCa?.metadata.name),
          },
        },
      },
      {
        parent: this,
        dependsOn: [...args.after],
        customTimeouts: { create: "2h", update: "2h" },
        // Neither another image nor another placement dumps again what the new release has migrated.
        ...(args.isDone && { ignoreChanges: ["spec"] }),
      },
    );
    this.name = pulumi.interpolate`${args.bucket}/${folder}`;
    this.takenAt = job.status.completionTime;
    this.ready = [job];
    this.registerOutputs();
  }

  private createLogin(metadata: ObjectMeta, args: DatabaseDumpArgs): core.Secret {
    const { databaseUrl, databaseCaConfigMap, storage } = args;
    const caFile = databaseCaConfigMap === undefined ? undefined : databaseCaFile;
    const stringData = pulumi
      .all([databaseUrl, storage.accessKeyId, storage.secretAccessKey])
      .apply(([url, accessKeyId, secretAccessKey]) => ({
        ...postgresEnv(databaseAddress(url), caFile),
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
      }));
    return new core.Secret(
      this.child("login"),
      { metadata, type: "Opaque", stringData: pulumi.secret(stringData) },
      { parent: this },
    );
  }

  private createStorageCa(metadata: ObjectMeta, certificate: string | undefined): core.ConfigMap | undefined {
    if (certificate === undefined) return undefined;
    return new core.ConfigMap(
      this.child("storage-ca"),
      { metadata, data: { [CA_FILE]: certificate } },
      { parent: this },
    );
  }
}

type ObjectMeta = types.input.meta.v1.ObjectMeta;
type EnvVar = types.input.core.v1.EnvVar;

const loginVariables = {
  dump: ["PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGSSLMODE", "PGSSLROOTCERT"],
  upload: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
} as const;

function podSpec(
  { bucket, databaseCaConfigMap, storage, ...args }: DatabaseDumpArgs,
  folder: string,
  login: pulumi.Input<string>,
  storageCa: pulumi.Input<string> | undefined,
): types.input.core.v1.PodSpec {
  const fromLogin = (names: readonly string[]): EnvVar[] =>
    names.map((name) => ({ name, valueFrom: { secretKeyRef: { name: login, key: name } } }));
  // Nothing but the folder is written, and programs that want a home have it there.
  const common = {
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    resources: { requests: { cpu: "100m", memory: "256Mi" } },
  };
  const home = { name: "HOME", value: "/work" };
  const work = { name: "work", mountPath: "/work" };
  const mounts = (configMap: unknown, name: string, mountPath: string) =>
    configMap === undefined ? [work] : [work, { name, mountPath, readOnly: true }];
  const target = pulumi.interpolate`s3://${bucket}/${folder}/$(POD_NAME).dump`;
  const settings = {
    ...storageEnv(storage, args.region),
    ...(storageCa !== undefined && { AWS_CA_BUNDLE: `${STORAGE_CA}/${CA_FILE}` }),
  };
  return {
    restartPolicy: "Never",
    serviceAccountName: args.serviceAccountName,
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      fsGroup: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    },
    initContainers: [
      {
        name: "dump",
        image: args.dumpImage,
        command: [...dumpCommands.dump],
        env: [home, ...fromLogin(loginVariables.dump)],
        volumeMounts: mounts(databaseCaConfigMap, "database-ca", databaseCaDirectory),
        ...common,
      },
    ],
    containers: [
      {
        name: "upload",
        image: args.uploadImage,
        command: target.apply((known) => [
          ...dumpCommands.upload(known, { ...storage, serverSideEncryption: args.serverSideEncryption }),
        ]),
        env: [
          home,
          { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
          ...Object.entries(settings).map(([name, value]) => ({ name, value })),
          ...fromLogin(loginVariables.upload),
        ],
        volumeMounts: mounts(storageCa, "storage-ca", STORAGE_CA),
        ...common,
      },
    ],
    volumes: [
      { name: "work", emptyDir: {} },
      ...configMapVolume("database-ca", databaseCaConfigMap),
      ...configMapVolume("storage-ca", storageCa),
    ],
  };
}

const configMapVolume = (
  name: string,
  configMap: pulumi.Input<string> | undefined,
): types.input.core.v1.Volume[] =>
  configMap === undefined ? [] : [{ name, configMap: { name: configMap } }];
