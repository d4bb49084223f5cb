import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { pipeline } from "node:stream/promises";

/** A way to a server on loopback, without TLS, on which every exchange of request and answer takes longer. */
export interface Distance {
  readonly port: number;
  /** Milliseconds that are added to each exchange: a network's round trip. It may be changed at any time. */
  delayMs: number;
  /** The requests that went this way, as `METHOD path?query`. */
  readonly requests: string[];
  readonly stop: () => Promise<void>;
}

/**
 * Puts a server far away. Requests are passed on as they are, the `Host` that their signatures cover among it; those of
 * several connections do not wait for each other, as on a real network.
 */
export async function startDistance(target: number, delayMs = 0): Promise<Distance> {
  // As its clients do: a new connection for each request would cost more than the request.
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    const { method = "GET", url: path = "/", headers } = incoming;
    distance.requests.push(`${method} ${path}`);
    const onward = async (): Promise<void> => {
      await sleep(distance.delayMs);
      const exchange = request({ host: "127.0.0.1", port: target, agent, method, path, headers });
      const answered = new Promise<void>((done, fail) => {
        exchange.once("error", fail);
        exchange.once("response", (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          pipeline(answer, outgoing).then(done, fail);
        });
      });
      await Promise.all([pipeline(incoming, exchange), answered]);
    };
    // A client that was killed, or a server that ended: the other side sees its connection break off.
    onward().catch(() => outgoing.destroy());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const distance: Distance = {
    port: (server.address() as AddressInfo).port,
    delayMs,
    requests: [],
    stop: async () => {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return distance;
}
