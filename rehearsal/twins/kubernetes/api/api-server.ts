import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { isProperties, type Value } from "../../framework";
import { type Manifest, metadataOf, type ResourcePath, resourcePath } from "./manifest";
import type { WorldObjects } from "./world-objects";

/** Something that somebody would do. */
export interface Attempt extends Omit<ResourcePath, "version"> {
  readonly user: string;
  readonly verb: string;
}

/** How an API server decides. */
export interface ApiServerOptions {
  readonly objects: WorldObjects;
  /** Who asks; undefined for nobody it knows. */
  readonly userOf: (request: IncomingMessage) => string | undefined;
  /** Decides what may be done. @default - everything */
  readonly allows?: (attempt: Attempt) => boolean;
  /** Version that it gives itself: `v1.36.2`. */
  readonly version: () => string;
  /** What a container has printed, by path and query of the request. @default - nothing */
  readonly logOf?: (pathAndQuery: string) => string | undefined;
}

type Answer = readonly [status: number, body: unknown];

/** Answers as a Kubernetes API server does, as far as this product asks: reads, reviews, deletions and merge patches. */
export class ApiServer {
  constructor(private readonly options: ApiServerOptions) {}

  /** Answers a request. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "https://cluster");
    const [status, body] = await this.decide(request, url);
    const isText = typeof body === "string";
    response
      .writeHead(status, { "content-type": isText ? "text/plain" : "application/json" })
      .end(isText ? body : JSON.stringify(body));
  }

  private async decide(request: IncomingMessage, { pathname, search, searchParams }: URL): Promise<Answer> {
    const { objects, userOf, version, logOf } = this.options;
    const user = userOf(request);
    if (user === undefined) return failure(401, "Unauthorized", "Unauthorized");
    if (pathname === "/version") {
      const gitVersion = version();
      const [major = "", minor = ""] = gitVersion.replace("v", "").split(".");
      return [200, { major, minor, gitVersion, platform: "linux/amd64" }];
    }
    const path = resourcePath(pathname);
    if (path && request.method === "POST" && path.group.endsWith("ation.k8s.io"))
      return [201, this.review(path.resource, user, await bodyOf<Review>(request))];
    if (!path || !objects.serves(path)) return [404, "404 page not found\n"];
    if (pathname.endsWith("/log")) {
      const log = logOf?.(`${pathname}${search}`);
      return log === undefined ? failure(404, "NotFound", "the container has printed nothing") : [200, log];
    }
    if (request.method === "GET") return this.read(path, user, searchParams, request.headers.accept ?? "");
    return this.write(request, path);
  }

  /** Deletes an object, or changes it by a merge patch as long as it is the version that the patch names. */
  private async write(request: IncomingMessage, path: ResourcePath): Promise<Answer> {
    const { objects } = this.options;
    const found = objects.find(path);
    if (!found) return notFound(path);
    if (request.method === "DELETE") {
      objects.remove(found);
      return [200, { kind: "Status", status: "Success" }];
    }
    if (request.headers["content-type"] !== "application/merge-patch+json")
      return failure(415, "UnsupportedMediaType", "the body of the request was in an unknown format");
    const patch = await bodyOf<{ metadata?: { resourceVersion?: string } }>(request);
    const { resourceVersion } = found.metadata;
    if ((patch.metadata?.resourceVersion ?? resourceVersion) !== resourceVersion)
      return failure(409, "Conflict", "the object has been modified");
    // A merge patch of an object is such an object.
    objects.put(merged(found, patch) as Manifest);
    return [200, objects.find(path)];
  }

  private review(resource: string, user: string, { spec }: Review): unknown {
    if (resource === "selfsubjectreviews") return { status: { userInfo: { username: user } } };
    const attempt = spec?.resourceAttributes ?? { verb: "", group: "", resource: "" };
    return { status: { allowed: this.allows({ user, ...attempt }) } };
  }

  private allows(attempt: Attempt): boolean {
    return this.options.allows?.(attempt) ?? true;
  }

  private read(path: ResourcePath, user: string, query: URLSearchParams, accept: string): Answer {
    const { objects } = this.options;
    const { group, resource, namespace, name } = path;
    const verb = name === undefined ? "list" : "get";
    if (!this.allows({ user, verb, group, resource, ...(namespace !== undefined && { namespace }) })) {
      const place = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
      const what = `${resource}${group === "" ? "" : `.${group}`}${name === undefined ? "" : ` "${name}"`}`;
      const who = `User "${user}" cannot ${verb} resource "${resource}" in API group "${group}" ${place}`;
      return failure(403, "Forbidden", `${what} is forbidden: ${who}`);
    }
    if (name !== undefined) {
      const found = objects.find(path);
      return found ? [200, found] : notFound(path);
    }
    const all = objects.list(path, {
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

const failure = (code: number, reason: string, message: string): Answer => [
  code,
  { kind: "Status", apiVersion: "v1", status: "Failure", message, reason, code },
];

const notFound = ({ resource, name = "" }: ResourcePath): Answer =>
  failure(404, "NotFound", `${resource} "${name}" not found`);

// Bodies are those of this product, which sends what it declares.
const bodyOf = async <T>(request: IncomingMessage): Promise<T> => JSON.parse(await text(request)) as T;

/** RFC 7386. */
function merged(target: unknown, patch: unknown): unknown {
  if (!isProperties(patch as Value)) return patch;
  const result: Record<string, unknown> = isProperties(target as Value) ? { ...(target as object) } : {};
  for (const [key, value] of Object.entries(patch as object)) {
    if (value === null) Reflect.deleteProperty(result, key);
    else result[key] = merged(result[key], value);
  }
  return result;
}
