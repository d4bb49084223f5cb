import {
  createServer,
  type IncomingMessage,
  request,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { request as requestOverTls } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { KeyPair } from "./authority";

/** A host that exists in the simulation alone. */
export interface SimulatedHost {
  readonly identity: KeyPair;
  readonly answer: RequestListener;
}

/** Answers by work that may fail: that is told to the one who asked, if there still is one, and ends no rehearsal. */
export const answering =
  (work: (request: IncomingMessage, response: ServerResponse) => Promise<void>): RequestListener =>
  (request, response) => {
    work(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end(error instanceof Error ? error.message : String(error));
    });
  };

/** What a proxy leads to. */
export interface ProxyOptions {
  /** Finds a simulated host; undefined for one of the real network. */
  readonly find: (hostname: string, port: number) => SimulatedHost | undefined;
  /** Answers requests over plain HTTP. @default - they are refused */
  readonly plain?: RequestListener;
  /** Proxy by which this machine reaches a host of the real network, as its URL. @default - none */
  readonly upstream?: (hostname: string) => string | undefined;
}

/** A proxy on the loopback interface. */
export interface LoopbackProxy {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/**
 * Starts a proxy that clients reach simulated hosts by, over TLS as they would reach real ones: nobody has to know names
 * that no DNS has. It leads to the real network for all other hosts.
 */
export async function startProxy({ find, plain, upstream }: ProxyOptions): Promise<LoopbackProxy> {
  const refuse: RequestListener = (_, response) => {
    response.writeHead(405).end("only TLS is led on here\n");
  };
  const proxy = createServer(plain ?? refuse);
  const sockets = new Set<Socket>();
  proxy.on("connect", (asked: IncomingMessage, socket: Socket) => {
    sockets.add(socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy()));
    const { hostname, port } = new URL(`https://${asked.url ?? ""}`);
    const found = find(hostname.replace(/^\[|\]$/g, ""), Number(port === "" ? 443 : port));
    if (!found) {
      tunnel(socket, asked.url ?? "", upstream?.(hostname));
      return;
    }
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    const { identity, answer } = found;
    const { certificate: cert, privateKey: key } = identity;
    // A client that goes away needs no answer.
    const secure = new TLSSocket(socket, { isServer: true, cert, key }).on("error", () => socket.destroy());
    createServer(answer).emit("connection", secure);
  });
  await new Promise<void>((done, reject) => {
    proxy.once("error", reject).listen(0, "127.0.0.1", done);
  });
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      proxy.closeAllConnections();
      await new Promise((done) => proxy.close(done));
    },
  };
}

/** Leads to the real network, by the proxy of the machine where there is one. */
function tunnel(socket: Socket, authority: string, proxy: string | undefined): void {
  const refuse = (): void => {
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  };
  const join = (other: Socket): void => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    other.pipe(socket).pipe(other);
    socket.once("close", () => other.destroy());
  };
  if (proxy === undefined) {
    const { hostname, port } = new URL(`https://${authority}`);
    const other = connect(Number(port === "" ? 443 : port), hostname.replace(/^\[|\]$/g, ""));
    other.once("connect", () => {
      join(other.off("error", refuse).on("error", () => socket.destroy()));
    });
    other.once("error", refuse);
    return;
  }
  const { hostname, port, username, password, protocol } = new URL(proxy);
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  const send = protocol === "https:" ? requestOverTls : request;
  send({
    host: hostname,
    port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
    method: "CONNECT",
    path: authority,
    headers: {
      host: authority,
      ...(username !== "" && { "proxy-authorization": `Basic ${login.toString("base64")}` }),
    },
  })
    .on("connect", (response, other) => {
      if (response.statusCode === 200) join(other.on("error", () => socket.destroy()));
      else refuse();
    })
    .on("error", refuse)
    .end();
}
