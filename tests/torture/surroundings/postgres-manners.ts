import { randomBytes } from "node:crypto";
import { createServer, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { IdentityName, Manner, MannerKind } from "./manner";

const late = /does not answer in time|no answer within/;
const cutOff = /closes the connection/;
const odd = /does not speak (?:the protocol of )?Postgres|something else|nothing that/;

type Say = (socket: Socket) => void;

const message = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type, 0, "latin1");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const text = (value: string): Buffer => Buffer.from(`${value}\0`);
const headOf = (type: string, length: number): Buffer => Buffer.concat([Buffer.from(type), int32(length)]);

const loggedIn = Buffer.concat([message("R", int32(0)), message("Z", Buffer.from("I"))]);
const complaint = (code: string, words: string): Buffer =>
  message("E", Buffer.concat([text("SFATAL"), text(`C${code}`), text(`M${words}`), Buffer.from([0])]));

/** Writes as fast as it is read. */
function flood(socket: Socket, head: Buffer): void {
  const piece = Buffer.alloc(1 << 20, "x");
  const pour = (): void => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on("drain", pour).write(head);
  pour();
}

function drip(socket: Socket, head: Buffer, every: Buffer): void {
  socket.write(head);
  const timer = setInterval(() => socket.write(every), 500);
  socket.once("close", () => {
    clearInterval(timer);
  });
}

const server = (
  name: string,
  kind: MannerKind,
  words: RegExp,
  sslAsked: (socket: Socket, identities: Parameters<Manner["serve"]>[0]["identities"]) => void,
  isSlow = false,
): Manner => ({
  name,
  kind,
  words,
  isHttp: false,
  isSlow,
  serve: ({ identities }) =>
    createServer((socket) => {
      socket
        .on("error", () => undefined)
        .once("data", () => {
          sslAsked(socket, identities);
        });
    }),
});

/** Speaks TLS as it should, with some certificate, and then goes on. */
function overTls(
  name: string,
  kind: MannerKind,
  words: RegExp,
  steps: readonly Say[],
  identity: IdentityName = "good",
): Manner {
  return server(name, kind, words, (socket, identities) => {
    const { certificate, privateKey, chain = "" } = identities[identity];
    socket.write("S");
    const secure = new TLSSocket(socket, { isServer: true, cert: certificate + chain, key: privateKey });
    let step = 0;
    // Whatever the client says, the next of the steps is the answer.
    secure.on("error", () => undefined).on("data", () => steps[step++]?.(secure));
  });
}

const login: Say = (socket) => socket.write(loggedIn);
const silent: Say = () => undefined;

