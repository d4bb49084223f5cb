import { resolve } from "node:path";
import { readProblem, readText } from "../peers/files";
import { runExecPlugin } from "./exec-plugin";
import { KubeError } from "./kube-error";
import type { KubeContext } from "./kubeconfig";

/** More than certificates of every public authority, or any token, take. */
const MOST_BYTES = 1024 * 1024;

export interface Credentials {
  /** Value of the header `authorization`. */
  readonly authorization?: string;
  /** Certificate and key of the caller, PEM. */
  readonly cert?: string;
  readonly key?: string;
}

/** What obtaining credentials may use. */
export interface CredentialOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/**
 * Obtains what the kubeconfig says a caller is: a certificate, a token, a password, or what a plugin gives.
 *
 * @throws KubeError of kind `configuration`, `credentials` or `timeout`
 */
export async function obtainCredentials(
  context: KubeContext,
  options: CredentialOptions,
): Promise<Credentials> {
  const { user, folders } = context;
  const file = (path: string | undefined): Promise<string | undefined> => readGiven(path, folders.user);
  const cert = decoded(user["client-certificate-data"]) ?? (await file(user["client-certificate"]));
  const key = decoded(user["client-key-data"]) ?? (await file(user["client-key"]));
  const certificate = {
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
  // The file wins, as it does for kubectl: it is renewed.
  const token = (await file(user.tokenFile))?.trim() ?? user.token;
  if (token !== undefined && token !== "") return { ...certificate, authorization: `Bearer ${token}` };
  if (user.username !== undefined && user.password !== undefined) {
    const pair = Buffer.from(`${user.username}:${user.password}`).toString("base64");
    return { ...certificate, authorization: `Basic ${pair}` };
  }
  if (user.exec) return { ...certificate, ...(await byPlugin(context, options)) };
  if (user["auth-provider"]) {
    const problem = `the kubeconfig uses the auth provider "${user["auth-provider"].name}", which Kubernetes 1.26 removed`;
    throw new KubeError("configuration", problem);
  }
  return certificate;
}

async function byPlugin(
  { user, cluster, folders }: KubeContext,
  options: CredentialOptions,
): Promise<Credentials> {
  const { exec } = user;
  if (!exec) return {};
  const authority = cluster["certificate-authority-data"];
  const { token, clientCertificateData, clientKeyData } = await runExecPlugin(exec, {
    ...options,
    folder: folders.user,
    cluster: {
      server: cluster.server,
      ...(authority !== undefined && { certificateAuthorityData: authority }),
    },
  });
  return {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(clientCertificateData !== undefined && { cert: clientCertificateData }),
    ...(clientKeyData !== undefined && { key: clientKeyData }),
  };
}

/** The text of base64. */
export const decoded = (base64: string | undefined): string | undefined =>
  base64 === undefined || base64 === "" ? undefined : Buffer.from(base64, "base64").toString("utf8");

/**
 * Reads a file that a kubeconfig names.
 *
 * @throws KubeError of kind `configuration`
 */
export async function readGiven(path: string | undefined, folder: string): Promise<string | undefined> {
  if (path === undefined || path === "") return undefined;
  const absolute = resolve(folder, path);
  try {
    return await readText(absolute, MOST_BYTES);
  } catch (error) {
    const problem = `the kubeconfig names ${absolute}, which cannot be read (${readProblem(error)})`;
    throw new KubeError("configuration", problem);
  }
}
