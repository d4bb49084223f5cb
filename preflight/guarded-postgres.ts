import type { Client } from "pg";
import { connectionProblem, isConnectionError } from "../peers/connection";

/** All answers together have a few kilobytes. */
const MOST_BYTES = 1 << 20;

/** First letters of what a Postgres may say to somebody who begins: to log in, no, a notice, another version. */
const beginnings = new Set(["R", "E", "N", "v"]);

/** What a server says is nothing that a Postgres would say. */
export class NoPostgres extends Error {}

const coded = (code: string): Error => Object.assign(new Error(code), { code });

/**
 * Makes an error of the connection of what the driver cannot read, or should not: it would let the process die of a message
 * that it does not know, and keep one that does not end. To be called once the driver connects.
 */
export function guard(client: Client, isTls: boolean): void {
  const { connection } = client;
  const watch = (): void => {
    const { stream } = connection;
    const readers = stream.listeners("data");
    let received = 0;
    stream.removeAllListeners("data").on("data", (chunk: Buffer) => {
      const isOdd = received === 0 && !beginnings.has(String.fromCharCode(chunk[0] ?? 0));
      received += chunk.length;
      if (received > MOST_BYTES) stream.destroy(coded("ERR_BODY_TOO_LARGE"));
      else if (isOdd) stream.destroy(new NoPostgres());
      else
        try {
          for (const reader of readers) Reflect.apply(reader, stream, [chunk]);
        } catch {
          // The driver's parser throws at a message that it does not know, which nobody could catch here.
          stream.destroy(new NoPostgres());
        }
    });
  };
  if (isTls) connection.once("sslconnect", watch);
  else watch();
}

/** Ends a connection. A server that does not hang up is not waited for. */
export async function disconnect(client: Client): Promise<void> {
  const timer = setTimeout(() => client.connection.stream.destroy(), 1_000);
  await client.end().catch(() => undefined);
  clearTimeout(timer);
}

/** Why there is no answer, in words that follow the server's name; undefined for an error that is none of a server. */
export function postgresProblem(error: unknown): ReturnType<typeof connectionProblem> | undefined {
  const problem = (
    kind: "network" | "certificate",
    reason: string,
  ): ReturnType<typeof connectionProblem> => ({
    kind,
    untrusted: false,
    reason,
  });
  if (error instanceof NoPostgres) return problem("network", "does not speak Postgres there");
  if (isConnectionError(error)) return connectionProblem(error);
  // The driver has no codes for these.
  const message = error instanceof Error ? error.message : "";
  if (/does not support SSL/.test(message)) return problem("certificate", "offers no TLS");
  if (/error establishing an SSL connection/.test(message))
    return problem(
      "network",
      "does not speak Postgres there: it answers the question for TLS with something else",
    );
  if (/timeout expired|read timeout/.test(message)) return problem("network", "does not answer in time");
  if (/Connection terminated/.test(message)) return problem("network", "closes the connection");
  if (/^SASL|password/.test(message))
    return problem("network", "asks for a login in a way that Postgres does not");
  return undefined;
}
