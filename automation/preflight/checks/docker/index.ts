import { readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { findOnPath } from "../../../../engine/inspect";
import { setCommand } from "../../../../config/problems";
import {
  type Check,
  type CheckContext,
  type Finding,
  type FindingName,
  failed,
  passed,
  skipped,
  warning,
} from "../../check";
import { type Answer, type Question, ask } from "../../../../peers/ask";
import { connectionProblem } from "../../../../peers/connection-problem";
import { ContextError, DEFAULT_HOST, type DockerEndpoint, dockerEndpoint } from "./endpoint";

const command: FindingName = { id: "docker.command", title: "Docker command" };
const context_: FindingName = { id: "docker.context", title: "Docker context" };
const daemon: FindingName = { id: "docker.daemon", title: "Docker daemon" };

const withoutDocker = `or push the images elsewhere and ${setCommand("images.push", false)}`;

/** Looks for the Docker that images are pushed with: the command that loads them, and the daemon behind it. */
export const dockerCheck: Check = {
  id: "docker",
  title: "Docker",
  skip: ({ settings }) =>
    settings.images.push ? undefined : "images are in the registry already (`images.push: false`)",
  run: async (context) => {
    const client = await findClient(context);
    let endpoint: DockerEndpoint;
    try {
      endpoint = await dockerEndpoint(context.env);
    } catch (error) {
      if (!(error instanceof ContextError)) throw error;
      return [
        client,
        failed(context_, error.message, "run `docker context use default`, or unset DOCKER_CONTEXT"),
      ];
    }
    const mismatch = await contextProblem(endpoint);
    return [client, ...(mismatch ? [mismatch] : []), await findDaemon(context, endpoint)];
  },
};

async function findClient({ env }: CheckContext): Promise<Finding> {
  const path = await findOnPath("docker", env["PATH"] ?? "");
  return path === undefined
    ? failed(
        command,
        "no `docker` on PATH, which loads the images",
        `install the Docker command, ${withoutDocker}`,
      )
    : passed(command, path);
}

/** The `docker` command loads the images where the context says; what pushes them does not read the context. */
async function contextProblem({ host, context, fromConfig }: DockerEndpoint): Promise<Finding | undefined> {
  if (context === undefined) return undefined;
  if (fromConfig && (await samePath(host, DEFAULT_HOST))) return undefined;
  const other = fromConfig
    ? `pushing uses ${DEFAULT_HOST}`
    : "not everything that pushes knows DOCKER_CONTEXT";
  return warning(
    context_,
    `the context "${context}" leads to ${host}, yet ${other}`,
    `run \`export DOCKER_HOST=${host}\``,
  );
}

async function samePath(left: string, right: string): Promise<boolean> {
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
    return skipped(
      daemon,
      `${host} is reached by other means than HTTP; \`docker version\` tells whether it answers`,
    );
  }
  try {
    const ping = await askDaemon(way, "_ping", signal);
    if (ping.status !== 200) return notDocker(host, ping);
    const version = await askDaemon(way, "version", signal);
    const read = versionSchema.safeParse(version.status === 200 ? JSON.parse(version.text) : undefined);
    return read.success
      ? passed(daemon, `Docker ${read.data.Version} (${read.data.Os}/${read.data.Arch}) answers at ${host}`)
      : notDocker(host, version);
  } catch (error) {
    signal.throwIfAborted();
    return failed(daemon, `${host} ${connectionProblem(error).reason}`, fixOf(error));
  }
}

type Way = Pick<Question, "socketPath" | "ca" | "identity"> & { readonly origin: string };

const askDaemon = ({ origin, ...way }: Way, path: string, signal: AbortSignal): Promise<Answer> =>
  ask({ url: new URL(path, `${origin}/`), ...way, signal });

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

const notDocker = (host: string, { status }: Answer): Finding =>
  failed(
    daemon,
    `${host} does not answer as Docker does (status ${status})`,
    `correct DOCKER_HOST, ${withoutDocker}`,
  );

function fixOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EACCES"
    ? "add this user to the group docker (`sudo usermod -aG docker $USER`) and log in again"
    : `start Docker, or let DOCKER_HOST name its daemon, ${withoutDocker}`;
}