/** How a Postgres may treat whoever connects. */
export const postgresManners: readonly Manner[] = [
  server("no-answer", "says nothing, too little or too late", late, () => undefined, true),
  server("close-at-ssl", "breaks off", cutOff, (socket) => socket.end()),
  server("reset-at-ssl", "breaks off", cutOff, (socket) => socket.resetAndDestroy()),
  server("garbage-at-ssl", "speaks something else", odd, (socket) =>
    socket.end(randomBytes(2_000).fill("?", 0, 1)),
  ),
  server("http-at-ssl", "speaks something else", odd, (socket) =>
    socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"),
  ),
  server("no-ssl", "has TLS that is wrong", /offers no TLS/, (socket) => socket.write("N")),
  server("garbage-for-tls", "speaks something else", /does not speak TLS/, (socket) => {
    socket.write("S");
    socket.once("data", () => socket.end(Buffer.concat([Buffer.from("garbage"), randomBytes(2_000)])));
  }),
  server("no-tls-answer", "says nothing, too little or too late", late, (socket) => socket.write("S"), true),
  server("error-at-ssl", "speaks something else", odd, (socket) =>
    socket.end(complaint("53300", "too many")),
  ),
  overTls("self-signed", "has TLS that is wrong", /self-signed/, [login, silent], "selfSigned"),
  overTls("expired", "has TLS that is wrong", /has expired/, [login, silent], "expired"),
  overTls("not-yet-valid", "has TLS that is wrong", /not valid yet/, [login, silent], "notYetValid"),
  overTls("wrong-name", "has TLS that is wrong", /not for the name/, [login, silent], "wrongName"),
  overTls("unknown-ca", "has TLS that is wrong", /CA that is not trusted/, [login, silent], "unknownCa"),
  overTls(
    "missing-intermediate",
    "has TLS that is wrong",
    /certificates in between|CA that is not trusted/,
    [login, silent],
    "missingIntermediate",
  ),
  overTls("garbage-for-login", "speaks something else", odd, [
    (socket) => socket.end(randomBytes(2_000).fill("?", 0, 1)),
  ]),
  overTls("http-for-login", "speaks something else", odd, [
    (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"),
  ]),
  overTls("hang-up-at-login", "breaks off", cutOff, [(socket) => socket.end()]),
  overTls("huge-length", "answers without end", /too much|something else|does not speak|in time/, [
    (socket) => {
      flood(socket, headOf("R", 0x7f_ff_ff_ff));
    },
  ]),
  overTls("negative-length", "speaks something else", /does not speak|something else|in time/, [
    (socket) => socket.write(Buffer.concat([headOf("R", -5), Buffer.alloc(100)])),
  ]),
  overTls("endless-error", "answers without end", /too much|something else|does not speak/, [
    (socket) => {
      flood(socket, Buffer.concat([headOf("E", 0x40_00_00_00), Buffer.from("M")]));
    },
  ]),
  overTls("endless-notices", "answers without end", /too much|in time/, [
    (socket) => {
      const notice = message("N", Buffer.concat([text("SNOTICE"), text("Mhello"), Buffer.from([0])]));
      const pour = (): void => {
        while (!socket.destroyed && socket.write(notice));
      };
      socket.on("drain", pour);
      pour();
    },
  ]),
  overTls("notice-drip", "says nothing, too little or too late", late, [
    (socket) => {
      drip(socket, Buffer.alloc(0), message("N", Buffer.concat([text("Mhello"), Buffer.from([0])])));
    },
  ]),
  overTls("unknown-login", "asks for an odd login", /asks for a login|does not speak|something else/, [
    (socket) => socket.write(message("R", int32(99))),
  ]),
  overTls("unknown-sasl", "asks for an odd login", /asks for a login|does not speak|something else/, [
    (socket) => socket.write(message("R", Buffer.concat([int32(10), text("X-UNKNOWN"), Buffer.from([0])]))),
  ]),
  overTls("million-rounds", "asks for an odd login", /asks for a login|does not speak|something else/, [
    (socket) =>
      socket.write(message("R", Buffer.concat([int32(10), text("SCRAM-SHA-256"), Buffer.from([0])]))),
    (socket) =>
      socket.write(message("R", Buffer.concat([int32(11), Buffer.from("r=x,s=eA==,i=2000000000")]))),
  ]),
  overTls("refusal-in-html", "answers something else", /refuses owner/, [
    (socket) => socket.end(complaint("28P01", "<html>no</html>".repeat(100))),
  ]),
  overTls("silent-after-login", "says nothing, too little or too late", late, [login, silent]),
  overTls("hang-up-at-query", "breaks off", cutOff, [login, (socket) => socket.end()]),
  overTls("garbage-for-rows", "speaks something else", /does not speak Postgres|does not answer in time/, [
    login,
    (socket) => socket.write(randomBytes(2_000).fill("?", 0, 1)),
  ]),
  overTls("rows-of-another-shape", "answers something else", odd, [
    login,
    (socket) => socket.write(Buffer.concat([message("C", text("SELECT 0")), message("Z", Buffer.from("I"))])),
  ]),
  overTls("endless-row", "answers without end", /too much|something else|does not speak/, [
    login,
    (socket) => {
      flood(socket, headOf("D", 0x7f_ff_ff_ff));
    },
  ]),
];
