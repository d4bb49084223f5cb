import type { IncomingMessage, ServerResponse } from "node:http";
import { type Server, createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { TLSSocket } from "node:tls";
import { type Authority, authority } from "../peers/authority";
import { ApiStore } from "./api-store";
import { type KubeObject, metadataOf } from "./kube-object";
import { type ResourcePath, resourcePath } from "./resource-path";

/** A token that the simulated API server accepts, and its user. */
export const tokens = { admin: "planted-admin-token", limited: "planted-limited-token" } as const;

/** Something a user would do. */
export interface Attempt extends Omit<ResourcePath, "version"> {
  readonly user: string;
  readonly verb: string;
}

/** A server that answers as a Kubernetes API server does, as far as this product asks. */
export class KubeApi {
  readonly store = new ApiStore();
  readonly serverAuthority: Authority = authority("Example cluster CA");
  readonly clientAuthority: Authority = authority("Example client CA");
  /** Decides what may be done. @default - everything */
  allows: (attempt: Attempt) => boolean = () => true;
  /** Version that it gives itself. */
  version = "v1.34.1";
  /** Paths that are never answered. */
  hanging: RegExp | undefined;
  /** What containers have printed, by path and query. */
  readonly logs = new Map<string, string>();
  /** Method and path of each request that was understood. */
  readonly requests: string[] = [];
  private server: Server | undefined;

  async start(): Promise<void> {
    const { certificate, privateKey } = this.serverAuthority.issue(["DNS:localhost", "IP:127.0.0.1"]);
    const server = createServer(
      {
        cert: certificate,
        key: privateKey,
        ca: this.clientAuthority.certificate,
        requestCert: true,
        rejectUnauthorized: false,
      },
      (request, response) => {
        void this.serve(request, response);
      },
    );
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  /** Forgets everything but its certificates. */
  reset(): void {
    this.store.clear();
    this.allows = () => true;
    this.version = "v1.34.1";
    this.hanging = undefined;
    this.requests.length = 0;
    this.logs.clear();
  }

  get url(): string {
    return `https://127.0.0.1:${(this.server?.address() as AddressInfo).port}`;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", this.url);
    if (this.hanging?.test(pathname)) return;
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    const user = this.userOf(request);
    if (user === undefined) {
      answer(401, failure(401, "Unauthorized", "Unauthorized"));
      return;
    }
    this.requests.push(`${request.method ?? ""} ${pathname}`);
    if (pathname === "/version") {
      const [major = "", minor = ""] = this.version.replace("v", "").split(".");
      answer(200, { major, minor, gitVersion: this.version, platform: "linux/amd64" });
      return;
    }
    const path = resourcePath(pathname);
    if (request.method === "POST" && path) {
      answer(201, this.review(path.resource, user, JSON.parse(await bodyOf(request)) as Review));
      return;
    }
    if (!path || !this.store.serves(path)) {
      response.writeHead(404, { "content-type": "text/plain" }).end("404 page not found\n");
      return;
    }
    const log = this.logs.get(`${pathname}?${searchParams.toString()}`);
    if (log !== undefined) {
      response.writeHead(200, { "content-type": "text/plain" }).end(log);
      return;
    }
    if (pathname.endsWith("/log")) {
      answer(404, failure(404, "NotFound", "the container has printed nothing"));
      return;
    }
    const [status, body] =
      request.method === "GET"
        ? this.read(path, user, searchParams, request.headers.accept ?? "")
        : this.write(request, path, request.method === "DELETE" ? "" : await bodyOf(request));
    answer(status, body);
  }

  /** Deletes an object, or changes it by a merge patch as long as it is the version that the patch names. */
  private write(request: IncomingMessage, path: ResourcePath, body: string): readonly [number, unknown] {
    const found = this.store.find(path);
    if (!found) return [404, failure(404, "NotFound", `${path.resource} "${path.name ?? ""}" not found`)];
    if (request.method === "DELETE") {
      this.store.remove(found.kind, found.metadata.name);
      return [200, { kind: "Status", status: "Success" }];
    }
    if (request.headers["content-type"] !== "application/merge-patch+json")
      return [415, failure(415, "UnsupportedMediaType", "the body of the request was in an unknown format")];
    const patch = JSON.parse(body) as { metadata?: { resourceVersion?: string } };
    if ((patch.metadata?.resourceVersion ?? versionOf(found)) !== versionOf(found))
      return [409, failure(409, "Conflict", "the object has been modified")];
    const version = String(Number(versionOf(found)) + 1);
    const changed = merged(found, { ...patch, metadata: { ...patch.metadata, resourceVersion: version } });
    // A merge patch of an object is such an object.
    this.store.put(changed as KubeObject);
    return [200, changed];
  }

  private userOf(request: IncomingMessage): string | undefined {
    const { authorization } = request.headers;
    if (authorization === undefined) {
      const { socket } = request;
      return socket instanceof TLSSocket && socket.authorized
        ? String(socket.getPeerCertificate().subject.CN)
        : undefined;
    }
    return Object.entries(tokens).find(([, token]) => authorization === `Bearer ${token}`)?.[0];
  }

  private review(resource: string, user: string, review: Review): unknown {
    if (resource === "selfsubjectreviews") return { status: { userInfo: { username: user } } };
    const attempt = review.spec?.resourceAttributes ?? { verb: "", group: "", resource: "" };
    return { ...review, status: { allowed: this.allows({ user, ...attempt }) } };
  }

  private read(
    path: ResourcePath,
    user: string,
    query: URLSearchParams,
    accept: string,
  ): readonly [number, unknown] {
    const { group, resource, namespace, name } = path;
    const verb = name === undefined ? "list" : "get";
    if (!this.allows({ user, verb, group, resource, ...(namespace !== undefined && { namespace }) })) {
      const place = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
      const what = `${resource}${group === "" ? "" : `.${group}`}${name === undefined ? "" : ` "${name}"`}`;
      const message = `${what} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "${group}" ${place}`;
      return [403, failure(403, "Forbidden", message)];
    }
    if (name !== undefined) {
      const found = this.store.find(path);
      return found
        ? [200, merged(found, { metadata: { resourceVersion: versionOf(found) } })]
        : [404, failure(404, "NotFound", `${resource} "${name}" not found`)];
    }
    const all = this.store.list(path, {
      labelSelector: query.get("labelSelector") ?? "",
      fieldSelector: query.get("fieldSelector") ?? "",
    });
    const from = Number(query.get("continue") ?? "0");
    const limit = Number(query.get("limit") ?? all.length);
    const page = all.slice(from, from + limit);
    const isMetadata = accept.includes("as=PartialObjectMetadataList");
    const next = from + limit < all.length ? String(from + limit) : "";
    return [
      200,
      { kind: "List", metadata: { continue: next }, items: isMetadata ? page.map(metadataOf) : page },
    ];
  }
}

interface Review {
  readonly spec?: { readonly resourceAttributes?: Omit<Attempt, "user"> };
}

const failure = (code: number, reason: string, message: string): object => ({
  kind: "Status",
  apiVersion: "v1",
  status: "Failure",
  message,
  reason,
  code,
});

const versionOf = ({ metadata: { resourceVersion } }: KubeObject): string =>
  typeof resourceVersion === "string" ? resourceVersion : "1";

/** RFC 7386. */
function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const before = typeof target === "object" && target !== null ? target : {};
  const result: Record<string, unknown> = { ...before };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, key);
    else result[key] = merged(result[key], value);
  }
  return result;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** Gives a suite a simulated API server, emptied before each test. */
export function withKubeApi(): KubeApi {
  const api = new KubeApi();
  before(() => api.start());
  beforeEach(() => {
    api.reset();
  });
  after(() => api.stop());
  return api;
}
