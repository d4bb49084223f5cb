import { createCipheriv, createHash, pbkdf2Sync, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request as requestPlain } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sign } from "aws4";
import type { KeyPair } from "./authority";
import { goProgram } from "../../live/ground/go-programs";
import { minioPrograms } from "../../live/ground/programs";
import { freePort, startServer } from "./server-process";

/** A MinIO server of the tests' own, on loopback. */
export interface MinioServer {
  readonly port: number;
  /** Credentials of its root user. */
  readonly root: { readonly user: string; readonly password: string };
  readonly makeBucket: (name: string) => Promise<void>;
  readonly removeBucket: (name: string) => Promise<void>;
  /** Makes a user that has the policy `readwrite`, and may administer nothing. */
  readonly addUser: (name: string, password: string) => Promise<void>;
  /** Makes a user whose rights come from a group with a policy (JSON), all three of the same name. */
  readonly addUserInGroup: (name: string, password: string, policy: string) => Promise<void>;
  /** Sends a signed request: as root, unless somebody else signs it. */
  readonly send: (method: string, path: string, request?: RequestParts) => Promise<MinioAnswer>;
  /** Changes a setting of the server, as `mc admin config set` does: `api cors_allow_origin=…`. */
  readonly configure: (setting: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** What a request may have beside its method and path. */
export interface RequestParts {
  readonly body?: Buffer | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly login?: { readonly user: string; readonly password: string };
  /** Encrypt the body for the administrative API, with the password of whoever signs. @default false */
  readonly seal?: boolean;
}

/** What the server answered. */
export interface MinioAnswer {
  readonly status: number;
  readonly text: string;
}

const root = { user: "root-of-the-tests", password: "planted-minio-admin-password" };

/**
 * Starts a server with an empty drive in a folder that goes with it.
 *
 * @param identity undefined: it speaks HTTP without TLS
 * @param region its region; none: it takes any
 */
export async function startMinio(identity: KeyPair | undefined, region?: string): Promise<MinioServer> {
  const command = await goProgram(minioPrograms);
  const folder = await mkdtemp(join(tmpdir(), "spacelift-test-minio-"));
  const certificates = join(folder, "certificates");
  await mkdir(certificates);
  if (identity) {
    await writeFile(join(certificates, "public.crt"), identity.certificate);
    await writeFile(join(certificates, "private.key"), identity.privateKey);
  }
  const port = await freePort();
  const send: MinioServer["send"] = (method, path, request = {}) =>
    signed({ ...request, port, method, path, region: region ?? "us-east-1", plain: !identity });
  const server = await startServer({
    command,
    args: ["server", "--address", `127.0.0.1:${port}`, "--certs-dir", certificates, join(folder, "drive")],
    cwd: folder,
    env: {
      MINIO_ROOT_USER: root.user,
      MINIO_ROOT_PASSWORD: root.password,
      MINIO_BROWSER: "off",
      MINIO_UPDATE: "off",
      ...(region !== undefined && { MINIO_SITE_REGION: region }),
    },
    answers: async () =>
      (await send("GET", "/minio/health/live")).status === 200 && (await send("GET", "/")).status === 200,
  });
  const done = async (method: string, path: string, parts: RequestParts = {}): Promise<void> => {
    const { status } = await send(method, path, parts);
    if (status >= 300) throw new Error(`MinIO answers ${method} ${path} with ${status}`);
  };
  const admin = "/minio/admin/v3";
  const addUser = (name: string, secretKey: string): Promise<void> =>
    done("PUT", `${admin}/add-user?accessKey=${name}`, {
      body: JSON.stringify({ secretKey, status: "enabled" }),
      seal: true,
    });
  const attach = (policy: string, name: string, isGroup: boolean): Promise<void> =>
    done(
      "PUT",
      `${admin}/set-user-or-group-policy?isGroup=${isGroup}&policyName=${policy}&userOrGroup=${name}`,
    );
  return {
    port,
    root,
    makeBucket: (name) => done("PUT", `/${name}`),
    removeBucket: (name) => done("DELETE", `/${name}`),
    addUser: async (name, password) => {
      await addUser(name, password);
      await attach("readwrite", name, false);
    },
    addUserInGroup: async (name, password, policy) => {
      await addUser(name, password);
      await done("PUT", `${admin}/add-canned-policy?name=${name}`, { body: policy });
      const group = { group: name, members: [name], isRemove: false };
      await done("PUT", `${admin}/update-group-members`, { body: JSON.stringify(group) });
      await attach(name, name, true);
    },
    send,
    configure: (setting) => done("PUT", `${admin}/set-config-kv`, { body: setting, seal: true }),
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A signed request to a server of S3 on loopback. */
export interface SignedRequest extends RequestParts {
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly region: string;
  /** Without TLS. */
  readonly plain: boolean;
}

/** Sends a signed request. */
export function signed({
  port,
  method,
  path,
  region,
  plain,
  body: given,
  headers: more,
  login = root,
  seal = false,
}: SignedRequest): Promise<MinioAnswer> {
  const body = seal ? sealed(String(given), login.password) : given;
  const host = `localhost:${port}`;
  // Without it, lifecycle rules are refused.
  const digest = body === undefined ? {} : { "content-md5": createHash("md5").update(body).digest("base64") };
  const headersToSign = { ...digest, ...more };
  const options = sign(
    {
      host,
      method,
      path,
      service: "s3",
      region,
      headers: headersToSign,
      ...(body !== undefined && { body }),
    },
    { accessKeyId: login.user, secretAccessKey: login.password },
  );
  return new Promise((resolve, reject) => {
    const { headers = {} } = options;
    const exchange = (plain ? requestPlain : request)(
      { host: "localhost", port, method, path, headers, agent: false, rejectUnauthorized: false },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.once("end", () => {
          resolve({ status: response.statusCode ?? 0, text });
        });
      },
    );
    exchange.once("error", reject);
    exchange.end(body);
  });
}

/**
 * Encrypts a text as MinIO's administrative API wants it: a key from the password of whoever asks by PBKDF2, AES-256-GCM in
 * one piece with the number of the piece in its nonce, and the tag of an empty piece as additional data.
 */
function sealed(text: string, password: string): Buffer {
  const PBKDF2_AES_GCM = 2;
  const salt = randomBytes(32);
  const nonce = randomBytes(8);
  const key = pbkdf2Sync(password, salt, 8192, 32, "sha256");
  const piece = (number: number, plain: Buffer, additional: Buffer): Buffer => {
    const counter = Buffer.alloc(4);
    counter.writeUInt32LE(number);
    const cipher = createCipheriv("aes-256-gcm", key, Buffer.concat([nonce, counter]));
    cipher.setAAD(additional);
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  };
  const LAST = Buffer.from([0x80]);
  const additional = Buffer.concat([LAST, piece(0, Buffer.alloc(0), Buffer.alloc(0))]);
  return Buffer.concat([salt, Buffer.from([PBKDF2_AES_GCM]), nonce, piece(1, Buffer.from(text), additional)]);
}
