import { type RequestListener, createServer as createHttp } from "node:http";
import { createServer as createHttps } from "node:https";
import { type AddressInfo, type Server, type Socket, createServer } from "node:net";
import type { KeyPair } from "./authority";

/** A server on loopback that goes with the suite. */
export interface Loopback {
  /** `127.0.0.1:port`, or `localhost:port` where it speaks TLS. */
  readonly address: () => string;
}

/** Gives a suite a server that accepts connections and never says a word. */
export const withHangingServer = (): Loopback => withServer("127.0.0.1", () => createServer(() => undefined));

/** Gives a suite a server that answers requests. */
export const withHttpServer = (listener: RequestListener): Loopback =>
  withServer("127.0.0.1", () => createHttp(listener));

/** Gives a suite a server that answers requests over TLS. */
export const withHttpsServer = (pair: () => KeyPair, listener: RequestListener): Loopback =>
  withServer("localhost", () => {
    const { certificate, privateKey } = pair();
    return createHttps({ cert: certificate, key: privateKey }, listener);
  });

function withServer(host: string, make: () => Server): Loopback {
  let server: Server | undefined;
  const sockets = new Set<Socket>();
  before(async () => {
    const made = make();
    server = made;
    made.on("connection", (socket) => {
      sockets.add(socket);
      // A client that hangs up is no concern of a test's server.
      socket.on("error", () => undefined);
    });
    await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  });
  after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server?.close(resolve));
  });
  return { address: () => `${host}:${(server?.address() as AddressInfo).port}` };
}
