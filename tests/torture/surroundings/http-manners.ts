import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import type { Manner, MannerKind, Surroundings } from "./manner";

type Answer = (
  response: ServerResponse,
  request: IncomingMessage,
  by: Pick<Surroundings, "elsewhere"> & { readonly reset: () => void },
) => void;

const late = /(?:does|did) not answer in time|no answer within/;
const cutOff = /closes the connection/;
const noHttp = /does not speak HTTP/;
const notTold = /something else|web page|no registry|gives no token|no list of buckets|too much/;

function manner(
  name: string,
  kind: MannerKind,
  words: RegExp,
  answer: Answer,
  more: Partial<Pick<Manner, "isSlow" | "isGoodHead">> = {},
): Manner {
  return {
    name,
    kind,
    words,
    isHttp: true,
    ...more,
    serve: (surroundings) => {
      const { certificate: cert, privateKey: key } = surroundings.identities.good;
      // TLS cannot be reset, the connection below it can.
      const connections = new Map<number | undefined, Socket>();
      const server = createServer({ cert, key }, (request, response) => {
        request.on("error", () => undefined);
        if (surroundings.answersWell(request, response)) return;
        surroundings.note(request);
        request.resume();
        const reset = (): void => void connections.get(request.socket.remotePort)?.resetAndDestroy();
        answer(response, request, { ...surroundings, reset });
      });
      return server.on("connection", (socket: Socket) => {
        connections.set(socket.remotePort, socket);
      });
    },
  };
}

/** The connection below an answer, to write to as it comes. */
const raw = (response: ServerResponse): Socket => response.socket!;

/** Does something again and again while somebody listens. */
function repeat(socket: Socket, ms: number, work: () => void): void {
  const timer = setInterval(work, ms);
  socket.once("close", () => {
    clearInterval(timer);
  });
}

/** Writes as fast as it is read. */
function flood(socket: Socket, head: string, piece: Buffer): void {
  socket.on("error", () => undefined);
  const pour = (): void => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on("drain", pour).write(head);
  pour();
}

const json = (response: ServerResponse, body: string | Buffer, headers: Record<string, string> = {}): void =>
  void response.writeHead(200, { "content-type": "application/json", ...headers }).end(body);

/** Two gigabytes of nothing, in two megabytes. */
let bomb: Buffer | undefined;
const gzipBomb = (): Buffer =>
  (bomb ??= Buffer.concat(Array<Buffer>(200).fill(gzipSync(Buffer.alloc(10 << 20)))));

const silence: readonly Manner[] = [
  manner("no-answer", "says nothing, too little or too late", late, () => undefined, { isSlow: true }),
  manner(
    "head-drip",
    "says nothing, too little or too late",
    late,
    (response) => {
      const head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-more: ".padEnd(5_000, "x");
      let at = 0;
      repeat(raw(response), 500, () => raw(response).write(head[at++] ?? "x"));
    },
    { isSlow: true },
  ),
  manner(
    "body-drip",
    "says nothing, too little or too late",
    /does not answer in time|did not answer in time|no answer within|something else than a manifest/,
    (response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "100000" });
      response.flushHeaders();
      repeat(raw(response), 500, () => response.write(" "));
    },
    { isSlow: true, isGoodHead: true },
  ),
  manner(
    "interim-answers",
    "says nothing, too little or too late",
    late,
    (response) => {
      repeat(raw(response), 200, () => raw(response).write("HTTP/1.1 102 Processing\r\n\r\n"));
    },
    { isSlow: true },
  ),
];

const breakage: readonly Manner[] = [
  manner("reset", "breaks off", cutOff, (_response, _request, { reset }) => {
    reset();
  }),
  manner("hang-up", "breaks off", cutOff, (response) => raw(response).end()),
  manner(
    "reset-in-body",
    "breaks off",
    cutOff,
    (response, _, { reset }) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
      response.write('{"half":', () => setTimeout(reset, 50));
    },
    { isGoodHead: true },
  ),
];

const garbage: readonly Manner[] = [
  manner("garbage-for-http", "speaks something else", noHttp, (response) =>
    raw(response).end(Buffer.concat([Buffer.from([0, 1, 2, 255]), randomBytes(2_000)])),
  ),
  manner("ssh-for-http", "speaks something else", noHttp, (response) =>
    raw(response).end("SSH-2.0-OpenSSH_9.9\r\n"),
  ),
];

