import { z } from "zod";
import { obtainCredentials } from "./credentials";
import { KubeError, isKubeError } from "./kube-error";
import { type KubeconfigLocation, pickContext, readKubeconfigs } from "./kubeconfig";
import { type KubeRequest, type Transport, prepareTransport } from "./transport";
import { parseJson } from "../peers/json";

export interface ConnectOptions extends KubeconfigLocation {
  /** Context of the kubeconfig. @default - the current one */
  readonly context?: string | undefined;
  readonly signal: AbortSignal;
}

export interface CallOptions {
  readonly signal: AbortSignal;
  /** Milliseconds one request may take. @default 10000 */
  readonly timeoutMs?: number;
}

/** What a list is narrowed to. */
export interface ListOptions extends CallOptions {
  /** `app=web,tier!=db`. */
  readonly labelSelector?: string;
  /** `metadata.name=web`. */
  readonly fieldSelector?: string;
  /** Leave out everything but metadata: for objects whose contents are large or secret. @default false */
  readonly metadataOnly?: boolean;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const PAGE = 250;
/** Of a page: of objects of 64 KiB, as many as it has. Several lists may be read at the same time. */
const MOST_BYTES = 16 << 20;
const MOST_SHOWN = 300;
const metadataList = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

const statusSchema = z.object({ kind: z.literal("Status"), message: z.string() });
const pageSchema = z.object({
  metadata: z.object({ continue: z.string().optional() }).nullish(),
  items: z.array(z.unknown()).nullish(),
});

/**
 * Talks to a Kubernetes API server. Every answer is checked by a schema, which keeps only what is asked for. Each
 * method rejects with a KubeError.
 */
export class KubeClient {
  /** Origin and path of the API server. */
  readonly server: string;
  private readonly transport: Transport;

  constructor(server: string, transport: Transport) {
    this.server = server;
    this.transport = transport;
  }

  /** One object, or whatever else a path answers. */
  read<T>(path: string, schema: z.ZodType<T>, options: CallOptions): Promise<T> {
    return this.call({ method: "GET", path }, schema, options);
  }

  /** One object, or undefined when there is none of that name, or nothing of that kind. */
  async find<T>(path: string, schema: z.ZodType<T>, options: CallOptions): Promise<T | undefined> {
    try {
      return await this.read(path, schema, options);
    } catch (error) {
      if (isKubeError(error, "missing")) return undefined;
      throw error;
    }
  }

  /** All objects of a collection, page by page. */
  async list<T>(path: string, schema: z.ZodType<T>, options: ListOptions): Promise<readonly T[]> {
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (options.labelSelector !== undefined) query.set("labelSelector", options.labelSelector);
    if (options.fieldSelector !== undefined) query.set("fieldSelector", options.fieldSelector);
    const accept = options.metadataOnly === true ? { accept: metadataList } : {};
    const found: T[] = [];
    for (;;) {
      const request = {
        method: "GET" as const,
        path: `${path}?${query.toString()}`,
        mostBytes: MOST_BYTES,
        ...accept,
      };
      const page = await this.call(request, pageSchema, options);
      found.push(...(page.items ?? []).map((item) => understood(item, schema, path)));
      const next = page.metadata?.continue;
      if (next === undefined || next === "") return found;
      query.set("continue", next);
    }
  }

  /** Asks a question that Kubernetes takes as an object, such as an access review. Not for anything that is stored. */
  ask<T>(path: string, body: unknown, schema: z.ZodType<T>, options: CallOptions): Promise<T> {
    return this.call({ method: "POST", path, body }, schema, options);
  }

  /**
   * Changes an object by a merge patch. One that names a `metadata.resourceVersion` is refused with kind `conflict` when
   * somebody else has changed the object since.
   */
  async patch(path: string, body: unknown, options: CallOptions): Promise<void> {
    await this.call({ method: "PATCH", path, body }, z.unknown(), options);
  }

  /** Deletes an object; one that is gone already is as good. */
  async remove(path: string, options: CallOptions): Promise<void> {
    try {
      await this.call({ method: "DELETE", path }, z.unknown(), options);
    } catch (error) {
      if (!isKubeError(error, "missing")) throw error;
    }
  }

  /** What a path answers in plain text, such as the lines of a container. */
  async text(path: string, options: CallOptions): Promise<string> {
    return this.send({ method: "GET", path, accept: "*/*" }, options);
  }

  private async call<T>(
    request: Omit<KubeRequest, "signal" | "timeoutMs">,
    schema: z.ZodType<T>,
    options: CallOptions,
  ): Promise<T> {
    const [path = ""] = request.path.split("?");
    return understood(parseJson(await this.send(request, options)), schema, path);
  }

  private async send(
    request: Omit<KubeRequest, "signal" | "timeoutMs">,
    { signal, timeoutMs = DEFAULT_TIMEOUT_MS }: CallOptions,
  ): Promise<string> {
    const { status, text } = await this.transport({ ...request, signal, timeoutMs });
    if (status >= 200 && status < 300) return text;
    const [path = ""] = request.path.split("?");
    const said = statusSchema.safeParse(parseJson(text)).data?.message;
    throw refusal(status, said, `${request.method} ${path}`);
  }
}

function refusal(status: number, said: string | undefined, what: string): KubeError {
  const message =
    said === undefined || said === ""
      ? `the API server answers ${what} with status ${status}`
      : clipped(said);
  if (status === 401)
    return new KubeError("unauthorized", "the API server does not accept the credentials (401)");
  if (status === 403) return new KubeError("forbidden", message);
  if (status === 404) return new KubeError("missing", message);
  if (status === 409) return new KubeError("conflict", message);
  // Said by the message already where the API server gave no words.
  return new KubeError("answer", said === undefined || said === "" ? message : `${message} (${status})`);
}

const clipped = (text: string): string => (text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text);

function understood<T>(value: unknown, schema: z.ZodType<T>, path: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  // Where it differs, never with what is there.
  const at = result.error.issues[0]?.path.map(String).join(".") ?? "";
  const place = at === "" ? "" : ` at \`${at}\``;
  throw new KubeError("answer", `the API server answers ${path} with something else than expected${place}`);
}

/**
 * Prepares a client for the cluster of a kubeconfig. Runs the program that obtains credentials, if one is named there;
 * connects with the first call.
 *
 * @throws KubeError of kind `configuration`, `credentials` or `timeout`
 */
export async function connectCluster(options: ConnectOptions): Promise<KubeClient> {
  const context = pickContext(await readKubeconfigs(options), options.context);
  const credentials = await obtainCredentials(context, options);
  const transport = await prepareTransport(context, credentials, options.env);
  const { server } = context.cluster;
  // A server's URL may hold a password, which belongs into no message.
  const shown = URL.canParse(server) ? `${new URL(server).origin}${new URL(server).pathname}` : server;
  return new KubeClient(shown.replace(/\/$/, ""), transport);
}
