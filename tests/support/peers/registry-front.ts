import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import type { KeyPair } from "./authority";

/** A request that came by. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** Bytes of the body that came. */
  bytes: number;
}

/** What becomes of a request instead of being passed on. */
export type Fate =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** The connection is cut when so many bytes of the body have been passed on. */
  | { readonly cutAfter: number };

/** Stands before a registry: sees what is asked of it, and lets requests fail. */
export interface RegistryFront {
  readonly address: string;
  readonly seen: SeenRequest[];
  /** What becomes of the next requests; undefined: they are passed on. */
  fate: (request: SeenRequest) => Fate | undefined;
  readonly stop: () => Promise<void>;
}

export async function startRegistryFront(
  { certificate: cert, privateKey: key }: KeyPair,
  registryPort: () => number,
): Promise<RegistryFront> {
  const seen: SeenRequest[] = [];
  const server = createServer({ cert, key }, (asked, response) => {
    const { method = "", url: path = "", headers } = asked;
    const noted = { method, path, headers, bytes: 0 };
    seen.push(noted);
    const fate = front.fate(noted);
    if (fate && "status" in fate) {
      asked.resume();
      response.writeHead(fate.status, fate.headers).end(fate.body);
      return;
    }
    passOn(asked, response, noted, registryPort(), fate?.cutAfter);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const front: RegistryFront = {
    address: `localhost:${(server.address() as AddressInfo).port}`,
    seen,
    fate: () => undefined,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return front;
}

function passOn(
  asked: IncomingMessage,
  response: ServerResponse,
  noted: SeenRequest,
  port: number,
  cutAfter = Number.POSITIVE_INFINITY,
): void {
  const { method, path, headers } = noted;
  const onward = request(
    { host: "localhost", port, method, path, headers, rejectUnauthorized: false },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on("error", () => response.destroy());
  asked.on("data", (chunk: Buffer) => {
    noted.bytes += chunk.length;
    if (noted.bytes < cutAfter) {
      if (!onward.write(chunk)) {
        asked.pause();
        onward.once("drain", () => asked.resume());
      }
      return;
    }
    // Half of the last piece, as a network that breaks down does it.
    onward.write(chunk.subarray(0, chunk.length >> 1), () => onward.destroy());
    asked.destroy();
  });
  asked.on("end", () => onward.end());
}
