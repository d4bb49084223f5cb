import { createHttpHeaders } from "@azure/core-rest-pipeline";
import { z } from "zod";
import { parseJson } from "../../peers/json";
import { connectionProblem, type Send } from "./http";

/** What a client works with. */
export interface ArmClientOptions {
  /** Origin of Azure Resource Manager. */
  readonly origin: string;
  readonly token: string;
  readonly send: Send;
  readonly signal: AbortSignal;
}

/** One thing to read. */
export interface ArmRequest {
  readonly api: Api;
  /** `/subscriptions/…`, the id of what is read. */
  readonly path: string;
  /** Further parameters, such as `$filter`. */
  readonly query?: Readonly<Record<string, string>>;
}

const page = z.object({ value: z.array(z.unknown()), nextLink: z.string().nullish() });

/** Reads from Azure Resource Manager; writes nothing. */
export class ArmClient {
  readonly #options: ArmClientOptions;

  constructor(options: ArmClientOptions) {
    this.#options = options;
  }

  /**
   * Reads one thing.
   *
   * @param schema the fields that are needed
   * @throws ArmError
   */
  async get<T>(request: ArmRequest, schema: z.ZodType<T>): Promise<T> {
    return understood(schema, await this.#read(this.#address(request)), request.path);
  }

  /** Reads one thing that may not be there. */
  find<T>(request: ArmRequest, schema: z.ZodType<T>): Promise<T | undefined> {
    return unlessAbsent(this.get(request, schema));
  }

  /** Reads all pages of a list in a place that may not be there. */
  findList<T>(request: ArmRequest, item: z.ZodType<T>): Promise<readonly T[] | undefined> {
    return unlessAbsent(this.list(request, item));
  }

  /** Reads all pages of a list. */
  async list<T>(request: ArmRequest, item: z.ZodType<T>): Promise<readonly T[]> {
    const items: T[] = [];
    let address: string | undefined = this.#address(request);
    while (address !== undefined) {
      const { value, nextLink }: z.output<typeof page> = understood(
        page,
        await this.#read(address),
        request.path,
      );
      items.push(...value.map((each) => understood(item, each, request.path)));
      address = nextLink === undefined || nextLink === null || nextLink === "" ? undefined : nextLink;
      if (address !== undefined && new URL(address).origin !== new URL(this.#options.origin).origin) {
        throw new ArmError("UnexpectedAnswer", `${request.path}: the next page lies on another host`);
      }
    }
    return items;
  }

  #address({ api, path, query }: ArmRequest): string {
    const url = new URL(this.#options.origin + encodeURI(path));
    url.searchParams.set("api-version", apiVersions[api]);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    return url.href;
  }

  async #read(url: string): Promise<unknown> {
    const { token, send, signal } = this.#options;
    const headers = createHttpHeaders({ accept: "application/json", authorization: `Bearer ${token}` });
    let answer;
    try {
      answer = await send({ url, headers, abortSignal: signal });
    } catch (error) {
      signal.throwIfAborted();
      throw new ArmError(
        "Unreachable",
        `Azure Resource Manager at ${new URL(url).origin} ${connectionProblem(error)}`,
      );
    }
    const text = answer.bodyAsText ?? "";
    if (answer.status !== 200) throw armErrorOf(answer.status, text, answer.headers);
    const found = parseJson(text);
    if (found !== undefined) return found;
    throw new ArmError(
      "UnexpectedAnswer",
      `Azure Resource Manager answers ${new URL(url).pathname} with something else than JSON`,
      200,
    );
  }
}

async function unlessAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    // Without its subscription nothing is known of a thing, not even that it is not there.
    if (error instanceof ArmError && error.status === 404 && error.code !== "SubscriptionNotFound") {
      return undefined;
    }
    throw error;
  }
}

function understood<T>(schema: z.ZodType<T>, answer: unknown, path: string): T {
  const { data, error, success } = schema.safeParse(answer);
  if (success) return data;
  const at = error.issues[0]?.path.join(".") ?? "";
  throw new ArmError(
    "UnexpectedAnswer",
    `Azure Resource Manager answers ${path} with something else than expected${at === "" ? "" : ` at \`${at}\``}`,
    200,
  );
}

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

const MOST_SHOWN = 300;
const complaint = z.object({
  code: z.string().transform((code) => code.slice(0, MOST_SHOWN)),
  message: z.string().default(""),
});
// Some services leave the envelope out.
const envelope = z.union([z.object({ error: complaint }).transform(({ error }) => error), complaint]);

/** The error that an answer is. */
function armErrorOf(
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
  const said =
    data === undefined
      ? `Azure Resource Manager answers status ${status} without a word`
      : `${code}: ${message}`;
  return new ArmError(code, said + later, status, tenantId);
}

const firstSentence = (message: string): string =>
  message
    .split(/\r?\n|(?<=[.])\s/)[0]
    ?.replace(/\.$/, "")
    .slice(0, MOST_SHOWN) ?? "";

/**
 * Versions of the interfaces that are read, those of Microsoft's own libraries: Azure answers an unknown one with an error.
 */
export const apiVersions = {
  subscriptions: "2022-12-01",
  resources: "2021-04-01",
  features: "2021-07-01",
  authorization: "2022-04-01",
  skus: "2021-07-01",
  compute: "2024-11-01",
  network: "2024-05-01",
  dns: "2018-05-01",
  privateDns: "2020-06-01",
  containerService: "2025-07-01",
  postgres: "2025-08-01",
  storage: "2024-01-01",
  registry: "2025-11-01",
  operationalInsights: "2022-10-01",
} as const;

/** An interface of Azure. */
export type Api = keyof typeof apiVersions;
