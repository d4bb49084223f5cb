import { request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";

/** An object as the API server gives it, as far as tests look at it. */
export interface ApiObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
    readonly finalizers?: readonly string[];
  };
  // Whatever its kind has: a test names what it looks at.
  readonly [field: string]: unknown;
}

/** What the API server answered with. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** How an API server is reached. */
export interface ApiAccess {
  readonly port: number;
  /** PEM. */
  readonly authority: string;
  readonly token: string;
}

/** A client of an API server on loopback that takes paths, for tests that ask the server rather than the state. */
export class ApiClient {
  constructor(private readonly access: ApiAccess) {}

  /** Sends a request and gives whatever the answer is. */
  send(method: string, path: string, body?: unknown, contentType = "application/json"): Promise<ApiAnswer> {
    const { port, authority, token } = this.access;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${token}`,
      accept: "application/json",
      ...(text !== undefined && { "content-type": contentType, "content-length": Buffer.byteLength(text) }),
    };
    return new Promise((resolve, reject) => {
      const options = { host: "localhost", port, path, method, headers, ca: authority, agent: false };
      const exchange = request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", reject);
        response.once("end", () => {
          const said = Buffer.concat(chunks).toString("utf8");
          const isJson = response.headers["content-type"]?.includes("json") === true;
          resolve({ status: response.statusCode ?? 0, body: isJson ? JSON.parse(said) : said });
        });
      });
      exchange.once("error", reject);
      exchange.end(text);
    });
  }

  /** Sends a request that has to succeed. */
  async must(method: string, path: string, body?: unknown, contentType?: string): Promise<unknown> {
    const answer = await this.send(method, path, body, contentType);
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** An object; undefined when there is none of that name. */
  async find(path: string): Promise<ApiObject | undefined> {
    const answer = await this.send("GET", path);
    if (answer.status === 404) return undefined;
    if (answer.status !== 200)
      throw new Error(`GET ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as ApiObject;
  }

  /** An object that has to be there. */
  async get(path: string): Promise<ApiObject> {
    const found = await this.find(path);
    if (found === undefined) throw new Error(`${path} is not there`);
    return found;
  }

  /** The objects of a collection; none where the server does not know their kind. */
  async list(path: string): Promise<readonly ApiObject[]> {
    const answer = await this.find(path);
    return (answer?.["items"] as readonly ApiObject[] | undefined) ?? [];
  }

  /** Changes an object, or its status, by a merge patch. */
  async patch(path: string, change: object): Promise<void> {
    await this.must("PATCH", path, change, "application/merge-patch+json");
  }

  /** Deletes an object and waits until it is gone. */
  async remove(path: string): Promise<void> {
    await this.must("DELETE", path);
    await until(`${path} is gone`, async () => (await this.find(path)) === undefined);
  }
}

/** Waits for a condition; an end so generous that only what will never come reaches it. */
export async function until(what: string, holds: () => Promise<boolean>, timeoutMs = 300_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      if (await holds()) return;
      last = undefined;
    } catch (error) {
      // A server that is starting refuses; what it said last is told when it never stops.
      last = error;
    }
    if (Date.now() > deadline)
      throw new Error(`not within ${timeoutMs / 1000} s: ${what}`, last === undefined ? {} : { cause: last });
    await sleep(100);
  }
}
