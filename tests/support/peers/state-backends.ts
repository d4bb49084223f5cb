import type { WorkspaceOptions } from "../../../automation/options";
import { startAzurite } from "./azurite-server";
import { type Distance, startDistance } from "./distance";
import { startMinio } from "./minio-server";

/** Where an engine keeps the state of its stacks. */
export interface StateBackend {
  readonly url: string;
  /** Credentials, as variables of the engine. */
  readonly env: Readonly<Record<string, string>>;
}

/** An object store that keeps states. */
export interface RemoteBackends {
  /** What engines and this store have between them. */
  readonly distance: Distance;
  /** Makes an empty bucket or container. */
  readonly open: (name: string) => Promise<StateBackend>;
  readonly stop: () => Promise<void>;
}

/** The object stores by the scheme of their URLs. */
export const remoteBackends = {
  s3: startS3,
  azblob: startBlob,
} as const satisfies Readonly<Record<string, () => Promise<RemoteBackends>>>;

/** The variables that lead an engine to a backend. */
export const backendVariables = ({ url, env }: StateBackend): Readonly<Record<string, string>> => ({
  ...env,
  PULUMI_BACKEND_URL: url,
});

/** A workspace in another backend. */
export const inBackend = (workspace: WorkspaceOptions, { url, env }: StateBackend): WorkspaceOptions => ({
  ...workspace,
  backend: url,
  env: { ...workspace.env, ...env },
});

async function startS3(): Promise<RemoteBackends> {
  const minio = await startMinio(undefined);
  const distance = await startDistance(minio.port);
  const query = new URLSearchParams({
    endpoint: `127.0.0.1:${distance.port}`,
    disableSSL: "true",
    s3ForcePathStyle: "true",
    region: "us-east-1",
  });
  return {
    distance,
    open: async (name) => {
      await minio.makeBucket(name);
      const { user, password } = minio.root;
      return {
        url: `s3://${name}?${query.toString()}`,
        env: { AWS_ACCESS_KEY_ID: user, AWS_SECRET_ACCESS_KEY: password },
      };
    },
    stop: async () => {
      await distance.stop();
      await minio.stop();
    },
  };
}

async function startBlob(): Promise<RemoteBackends> {
  const azurite = await startAzurite();
  const distance = await startDistance(azurite.port);
  const query = new URLSearchParams({
    protocol: "http",
    domain: `127.0.0.1:${distance.port}`,
    localemu: "true",
  });
  return {
    distance,
    open: async (name) => {
      await azurite.makeContainer(name);
      const { name: account, key } = azurite.account;
      return {
        url: `azblob://${name}?${query.toString()}`,
        env: { AZURE_STORAGE_ACCOUNT: account, AZURE_STORAGE_KEY: key },
      };
    },
    stop: async () => {
      await distance.stop();
      await azurite.stop();
    },
  };
}
