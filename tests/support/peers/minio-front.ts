import type { IncomingMessage, ServerResponse } from "node:http";
import { request } from "node:https";
import { type Loopback, withHttpServer } from "./loopback";

/** What a reverse proxy does to requests and answers. */
export interface Meddling {
  /** Drop request headers whose names have underscores, as nginx does unless told otherwise. */
  readonly dropsUnderscores?: boolean;
  /** Send the server's own address as `Host`, as many proxies do unless told otherwise. */
  readonly changesHost?: boolean;
  /** Keep answers' CORS headers to itself. */
  readonly dropsCors?: boolean;
  /** Let in browsers on this origin, whatever the server says. */
  readonly letsIn?: string;
  /** Leave out the date of answers. */
  readonly dropsDate?: boolean;
}

/** Gives a suite a reverse proxy without TLS in front of a server with TLS. */
export function withProxy(target: () => string, meddling: Meddling): Loopback {
  return withHttpServer((incoming, outgoing) => {
    forward(incoming, outgoing, target(), meddling);
  });
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: string,
  { dropsUnderscores, changesHost, dropsCors, letsIn, dropsDate }: Meddling,
): void {
  const sent = Object.entries(incoming.headers)
    .filter(([name]) => !(dropsUnderscores === true && name.includes("_")))
    .map(([name, value]) => [name, name === "host" && changesHost === true ? target : value] as const);
  const options = {
    method: incoming.method ?? "GET",
    path: incoming.url ?? "/",
    headers: Object.fromEntries(sent),
    agent: false as const,
    rejectUnauthorized: false,
  };
  const exchange = request(`https://${target}`, options, (answer) => {
    const given = Object.entries(answer.headers).filter(
      ([name]) => !(dropsCors === true && name.startsWith("access-control-")),
    );
    outgoing.sendDate = dropsDate !== true;
    const kept = given.filter(([name]) => !(dropsDate === true && name === "date"));
    const own = letsIn === undefined ? {} : { "access-control-allow-origin": letsIn };
    outgoing.writeHead(answer.statusCode ?? 502, { ...Object.fromEntries(kept), ...own });
    answer.pipe(outgoing);
  });
  exchange.once("error", () => {
    outgoing.writeHead(502).end();
  });
  incoming.pipe(exchange);
}
