import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goProgram } from "../../live/ground/go-programs";
import { seaweedfsPrograms, versitygwPrograms } from "../../live/ground/programs";
import { type MinioAnswer, type RequestParts, signed } from "./minio-server";
import { freePort, startServer } from "./server-process";

/** A server with the API of S3 that is not MinIO, on loopback, without TLS. */
export interface S3Server {
  readonly port: number;
  /** An access key that may do everything. */
  readonly login: { readonly user: string; readonly password: string };
  /** Sends a request, signed by that access key unless another is given. */
  readonly send: (method: string, path: string, request?: RequestParts) => Promise<MinioAnswer>;
  readonly stop: () => Promise<void>;
}

const login = { user: "access-key-of-the-tests", password: "planted-s3-secret-key" };

/** An access key of SeaweedFS that may read and list, and no more. */
export const reader = { user: "reader-of-the-tests", password: "planted-reader-secret-key" };

/** An access key of SeaweedFS with the actions that docs/s3.md gives the services. */
export const services = { user: "services-of-the-tests", password: "planted-services-secret-key" };

/** Starts a server in a folder that goes with it. */
async function start(
  name: string,
  { command, args, region }: { command: string; region: string; args: (folder: string) => Promise<string[]> },
  port: number,
): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), `spacelift-test-${name}-`));
  const send: S3Server["send"] = (method, path, request = {}) =>
    signed({ login, ...request, port, method, path, region, plain: true });
  const server = await startServer({
    command,
    args: await args(folder),
    cwd: folder,
    answers: async () => (await send("GET", "/")).status === 200,
    end: "SIGKILL",
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { port, login, send, stop };
}

/**
 * versitygw in front of files.
 *
 * @param versioned keep versions in a folder of their own; without, it has none
 */
export async function startVersitygw({ region = "us-east-1", versioned = true } = {}): Promise<S3Server> {
  const command = await goProgram(versitygwPrograms);
  const port = await freePort();
  const args = async (folder: string): Promise<string[]> => {
    const [data, versions] = [join(folder, "data"), join(folder, "versions")];
    await Promise.all([mkdir(data), mkdir(versions)]);
    const common = ["--access", login.user, "--secret", login.password, "--region", region];
    const kept = versioned ? ["--versioning-dir", versions] : [];
    return [...common, "--port", `127.0.0.1:${port}`, "posix", ...kept, data];
  };
  return start("versitygw", { command, args, region }, port);
}

/** SeaweedFS, all parts in one process. */
export async function startSeaweedfs(): Promise<S3Server> {
  const command = await goProgram(seaweedfsPrograms);
  const port = await freePort();
  const args = async (folder: string): Promise<string[]> => {
    const config = join(folder, "s3.json");
    await mkdir(join(folder, "data"));
    const key = ({ user, password }: typeof login) => [{ accessKey: user, secretKey: password }];
    const identities = [
      { name: "tester", credentials: key(login), actions: ["Admin", "Read", "Write", "List", "Tagging"] },
      { name: "services", credentials: key(services), actions: ["Read", "Write", "List", "Tagging"] },
      { name: "reader", credentials: key(reader), actions: ["Read", "List"] },
    ];
    await writeFile(config, JSON.stringify({ identities }));
    const parts = ["master", "volume", "filer"].flatMap((part) => [`${part}.port`, `${part}.port.grpc`]);
    const ports: string[] = [];
    // One after another: two that are asked for at once may be the same.
    for (const part of [...parts, "s3.port.grpc"]) ports.push(`-${part}=${await freePort()}`);
    return [
      "server",
      `-dir=${join(folder, "data")}`,
      "-ip=127.0.0.1",
      "-ip.bind=127.0.0.1",
      "-filer",
      "-s3",
      `-s3.port=${port}`,
      `-s3.config=${config}`,
      "-master.volumeSizeLimitMB=32",
      "-volume.max=100",
      "-master.telemetry=false",
      ...ports,
    ];
  };
  return start("seaweedfs", { command, args, region: "us-east-1" }, port);
}
