import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock, World } from "../framework";
import { type Answer, type ClientContext, runDockerCommand } from "./client-commands";

/** The simulated Docker daemon, which the stand-in client talks to. */
export interface DockerDaemon {
  /** Path of the socket it listens on. */
  readonly socket: string;
  close(): Promise<void>;
}

/** Starts the simulated daemon. Its images are kept in the world. */
export async function startDockerDaemon(world: World, clock: Clock): Promise<DockerDaemon> {
  // Paths of sockets must be short, so the socket does not live with the rest of the world.
  const folder = mkdtempSync(join(tmpdir(), "twin-docker-"));
  const socket = join(folder, "daemon.sock");
  const server = createServer((request, response) => {
    void answer(world, clock, request).then((result) => response.end(JSON.stringify(result)));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, resolve);
  });
  return {
    socket,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answer(world: World, clock: Clock, request: IncomingMessage): Promise<Answer> {
  try {
    const args: unknown = JSON.parse(header(request, "x-arguments"));
    if (!Array.isArray(args)) throw new Error("arguments must be a list");
    return await runDockerCommand(args.map(String), {
      world,
      clock,
      folder: header(request, "x-folder"),
      stdin: request,
      ...loginOf(header(request, "x-login")),
    });
  } catch (error) {
    return { code: 1, stdout: "", stderr: `${error instanceof Error ? error.message : String(error)}\n` };
  }
}

/** What the client sends along for the registry: a user name and a password, in JSON. */
function loginOf(sent: string): Pick<ClientContext, "login"> {
  if (sent === "") return {};
  const parsed: unknown = JSON.parse(sent);
  if (typeof parsed !== "object" || parsed === null) return {};
  if (!("username" in parsed && "password" in parsed)) return {};
  return { login: { username: String(parsed.username), password: String(parsed.password) } };
}

function header(request: IncomingMessage, name: string): string {
  return decodeURIComponent(String(request.headers[name] ?? ""));
}