const strange: readonly Manner[] = [
  manner(
    "captive-portal",
    "answers something else",
    notTold,
    (response) =>
      void response
        .writeHead(200, { "content-type": "text/html; charset=utf-8" })
        .end("<!DOCTYPE html><html><body>Please accept our terms.</body></html>"),
    { isGoodHead: true },
  ),
  manner(
    "wrong-shape",
    "answers something else",
    notTold,
    (response) => {
      json(response, '[1,"two",{"items":7,"value":"x","errors":{}}]');
    },
    { isGoodHead: true },
  ),
  manner(
    "deep-json",
    "answers something else",
    notTold,
    (response) => {
      json(response, "[".repeat(1_000_000) + "]".repeat(1_000_000));
    },
    { isGoodHead: true },
  ),
  manner(
    "deep-items",
    "answers something else",
    notTold,
    (response) => {
      const deep = '{"a":'.repeat(100_000) + "1" + "}".repeat(100_000);
      json(response, `{"items":[${deep}],"value":[${deep}],"errors":[${deep}]}`);
    },
    { isGoodHead: true },
  ),
  manner(
    "gzip-bomb",
    "answers something else",
    notTold,
    (response) => {
      json(response, gzipBomb(), { "content-encoding": "gzip" });
    },
    { isGoodHead: true },
  ),
  manner(
    "status-500",
    "answers something else",
    /500/,
    (response) => void response.writeHead(500).end("x".repeat(5_000)),
  ),
  manner(
    "busy-for-days",
    "answers something else",
    /429|999999|busy|days/,
    (response) => void response.writeHead(429, { "retry-after": "999999" }).end("{}"),
    { isGoodHead: true },
  ),
];

const excess: readonly Manner[] = [
  manner(
    "endless-body",
    "answers without end",
    /something else|a web page or a file|gives no token|no list of buckets|too much/,
    (response) => {
      flood(
        raw(response),
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n",
        Buffer.alloc(1 << 20, "["),
      );
    },
    { isGoodHead: true },
  ),
  manner("endless-head", "answers without end", /too large/, (response) => {
    flood(raw(response), "HTTP/1.1 200 OK\r\n", Buffer.from(`x-more: ${"y".repeat(1_000)}\r\n`.repeat(100)));
  }),
  manner(
    "endless-refusal",
    "answers without end",
    /403|password is wrong|let this user|gives no token/,
    (response) => {
      flood(
        raw(response),
        "HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\n\r\n",
        Buffer.alloc(1 << 20, "["),
      );
    },
    { isGoodHead: true },
  ),
];

const elsewhere: readonly Manner[] = [
  ...([301, 307] as const).map((status) =>
    manner(
      `redirect-${status}`,
      "sends elsewhere",
      new RegExp(`${status}|another host`),
      (response, { url = "/" }, { elsewhere: { https } }) =>
        void response.writeHead(status, { location: https + url }).end(),
      { isGoodHead: true },
    ),
  ),
  manner(
    "redirect-loop",
    "sends elsewhere",
    /302/,
    (response, { url = "/" }) => void response.writeHead(302, { location: url }).end(),
    { isGoodHead: true },
  ),
];

const challenge = (
  name: string,
  header: (by: Pick<Surroundings, "elsewhere">) => string | undefined,
): Manner =>
  manner(
    name,
    "asks for an odd login",
    /401|without saying how to log in|realm|password is wrong|refuses|lets nobody in|login at \S+ has ended/,
    (response, _, by) => {
      const value = header(by);
      response.writeHead(401, value === undefined ? {} : { "www-authenticate": value }).end("{}");
    },
    { isGoodHead: true },
  );

const challenges: readonly Manner[] = [
  challenge("no-challenge", () => undefined),
  challenge("odd-challenge", () => 'Negotiate oYG1MIGyoAMKAQ, Digest realm="x", qop=auth'),
  challenge("realm-without-tls", ({ elsewhere: { http } }) => `Bearer realm="${http}/token",service="s"`),
  challenge("realm-that-is-none", () => 'Bearer realm="file:///etc/passwd",service="s"'),
  challenge("endless-basic", () => 'Basic realm="again"'),
];

/** All manners in which a server may speak HTTP over a good TLS, or instead of HTTP. */
export const httpManners: readonly Manner[] = [
  ...silence,
  ...breakage,
  ...garbage,
  ...strange,
  ...excess,
  ...elsewhere,
  ...challenges,
];
