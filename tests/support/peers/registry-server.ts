import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request as requestPlain } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goProgram } from "../../live/ground/go-programs";
import { registryPrograms } from "../../live/ground/programs";
import type { KeyPair } from "./authority";
import { freePort, startServer } from "./server-process";

/** A registry of the tests' own, on loopback, over TLS. */
export interface RegistryServer {
  readonly port: number;
  /** Puts an image of one layer into it. */
  readonly push: (repository: string, tag: string, authorization?: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Who may come in: everybody, one user with a password, or who has a token of a realm. */
export type RegistryAuth =
  | { readonly kind: "open" }
  | { readonly kind: "password" }
  | { readonly kind: "token"; readonly realm: () => string; readonly issuerCertificate: string };

/** The user of a registry with a password. */
export const registryUser = { username: "spacelift", password: "planted-registry-password" };

/** The password of {@link registryUser} by bcrypt, the one form the registry knows. */
const HTPASSWD = "spacelift:$2b$05$DB4VmrxOFjPmGwOmOElNwOYPPt5wQBvDggvVORT1unZL.vOE8Z0Zu\n";

/** `service` and `issuer` of tokens. */
export const tokenService = "registry-of-the-tests";

/**
 * Starts an empty registry in a folder that goes with it.
 *
 * @param identity undefined: it speaks HTTP without TLS
 */
export async function startRegistry(
  identity: KeyPair | undefined,
  auth: RegistryAuth,
): Promise<RegistryServer> {
  const command = await goProgram(registryPrograms);
  const folder = await mkdtemp(join(tmpdir(), "spacelift-test-registry-"));
  const place = async (name: string, content: string): Promise<string> => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  const port = await freePort();
  const config = {
    version: 0.1,
    log: { level: "error" },
    storage: { filesystem: { rootdirectory: join(folder, "storage") } },
    http: {
      addr: `127.0.0.1:${port}`,
      ...(identity && {
        tls: {
          certificate: await place("server.crt", identity.certificate),
          key: await place("server.key", identity.privateKey),
        },
      }),
    },
    ...(auth.kind === "password" && {
      auth: { htpasswd: { realm: "tests", path: await place("htpasswd", HTPASSWD) } },
    }),
    ...(auth.kind === "token" && {
      auth: {
        token: {
          realm: auth.realm(),
          service: tokenService,
          issuer: tokenService,
          rootcertbundle: await place("issuer.crt", auth.issuerCertificate),
        },
      },
    }),
  };
  const server = await startServer({
    command,
    // Every YAML reader takes JSON.
    args: ["serve", await place("config.yml", JSON.stringify(config))],
    cwd: folder,
    answers: async () =>
      [200, 401].includes((await send(port, "GET", "/v2/", {}, undefined, !identity)).status),
  });
  return {
    port,
    push: (repository, tag, authorization) => push(port, repository, tag, authorization),
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function push(
  port: number,
  repository: string,
  tag: string,
  authorization: string | undefined,
): Promise<void> {
  const login = authorization === undefined ? {} : { authorization };
  const upload = async (content: string): Promise<{ readonly digest: string; readonly size: number }> => {
    const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
    const begun = await send(port, "POST", `/v2/${repository}/blobs/uploads/`, login);
    const { pathname, search } = new URL(begun.location, `https://localhost:${port}`);
    const path = `${pathname}${search}${search === "" ? "?" : "&"}digest=${digest}`;
    await send(port, "PUT", path, { ...login, "content-type": "application/octet-stream" }, content);
    return { digest, size: Buffer.byteLength(content) };
  };
  const mediaType = "application/vnd.docker.distribution.manifest.v2+json";
  const manifest = {
    schemaVersion: 2,
    mediaType,
    config: { mediaType: "application/vnd.docker.container.image.v1+json", ...(await upload("{}")) },
    layers: [{ mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip", ...(await upload("layer")) }],
  };
  const headers = { ...login, "content-type": mediaType };
  const path = `/v2/${repository}/manifests/${tag}`;
  const { status } = await send(port, "PUT", path, headers, JSON.stringify(manifest));
  if (status !== 201) throw new Error(`the registry answers the push of ${repository}:${tag} with ${status}`);
}

function send(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
  plain = false,
): Promise<{ readonly status: number; readonly location: string }> {
  return new Promise((resolve, reject) => {
    const exchange = (plain ? requestPlain : request)(
      { host: "localhost", port, method, path, headers, agent: false, rejectUnauthorized: false },
      (response) => {
        response.resume();
        response.once("end", () => {
          resolve({ status: response.statusCode ?? 0, location: response.headers.location ?? "" });
        });
      },
    );
    exchange.once("error", reject);
    exchange.end(body);
  });
}
