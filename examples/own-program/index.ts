import { Provider } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { EncryptionKey, ObjectStorage, type Platform, Spacelift } from "spacelift-selfhosted-pulumi";

const config = new pulumi.Config();
const domain = config.require("domain");
const registry = config.require("registry");
const version = config.require("version");

const cluster = new Provider("cluster", {
  kubeconfig: config.requireSecret("kubeconfig"),
  // Without one, a change of the kubeconfig would replace everything in the cluster.
  clusterIdentifier: "shared-cluster",
});

/** The buckets with their retention, and a user who may do what the services do. */
const storage = new ObjectStorage("storage", {
  endpoint: config.require("minio"),
  admin: { user: "minio", password: config.requireSecret("minioAdminPassword") },
});

const pullCredentials = config.requireSecret("registryPassword").apply((password) => {
  const auth = Buffer.from(`spacelift:${password}`).toString("base64");
  return JSON.stringify({ auths: { [registry]: { auth } } });
});

/** Where Spacelift runs, as data: nothing of it has to come from the package. */
const platform: Platform = {
  kubernetes: { provider: cluster, namespaceLabels: { team: "platform" } },
  images: {
    backend: `${registry}/spacelift-backend:${version}`,
    launcherRepository: `${registry}/spacelift-launcher`,
    tag: version,
    pullCredentials,
    pullSecretNames: [],
    pushed: [],
  },
  database: { url: config.requireSecret("databaseUrl") },
  objectStorage: {
    service: {
      type: "minio",
      endpoint: config.require("minio"),
      tls: true,
      insecureSkipVerify: false,
      ...storage.credentials,
    },
    buckets: storage.bucketNames,
    uploadsUrl: `https://${config.require("minio")}`,
  },
  ingress: { defaultMode: "existing", serviceAnnotations: {} },
  kept: [],
};

const admin = new random.RandomPassword("admin-password", { length: 32, special: false });

const spacelift = new Spacelift(
  "spacelift",
  {
    platform,
    env: {
      domain,
      admin: { username: "admin", password: admin.result },
      licenseToken: config.requireSecret("licenseToken"),
      encryptionPrivateKey: new EncryptionKey("encryption-key", {}).privateKey,
    },
    ingress: { className: "nginx", software: "ingress-nginx" },
    certificates: { type: "existingIssuer", kind: "ClusterIssuer", name: "corporate" },
  },
  { providers: [cluster] },
);

export const url = `https://${domain}`;
export const namespace = spacelift.namespace;
export const adminPassword = pulumi.secret(admin.result);
