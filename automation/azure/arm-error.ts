import { z } from "zod";
import { parseJson } from "../../peers/json";

/** Azure Resource Manager refused a request, or gave no usable answer. Never holds a token. */
export class ArmError extends Error {
  /** Status of the answer; undefined when there was none. */
  readonly status: number | undefined;
  /** Azure's code, `AuthorizationFailed`; `Unreachable` and `UnexpectedAnswer` are ours. */
  readonly code: string;
  /** The tenant whose token Azure would take, when it refused one for its tenant. */
  readonly tenantId: string | undefined;

  constructor(code: string, message: string, status?: number, tenantId?: string) {
    super(message);
    this.name = "ArmError";
    this.code = code;
    this.status = status;
    this.tenantId = tenantId;
  }
}

const complaint = z.object({ code: z.string(), message: z.string().default("") });
// Some services leave the envelope out.
const envelope = z.union([z.object({ error: complaint }).transform(({ error }) => error), complaint]);

/** The error that an answer is. */
export function armErrorOf(
  status: number,
  text: string,
  headers: { readonly get: (name: string) => string | undefined },
): ArmError {
  const challenge = headers.get("www-authenticate") ?? "";
  const [, tenantId] = /authorization_uri="https:\/\/[^/"]+\/([0-9a-f-]{36})/i.exec(challenge) ?? [];
  const { data } = envelope.safeParse(parseJson(text));
  const code = data?.code ?? `HTTP ${status}`;
  const wait = headers.get("retry-after");
  const message = firstSentence(data?.message ?? "") || "no explanation";
  const later = wait === undefined ? "" : ` (to be tried again after ${wait} s)`;
  return new ArmError(code, `${code}: ${message}${later}`, status, tenantId);
}

const firstSentence = (message: string): string =>
  message.split(/\r?\n|(?<=[.])\s/)[0]?.replace(/\.$/, "") ?? "";
