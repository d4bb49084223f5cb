import { randomInt } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { connect } from "node:tls";
import { RegistryApi } from "../../docker/registry-api";
import { type Surroundings, table, TwinError, type WorldState } from "../../framework";
import { authorityOf, issueCertificate, type KeyPair } from "../../loopback/authority";
import { answering } from "../../loopback/proxy";
import { exchange } from "./login";

/** Where registries answer, by port. */
export const slots = table<{ readonly port: number; readonly registry?: string }>("azure/registry-slot");
const LARGEST_FORM_BYTES = 64 * 1024;
const SLOTS = 4;
// Below the ports that systems give to outgoing connections.
const FIRST_PORT = 20_000;
const PORTS = 10_000;

/** Serves the simulated registries and their logins over HTTPS on the loopback interface. */
export class RegistryServers {
  private readonly servers: Server[] = [];
  private readonly api: RegistryApi;

  private constructor(
    private readonly surroundings: Pick<Surroundings, "world" | "clock">,
    private readonly authority: KeyPair,
  ) {
    this.api = new RegistryApi(surroundings);
  }

  /** Starts as many servers as there may be registries, on the ports that the world remembers. */
  static async start(surroundings: Pick<Surroundings, "world" | "clock">): Promise<RegistryServers> {
    const servers = new RegistryServers(surroundings, surroundings.world.change(authorityOf));
    const known = surroundings.world.read((state) => slots.of(state).entries());
    try {
      if (known.length > 0) await Promise.all(known.map(([, { port }]) => servers.join(port)));
      else await servers.settle();
    } catch (error) {
      await servers.close();
      throw error;
    }
    return servers;
  }

  /** Stops all servers; the ports stay with their registries. */
  async close(): Promise<void> {
    await Promise.all(
      this.servers.splice(0).map((server) => {
        server.closeAllConnections();
        return new Promise((done) => server.close(done));
      }),
    );
  }

  /** Answers at a port of the world, unless another rehearsal of it does so already. */
  private async join(port: number): Promise<void> {
    try {
      await this.listen(port);
    } catch (error) {
      const isShared = error instanceof PortTaken && (await answersWith(port, this.authority));
      if (!isShared) throw error;
    }
  }

  /** Finds ports for a new world. */
  private async settle(): Promise<void> {
    for (let found = 0; found < SLOTS;) {
      const port = FIRST_PORT + randomInt(PORTS);
      try {
        await this.listen(port);
      } catch (error) {
        if (error instanceof PortTaken) continue;
        throw error;
      }
      this.surroundings.world.change((state) => {
        slots.of(state).set(String(port), { port });
      });
      found += 1;
    }
  }

  private async listen(port: number): Promise<void> {
    const { certificate: cert, privateKey: key } = issueCertificate(this.authority, [
      "localhost",
      "127.0.0.1",
    ]);
    const answer = answering((request, response) => this.answer(`localhost:${port}`, request, response));
    const server = createServer({ cert, key }, answer);
    await new Promise<void>((done, reject) => {
      server.once("error", (error) => {
        reject("code" in error && error.code === "EADDRINUSE" ? new PortTaken(port) : error);
      });
      server.listen(port, "127.0.0.1", done);
    });
    this.servers.push(server);
  }

  private async answer(host: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "POST" || request.url !== "/oauth2/exchange") {
      await this.api.answer(host, request, response);
      return;
    }
    const { status, body } = exchange(this.surroundings, host, new URLSearchParams(await readForm(request)));
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }
}

/** Whether somebody answers at a port with a certificate of this world. */
function answersWith(port: number, { certificate }: KeyPair): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host: "127.0.0.1", port, servername: "localhost", ca: certificate });
    socket.once("secureConnect", () => {
      socket.destroy();
      done(true);
    });
    socket.once("error", () => {
      done(false);
    });
  });
}

class PortTaken extends Error {
  constructor(port: number) {
    super(
      `the port ${port}, at which a registry of this rehearsal answers, is taken by another process; end it or start over`,
    );
    this.name = "PortTaken";
  }
}

/** The host of a registry, as `localhost:23456`: the same until the registry is deleted. */
export function loginServerOf(state: WorldState, registry: string): string {
  const rows = slots.of(state);
  // A registry may be there before the first server has been started.
  for (let missing = rows.entries().length; missing < SLOTS; missing = rows.entries().length) {
    const port = FIRST_PORT + randomInt(PORTS);
    rows.set(String(port), { port });
  }
  const all = rows.entries().map(([, slot]) => slot);
  const slot =
    all.find((each) => each.registry === registry) ?? all.find((each) => each.registry === undefined);
  if (slot === undefined) throw new TwinError(`a rehearsal has room for ${SLOTS} registries`);
  rows.set(String(slot.port), { port: slot.port, registry });
  return `localhost:${slot.port}`;
}

/** Lets another registry have the host of one that is gone. */
export function releaseLoginServer(state: WorldState, registry: string): void {
  for (const [key, slot] of slots.of(state).entries())
    if (slot.registry === registry) slots.of(state).set(key, { port: slot.port });
}

async function readForm(request: IncomingMessage): Promise<string> {
  if (request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") !== true) return "";
  let form = "";
  for await (const chunk of request) {
    form += String(chunk);
    if (form.length > LARGEST_FORM_BYTES) return "";
  }
  return form;
}
