import { createServer as createHttp, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo, Server, Socket } from "node:net";
import { authority, type KeyPair } from "../../support/peers/authority";
import type { Manner, Surroundings } from "./manner";

const ca = authority("CA of the surroundings");
const middle = ca.intermediate("Authority in between");
const LOCAL = ["DNS:localhost", "IP:127.0.0.1"];

/** The CA that everybody here trusts, PEM. */
export const trustedCa = ca.certificate;

const alone = authority("localhost");

const identities: Surroundings["identities"] = {
  good: ca.issue(LOCAL),
  selfSigned: { certificate: alone.certificate, privateKey: alone.privateKey },
  expired: ca.issue(LOCAL, -1),
  notYetValid: ca.issue(LOCAL, 30, 5),
  wrongName: ca.issue(["DNS:elsewhere.example.com"]),
  unknownCa: signedBySomebody(),
  missingIntermediate: middle.issue(LOCAL),
};

/** Certificate and key of a server that is what it says. */
export const goodIdentity = { cert: identities.good.certificate, key: identities.good.privateKey };

function signedBySomebody(): KeyPair & { readonly chain: string } {
  const somebody = authority("Somebody's CA");
  return { ...somebody.issue(LOCAL), chain: somebody.certificate };
}

/** A hostile server that runs, and what it was sent. */
export interface HostileServer {
  readonly port: number;
  /** What came with requests that carried a credential, here and elsewhere: headers and body. */
  readonly sent: { readonly here: string[]; readonly elsewhere: string[] };
  readonly stop: () => Promise<void>;
}

/** Starts a server of a manner on loopback, and another host beside it. */
export async function startHostile(
  manner: Manner,
  answersWell: Surroundings["answersWell"],
): Promise<HostileServer> {
  const sent = { here: [] as string[], elsewhere: [] as string[] };
  const collect = (into: string[], request: IncomingMessage): void => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body = (body + chunk.toString("latin1")).slice(-10_000)));
    const { authorization = "" } = request.headers;
    const at = into.push(`${authorization} `) - 1;
    request.on("close", () => (into[at] = `${authorization} ${body}`));
  };
  const other: RequestListener = (request, response) => {
    collect(sent.elsewhere, request);
    response.writeHead(200, { "content-type": "application/json" }).end('{"token":"eyJ-elsewhere"}');
  };
  const { certificate: cert, privateKey: key } = identities.good;
  const [https, http] = [createHttps({ cert, key }, other), createHttp(other)];
  const servers = [https, http];
  await Promise.all(servers.map(listen));
  const hostile = manner.serve({
    identities,
    elsewhere: { https: `https://127.0.0.1:${portOf(https)}`, http: `http://127.0.0.1:${portOf(http)}` },
    answersWell,
    note: (request) => {
      collect(sent.here, request);
    },
  });
  const stopHostile = await listen(hostile);
  return {
    port: portOf(hostile),
    sent,
    stop: async () => {
      await stopHostile();
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((done) => server.close(done));
      }
    },
  };
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** Listens; gives what ends the server with all its connections. */
async function listen(server: Server): Promise<() => Promise<void>> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  };
}
