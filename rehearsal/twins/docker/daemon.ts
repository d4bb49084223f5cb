import { createHash } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { connect } from "node:net";
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

/**
 * Starts the simulated daemon, whose images are kept in the world. Its address is the same for every rehearsal of a world,
 * as the provider takes it down; one that runs already serves another as well.
 */
export async function startDockerDaemon(world: World, clock: Clock): Promise<DockerDaemon> {
  // Paths of sockets must be short, so the socket does not live with the rest of the world.
  const digest = createHash("sha256").update(world.folder).digest("hex").slice(0, 12);
  const folder = join(tmpdir(), `twin-docker-${digest}`);
  const socket = join(folder, "daemon.sock");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (await answersAt(socket)) return { socket, close: () => Promise.resolve() };
  rmSync(socket, { force: true });
  const server = createServer((request, response) => {
    // Of the API of Docker itself, what tells that a daemon is there.
    if (request.url === "/_ping") {
      response.end("OK");
      return;
    }
    if (request.url === "/version") {
      response.end(JSON.stringify({ Version: "29.1.3", Os: "linux", Arch: "amd64" }));
      return;
    }
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

/** Whether somebody listens at a socket; one that a killed run has left answers nobody. */
const answersAt = (socket: string): Promise<boolean> =>
  new Promise((resolve) => {
    const connection = connect(socket, () => {
      connection.destroy();
      resolve(true);
    }).once("error", () => {
      resolve(false);
    });
  });

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
