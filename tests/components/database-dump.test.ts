import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Provider } from "@pulumi/kubernetes/provider";
import { DatabaseDump, type DatabaseDumpArgs } from "../../components/spacelift/database-dump";
import { type Inventory, secret, SecretValue } from "../support/inventory";
import { run } from "../support/run";

const base: Omit<DatabaseDumpArgs, "storage" | "databaseUrl"> = {
  before: "v4.1.0",
  isDone: false,
  dumpImage: "postgres:17-alpine",
  uploadImage: "aws-cli:2",
  serverSideEncryption: false,
  region: "eu-west-1",
  namespace: "spacelift",
  serviceAccountName: "spacelift-backend",
  bucket: "spacelift-backups",
  after: [],
};
const jobType = "kubernetes:batch/v1:Job";

interface Container {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext: unknown;
}

describe("DatabaseDump", () => {
  const dump = async (more: Partial<DatabaseDumpArgs> = {}, query = ""): Promise<Inventory> => {
    const { inventory } = await run(() => {
      new DatabaseDump(
        "dump",
        {
          ...base,
          databaseUrl: pulumi.secret(
            `postgres://spacelift:planted%40database@a.example.com,b.example.com:6432/spacelift${query}`,
          ),
          storage: {
            type: "minio",
            endpoint: "minio.example.com",
            tls: true,
            insecureSkipVerify: false,
            accessKeyId: "planted-access-key",
            secretAccessKey: pulumi.secret("planted-secret-key"),
          },
          ...more,
        },
        { providers: [new Provider("kubernetes")] },
      );
    });
    return inventory;
  };
  const podOf = (inventory: Inventory) => {
    const { spec } = inventory.one(jobType).inputs as {
      readonly spec: {
        readonly template: {
          readonly spec: {
            readonly initContainers: readonly Container[];
            readonly containers: readonly Container[];
            readonly securityContext: unknown;
          };
        };
      };
    };
    return spec.template.spec;
  };

  it("finds the database by libpq's variables, in a Secret", async () => {
    const inventory = await dump({}, "?sslmode=verify-full");
    inventory.has("kubernetes:core/v1:Secret", "dump-login", {
      metadata: { name: "spacelift-before-v4-1-0", namespace: "spacelift" },
      stringData: secret({
        PGHOST: "a.example.com,b.example.com",
        PGPORT: "5432,6432",
        PGUSER: "spacelift",
        PGPASSWORD: "planted@database",
        PGDATABASE: "spacelift",
        PGSSLMODE: "verify-full",
        PGSSLROOTCERT: "/etc/ssl/certs/ca-certificates.crt",
        AWS_SECRET_ACCESS_KEY: "planted-secret-key",
      }),
    });
    const own = await dump({ databaseCaConfigMap: "spacelift-database-ca" }, "?sslmode=verify-ca");
    own.has("kubernetes:core/v1:Secret", "dump-login", {
      stringData: secret({ PGSSLROOTCERT: "/etc/spacelift/database-ca/ca.pem" }),
    });
  });

  it("has no secret in the Job", async () => {
    const { inputs } = (await dump()).one(jobType);
    assert.doesNotMatch(
      JSON.stringify(inputs, (_, value: unknown) => (value instanceof SecretValue ? value.value : value)),
      /planted/,
    );
  });

  it("writes an object of its own for each pod, below the release", async () => {
    const [upload] = podOf(await dump({ serverSideEncryption: true, storageCa: "PEM" })).containers;
    assert.ok(upload);
    assert.ok(upload.command.includes("s3://spacelift-backups/before-v4-1-0/$(POD_NAME).dump"));
    assert.deepEqual(upload.command.slice(-2), ["--sse", "AES256"]);
    const values = Object.fromEntries(upload.env.map(({ name, value }) => [name, value]));
    assert.equal(values["AWS_ENDPOINT_URL_S3"], "https://minio.example.com");
    assert.equal(values["AWS_REGION"], "eu-west-1");
    assert.equal(values["AWS_CA_BUNDLE"], "/storage-ca/ca.pem");
  });

  // The restricted Pod Security Standard of Kubernetes.
  it("meets the restricted standard for pods", async () => {
    const pod = podOf(await dump());
    assert.deepEqual(pod.securityContext, {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      fsGroup: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    });
    for (const { securityContext } of [...pod.initContainers, ...pod.containers]) {
      assert.deepEqual(securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
    }
  });

  it("changes as long as the upgrade is not done, and is replaced when it failed", async () => {
    const under = (await dump()).one(jobType);
    assert.deepEqual(under.options.ignoreChanges, []);
    const { metadata } = under.inputs as { readonly metadata: { readonly annotations: unknown } };
    // pulumi-kubernetes, provider/pkg/provider/provider.go, Diff.
    assert.deepEqual(metadata.annotations, { "pulumi.com/replaceUnready": "true" });
    assert.deepEqual((await dump({ isDone: true })).one(jobType).options.ignoreChanges, ["spec"]);
  });
});
