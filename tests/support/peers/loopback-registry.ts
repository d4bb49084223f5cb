import { mkdirSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { RegistryApi } from "../../../rehearsal/twins/docker/registry-api";
import { Clock, openWorld } from "../../../rehearsal/twins/framework";
import { scratchFolder } from "../scratch";

/** What happens to a request of a registry on loopback. */
export type Mishap =
  /** It is answered so, and the registry does not hear of it. */
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** The connection is reset when the first of its body has come. */
  | "reset"
  /** The registry does what it is asked, and its answer gets lost. */
  | "answer lost"
  /** The answer begins, and does not end. */
  | "drip"
  /** The registry takes so long, in milliseconds. */
  | { readonly delayMs: number };

/** A simulated registry on loopback, without TLS, to which things happen. */
export interface LoopbackRegistry {
  readonly address: () => string;
  /** Method and path of each request since the test began. */
  readonly seen: string[];
  /** What happens to the next requests; undefined: nothing. */
  mishap: (request: { readonly method: string; readonly path: string }) => Mishap | undefined;
}

/** A registry on loopback that runs until it is stopped. */
export interface RunningRegistry extends LoopbackRegistry {
  /** Ends it at once, with every connection. */
  readonly stop: () => Promise<void>;
  /** Lets it answer again, at the same address. */
  readonly start: () => Promise<void>;
}

/** Starts a registry that keeps what it has in a folder. */
export async function startLoopbackRegistry(folder: string): Promise<RunningRegistry> {
  const path = join(folder, "world");
  mkdirSync(path, { recursive: true });
  let api = new RegistryApi({ world: openWorld(path), clock: new Clock() });
  const server = createServer((request, response) => {
    const { method = "", url = "" } = request;
    registry.seen.push(`${method} ${url}`);
    const mishap = registry.mishap({ method, path: url });
    // What is cut off in the middle rejects in the registry, as it should.
    serve(api, mishap, request, response).catch(() => response.destroy());
  });
  const listen = (port: number): Promise<void> =>
    new Promise((done) => {
      server.listen(port, "127.0.0.1", done);
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const registry: RunningRegistry = {
    address: () => `127.0.0.1:${port}`,
    seen: [],
    mishap: () => undefined,
    stop: async () => {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
    start: async () => {
      // Uploads that had not ended are gone with the process that took them.
      api = new RegistryApi({ world: openWorld(path), clock: new Clock() });
      await listen(port);
    },
  };
  return registry;
}

/** Gives every test of a suite a registry of its own. */
export function withLoopbackRegistry(): LoopbackRegistry {
  const folder = scratchFolder();
  let running: RunningRegistry | undefined;
  const registry: LoopbackRegistry = {
    address: () => running?.address() ?? "",
    seen: [],
    mishap: () => undefined,
  };
  beforeEach(async () => {
    registry.seen.length = 0;
    registry.mishap = () => undefined;
    running = await startLoopbackRegistry(folder());
    running.mishap = (request) => {
      registry.seen.push(`${request.method} ${request.path}`);
      return registry.mishap(request);
    };
  });
  afterEach(async () => {
    await running?.stop();
  });
  return registry;
}

async function serve(
  api: RegistryApi,
  mishap: Mishap | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (typeof mishap === "object" && "status" in mishap) {
    request.resume();
    response.writeHead(mishap.status, mishap.headers).end(mishap.body);
    return;
  }
  if (mishap === "reset") request.once("data", () => request.socket.resetAndDestroy());
  if (mishap === "drip") {
    request.resume().on("end", () => {
      response.writeHead(202).flushHeaders();
    });
    const timer = setInterval(() => response.write(" "), 50);
    response.on("close", () => {
      clearInterval(timer);
    });
    return;
  }
  if (mishap === "answer lost")
    response.writeHead = () => {
      request.socket.destroy();
      return response;
    };
  if (typeof mishap === "object") await pause(mishap.delayMs);
  await api.answer("registry.internal", request, response);
}
