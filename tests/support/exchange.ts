import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A registry that exchanges tokens, on loopback. */
export interface Exchange {
  /** Its origin. */
  readonly url: () => string;
  /** The forms it was sent since the test began. */
  readonly requests: () => readonly URLSearchParams[];
  /** What it gives. */
  readonly token: string;
  /** Statuses to answer with before it answers well. */
  readonly refuse: (...statuses: readonly number[]) => void;
}

/** Gives every test of a suite a registry that exchanges tokens. */
export function withExchange(): Exchange {
  const token = "planted-refresh-token";
  let server: Server;
  let forms: URLSearchParams[] = [];
  let refusals: number[] = [];
  beforeEach(async () => {
    forms = [];
    refusals = [];
    server = createServer((request, response) => {
      void text(request).then((body) => {
        forms.push(new URLSearchParams(body));
        const refusal = refusals.shift();
        response.writeHead(refusal ?? 200, { "content-type": "application/json", connection: "close" });
        response.end(refusal === undefined ? JSON.stringify({ refresh_token: token }) : "{}");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => forms,
    token,
    refuse: (...statuses) => {
      refusals = [...statuses];
    },
  };
}
