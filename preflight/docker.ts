import { createHash } from "node:crypto";
import { readFile, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { setCommand } from "../config/problems";
import { findOnPath } from "../peers/run-command";
import { type HttpResponse, request, type HttpRequest } from "../peers/http";
import { connectionProblem } from "../peers/connection";
import { type Check, type CheckContext, type Finding, finding } from "./check";
import { parseJson } from "../peers/json";

const commandCheck = finding("docker.command", "Docker command");
const contextCheck = finding("docker.context", "Docker context");
const daemonCheck = finding("docker.daemon", "Docker daemon");

const withoutDocker = `or push without it: ${setCommand("images.method", "direct")}`;

/** The Docker that images are pushed with: the command that loads them, and the daemon behind it. */
export const dockerCheck: Check = {
  id: "docker",
  title: "Docker",
  skip: ({ settings: { images } }) => {
    if (!images.push) return "images are in the registry already (`images.push: false`)";
    return images.method === "docker"
      ? undefined
      : "images are pushed without Docker (`images.method: direct`)";
  },
  run: async (context) => {
    const command = await findCommand(context);
    try {
      const endpoint = await dockerEndpoint(context.env);
      return [command, ...(await contextFindings(endpoint)), await findDaemon(context, endpoint)];
    } catch (error) {
      if (!(error instanceof ContextError)) throw error;
      const fix = "run `docker context use default`, or unset DOCKER_CONTEXT";
      return [command, contextCheck.failed(error.message, fix)];
    }
  },
};

async function findCommand({ env }: CheckContext): Promise<Finding> {
  const path = await findOnPath("docker", env["PATH"] ?? "");
  return path === undefined
    ? commandCheck.failed(
        "no `docker` on PATH, which loads the images",
        `install the Docker command, ${withoutDocker}`,
      )
    : commandCheck.passed(path);
}

/** The `docker` command loads the images where the context says; what pushes them does not read the context. */
async function contextFindings({ host, context, fromConfig }: DockerEndpoint): Promise<readonly Finding[]> {
  if (context === undefined || (fromConfig && (await isSamePath(host, DEFAULT_HOST)))) return [];
  const other = fromConfig
    ? `pushing uses ${DEFAULT_HOST}`
    : "not everything that pushes knows DOCKER_CONTEXT";
  const reason = `the context "${context}" leads to ${host}, yet ${other}`;
  return [contextCheck.warning(reason, `run \`export DOCKER_HOST=${host}\``)];
}

async function isSamePath(left: string, right: string): Promise<boolean> {
  const real = async (host: string): Promise<string> =>
    realpath(host.replace(/^unix:\/\//, "")).catch(() => host);
  return (await real(left)) === (await real(right));
}

const versionSchema = z.object({
  Version: z.string(),
  Os: z.string().default(""),
  Arch: z.string().default(""),
});

async function findDaemon({ signal }: CheckContext, endpoint: DockerEndpoint): Promise<Finding> {
  const { host } = endpoint;
  const way = await wayTo(endpoint);
  if (way === undefined) {
    const reason = `${host} is reached by other means than HTTP; \`docker version\` tells whether it answers`;
    return daemonCheck.skipped(reason);
  }
  const askDaemon = (path: string): Promise<HttpResponse> => {
    const { origin, ...by } = way;
    return request({ url: new URL(path, `${origin}/`), ...by, signal });
  };
  const notDocker = ({ status }: HttpResponse): Finding =>
    daemonCheck.failed(
      `${host} does not answer as Docker does (status ${status})`,
      `correct DOCKER_HOST, ${withoutDocker}`,
    );
  try {
    const ping = await askDaemon("_ping");
    if (ping.status !== 200) return notDocker(ping);
    const version = await askDaemon("version");
    const read = versionSchema.safeParse(version.status === 200 ? JSON.parse(version.text) : undefined);
    if (!read.success) return notDocker(version);
    const { Version, Os, Arch } = read.data;
    return daemonCheck.passed(`Docker ${Version} (${Os}/${Arch}) answers at ${host}`);
  } catch (error) {
    signal.throwIfAborted();
    const isDenied = error instanceof Error && "code" in error && error.code === "EACCES";
    return daemonCheck.failed(
      `${host} ${connectionProblem(error).reason}`,
      isDenied
        ? "add this user to the group docker (`sudo usermod -aG docker $USER`) and log in again"
        : `start Docker, or let DOCKER_HOST name its daemon, ${withoutDocker}`,
    );
  }
}

type Way = Pick<HttpRequest, "socketPath" | "ca" | "identity"> & { readonly origin: string };

async function wayTo({ host, certificates }: DockerEndpoint): Promise<Way | undefined> {
  if (host.startsWith("unix://")) {
    return { origin: "http://docker", socketPath: host.slice("unix://".length) };
  }
  if (!/^(?:tcp|http|https):\/\//.test(host)) return undefined;
  const authority = host.replace(/^\w+:\/\//, "").replace(/\/$/, "");
  if (certificates === undefined) {
    return { origin: `${host.startsWith("https:") ? "https" : "http"}://${authority}` };
  }
  const read = (name: string): Promise<string> => readFile(join(certificates, name), "utf8");
  const [ca, certificate, key] = await Promise.all([read("ca.pem"), read("cert.pem"), read("key.pem")]);
  return { origin: `https://${authority}`, ca: [ca], identity: { certificate, key } };
}

/** The address of a daemon when nothing names another. */
const DEFAULT_HOST = "unix:///var/run/docker.sock";

/** The daemon that the `docker` command talks to. */
export interface DockerEndpoint {
  /** `unix:///…`, `tcp://host:port`, `npipe://…` or `ssh://…`. */
  readonly host: string;
  /** The context it comes from; undefined when none does. */
  readonly context?: string;
  /** Whether the context is chosen in Docker's configuration, which other programs do not read. */
  readonly fromConfig: boolean;
  /** Folder with `ca.pem`, `cert.pem` and `key.pem`; undefined without TLS. */
  readonly certificates?: string;
}

const configSchema = z.object({ currentContext: z.string().optional() });
const contextSchema = z.object({ Endpoints: z.object({ docker: z.object({ Host: z.string() }) }) });

/** The context that is chosen does not exist, or cannot be read; the message says so. */
class ContextError extends Error {}

/** Finds the daemon as the `docker` command does: `DOCKER_HOST`, else `DOCKER_CONTEXT`, else the context in use. */
export async function dockerEndpoint(env: CheckContext["env"]): Promise<DockerEndpoint> {
  const host = set(env["DOCKER_HOST"]);
  const folder = set(env["DOCKER_CONFIG"]) ?? join(env["HOME"] ?? homedir(), ".docker");
  if (host !== undefined) {
    const tls = set(env["DOCKER_TLS_VERIFY"]) !== undefined;
    return { host, fromConfig: false, ...(tls && { certificates: set(env["DOCKER_CERT_PATH"]) ?? folder }) };
  }
  const chosen = set(env["DOCKER_CONTEXT"]);
  const context = chosen ?? (await currentContext(folder));
  if (context === undefined || context === "default") return { host: DEFAULT_HOST, fromConfig: false };
  const id = createHash("sha256").update(context).digest("hex");
  const text = await readOptional(join(folder, "contexts", "meta", id, "meta.json"));
  if (text === undefined) throw new ContextError(`there is no Docker context "${context}"`);
  const meta = contextSchema.safeParse(parseJson(text));
  if (!meta.success) throw new ContextError(`the Docker context "${context}" names no daemon`);
  const certificates = join(folder, "contexts", "tls", id, "docker");
  const hasCertificates = (await readOptional(join(certificates, "ca.pem"))) !== undefined;
  return {
    host: meta.data.Endpoints.docker.Host,
    context,
    fromConfig: chosen === undefined,
    ...(hasCertificates && { certificates }),
  };
}

/** Shells and unit files set variables to nothing to unset them. */
const set = (value: string | undefined): string | undefined => (value === "" ? undefined : value);

async function currentContext(folder: string): Promise<string | undefined> {
  const text = await readOptional(join(folder, "config.json"));
  const read = configSchema.safeParse(text === undefined ? {} : parseJson(text));
  return read.success ? set(read.data.currentContext) : undefined;
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
