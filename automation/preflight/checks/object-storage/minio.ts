import { sign } from "aws4";
import { type Answer, ask } from "../../../../peers/ask";

/** Who signs requests. */
export interface StorageLogin {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** What the key belongs to, in the words of the configuration: `onprem.objectStorage.adminUser`. */
  readonly key: string;
  /** The secret with the password, in the words of the configuration. */
  readonly secret: "minioAdminPassword" | "minioSecretKey";
}

/** A MinIO server, as far as one has come to know it. */
export interface Minio {
  readonly origin: string;
  readonly region: string;
  /** CAs to trust, PEM. */
  readonly ca: readonly string[];
  readonly insecure: boolean;
  readonly signal: AbortSignal;
}

/** Sends a request without a signature. */
export const askMinio = (
  { origin, ca, insecure, signal }: Minio,
  path: string,
  request: { readonly method?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Answer> => ask({ url: new URL(path, origin), ca, insecure, signal, ...request });

/**
 * Sends a signed GET.
 *
 * @param headers further headers; each becomes part of the signature
 */
export async function askSigned(
  minio: Minio,
  login: StorageLogin,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const { host } = new URL(minio.origin);
  const signed = sign(
    { host, path, method: "GET", service: "s3", region: minio.region, headers: { ...headers } },
    { accessKeyId: login.accessKeyId, secretAccessKey: login.secretAccessKey },
  );
  const texts = Object.entries(signed.headers ?? {}).map(([name, value]) => [name, String(value)] as const);
  return askMinio(minio, path, { headers: Object.fromEntries(texts) });
}

/** The code of an S3 error: `AccessDenied`; undefined when the answer is none of S3. */
export const errorCode = ({ text }: Answer): string | undefined =>
  /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? /"Code":\s*"(\w+)"/.exec(text)?.[1];
