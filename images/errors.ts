import { z } from "zod";
import { connectionProblem } from "../peers/connection";
import type { HttpResponse } from "../peers/http";
import { parseJson } from "../peers/json";
import { retryAfterMs } from "../peers/retry-after";

/** An image could not be pushed; the message says why and what to do, and holds no secret. */
export class PushError extends Error {
  constructor(
    message: string,
    /** Whether it may succeed when it is tried again, and after how long at least, where the registry says so. */
    readonly retry?: { readonly afterMs?: number | undefined },
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "PushError";
  }
}

const bodySchema = z.object({
  errors: z.array(z.object({ code: z.string().default(""), message: z.string().default("") })).min(1),
});

/** What the registry itself says: the first error of its answer. */
function wordsOf(text: string): { readonly code: string; readonly message: string } {
  const read = bodySchema.safeParse(parseJson(text)).data?.errors[0];
  return read ?? { code: "", message: "" };
}

// Registries word it differently: Harbor "will exceed the configured upper limit", by the code DENIED (goharbor/harbor 17390),
// the system below distribution "no space left on device".
const NO_ROOM = /quota|exceed|storage limit|no space|insufficient storage/i;

const TRANSIENT = new Set([408, 425, 429, 500, 502, 503, 504]);

const askedToWaitMs = (headers: HttpResponse["headers"]): number | undefined =>
  retryAfterMs({ retryAfter: headers["retry-after"], date: headers.date }, Date.now());

/** What may be wrong where something answers that is none. */
export const NO_REGISTRY = "that is no registry, or something in between answers in its place";

/**
 * Puts an answer that is not the wanted one into an error.
 *
 * @param purpose what the request was for, in words that follow "the registry does not take"
 */
export function refusal(address: string, purpose: string, response: HttpResponse): PushError {
  const { status, headers, text } = response;
  const { code, message } = wordsOf(text);
  const said = message === "" ? `status ${status}` : `status ${status}: ${message.slice(0, 300)}`;
  const name = `the registry ${address}`;
  if (status < 400) {
    const what = status < 300 ? "something else" : "a way to something else";
    return new PushError(`${name} answers a request for ${purpose} with ${what} (${said}): ${NO_REGISTRY}`);
  }
  if (status === 507 || (status !== 404 && NO_ROOM.test(`${code} ${message}`))) {
    return new PushError(`${name} has no room for ${purpose} (${said}); raise its quota or make room`);
  }
  if (status === 413) {
    return new PushError(
      `${name}, or a proxy before it, takes no body of this size (${said}); raise its limit (nginx: client_max_body_size 0)`,
    );
  }
  // A login that does not hold at all is refused earlier: this one is not good for pushing.
  if (status === 401 || status === 403 || code === "DENIED") {
    return new PushError(
      `${name} does not let this user push ${purpose} (${said}); give it the right to push`,
    );
  }
  const retry = TRANSIENT.has(status) ? { afterMs: askedToWaitMs(headers) } : undefined;
  return new PushError(`${name} does not take ${purpose} (${said})`, retry);
}

/** Puts whatever went wrong with a request into an error: a lost connection is worth another try, a certificate is not. */
export function asPushError(error: unknown, address: string): PushError {
  if (error instanceof PushError) return error;
  const { kind, reason } = connectionProblem(error);
  const options = { cause: error };
  return new PushError(`the registry ${address} ${reason}`, kind === "network" ? {} : undefined, options);
}
