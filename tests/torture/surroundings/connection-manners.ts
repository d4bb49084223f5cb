import { randomBytes } from "node:crypto";
import { createServer as createHttp } from "node:http";
import { createServer as createHttps, type ServerOptions } from "node:https";
import { createServer as createTcp, type Server, type Socket } from "node:net";
import type { IdentityName, Manner, MannerKind, Surroundings } from "./manner";

const late = /(?:does|did) not answer in time|no answer within/;
const cutOff = /closes the connection/;
const noTls = /does not speak TLS/;

const tcp = (
  name: string,
  kind: MannerKind,
  words: RegExp,
  connected: (socket: Socket) => void,
  isSlow = false,
): Manner => ({
  name,
  kind,
  words,
  isHttp: false,
  isSlow,
  serve: () =>
    createTcp((socket) => {
      socket.on("error", () => undefined).resume();
      connected(socket);
    }),
});

/** A server that answers well, but for its TLS: a request that arrives shows that it was trusted. */
function tls(
  name: string,
  words: RegExp,
  identity: IdentityName,
  options: Omit<ServerOptions, "cert" | "key"> = {},
): Manner {
  const serve = ({ identities, note, answersWell }: Surroundings): Server => {
    const { certificate, privateKey, chain = "" } = identities[identity];
    return createHttps({ ...options, cert: certificate + chain, key: privateKey }, (request, response) => {
      note(request);
      if (!answersWell(request, response)) response.end("{}");
    });
  };
  return { name, kind: "has TLS that is wrong", words, isHttp: false, serve };
}

/** What a server may do before anybody gets to speak HTTP. */
export const connectionManners: readonly Manner[] = [
  tcp("no-tls-answer", "says nothing, too little or too late", late, () => undefined, true),
  tcp("close-at-once", "breaks off", cutOff, (socket) => socket.end()),
  tcp("reset-at-once", "breaks off", cutOff, (socket) => socket.resetAndDestroy()),
  tcp("garbage-for-tls", "speaks something else", noTls, (socket) =>
    socket.once("data", () => socket.end(Buffer.concat([Buffer.from("garbage"), randomBytes(2_000)]))),
  ),
  {
    name: "http-for-tls",
    kind: "speaks something else",
    words: noTls,
    isHttp: false,
    serve: ({ note }) =>
      createHttp((request, response) => {
        note(request);
        response.end("{}");
      }),
  },
  {
    name: "tls-for-http",
    kind: "speaks something else",
    words: /does not speak HTTP|closes the connection|speaks TLS/,
    isHttp: false,
    toPlain: true,
    serve: ({ identities: { good }, note }) =>
      createHttps({ cert: good.certificate, key: good.privateKey }, (request, response) => {
        note(request);
        response.end("{}");
      }),
  },
  tls("self-signed", /self-signed/, "selfSigned"),
  tls("expired", /has expired/, "expired"),
  tls("not-yet-valid", /not valid yet/, "notYetValid"),
  tls("wrong-name", /not for the (?:name|address)|for another name/, "wrongName"),
  tls("unknown-ca", /CA that is not trusted/, "unknownCa"),
  tls("missing-intermediate", /certificates in between|CA that is not trusted/, "missingIntermediate"),
  tls("tls-1.1-alone", /versions? of TLS/, "good", {
    minVersion: "TLSv1",
    maxVersion: "TLSv1.1",
    ciphers: "DEFAULT@SECLEVEL=0",
  }),
  tls("no-common-cipher", /no cipher|agree on no|TLS handshake/, "good", {
    maxVersion: "TLSv1.2",
    ciphers: "CAMELLIA128-SHA",
  }),
  tls("client-certificate", /certificate of (?:its|this) |client certificate|closes the connection/, "good", {
    requestCert: true,
    rejectUnauthorized: true,
  }),
];
