import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

/** The address of a daemon when nothing names another. */
export const DEFAULT_HOST = "unix:///var/run/docker.sock";

type Environment = Readonly<Record<string, string | undefined>>;

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
export class ContextError extends Error {}

/** Finds the daemon as the `docker` command does: `DOCKER_HOST`, else `DOCKER_CONTEXT`, else the context in use. */
export async function dockerEndpoint(env: Environment): Promise<DockerEndpoint> {
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
  const meta = contextSchema.safeParse(json(text));
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
  const read = configSchema.safeParse(text === undefined ? {} : json(text));
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

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Docker's configuration holds passwords, which the parser's words would quote.
    return undefined;
  }
}
