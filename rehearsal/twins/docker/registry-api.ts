import { createHash, type Hash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text as readText } from "node:stream/consumers";
import { type Surroundings, table } from "../framework";
import { isLetIn, pushedImages, registries } from "./tables";

/** What a simulated registry keeps of a blob, by registry and digest. */
const blobs = table<{ readonly size: number }>("docker/blob");

interface Upload {
  readonly hash: Hash;
  size: number;
}

/** The API of container registries, over what the world has of them. Of layers, size and digest are kept. */
export class RegistryApi {
  private readonly uploads = new Map<string, Upload>();

  constructor(private readonly surroundings: Pick<Surroundings, "world" | "clock">) {}

  /** Answers a request to a registry, given by its host and port. */
  async answer(registry: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", `https://${registry}`);
    if (!this.letsIn(registry, request.headers.authorization)) {
      response.setHeader("www-authenticate", 'Basic realm="registry"');
      refuse(response, 401, "UNAUTHORIZED", "authentication required");
      return;
    }
    const [, repository = "", kind = "", name = ""] =
      /^\/v2\/(.+)\/(manifests|blobs|blobs\/uploads)\/([^/]*)$/.exec(pathname) ?? [];
    if (pathname === "/v2/") response.writeHead(200).end();
    else if (kind === "manifests")
      await this.manifest(`${registry}/${repository}:${name}`, request, response);
    else if (kind === "blobs") this.blob(`${registry} ${name}`, response);
    else if (kind === "blobs/uploads")
      await this.upload(registry, { pathname, name, digest: searchParams.get("digest") }, request, response);
    else refuse(response, 404, "NAME_UNKNOWN", `${pathname} is not simulated`);
  }

  private letsIn(registry: string, authorization = ""): boolean {
    const given = Buffer.from(authorization.replace(/^Basic /, ""), "base64").toString();
    const colon = given.indexOf(":");
    return isLetIn(this.surroundings.world, {
      registry,
      username: given.slice(0, Math.max(0, colon)),
      password: given.slice(colon + 1),
      now: this.surroundings.clock.now(),
    });
  }

  private async manifest(
    reference: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { world } = this.surroundings;
    if (request.method !== "PUT") {
      const found = world.read((state) => pushedImages.of(state).get(reference));
      if (found === undefined) refuse(response, 404, "MANIFEST_UNKNOWN", "manifest unknown");
      else
        response
          .writeHead(200, { "docker-content-digest": found.digest })
          // Of what Docker pushed, the simulation has no manifest.
          .end(request.method === "HEAD" ? "" : (found.manifest ?? '{"schemaVersion":2}'));
      return;
    }
    const manifest = await readText(request);
    const digest = digestOf(createHash("sha256").update(manifest));
    const registry = reference.slice(0, reference.indexOf("/"));
    world.change((state) => {
      if (!registries.of(state).has(registry)) registries.of(state).set(registry, { isPrivate: true });
      pushedImages.of(state).set(reference, { digest, manifest });
    });
    response.writeHead(201, { "docker-content-digest": digest }).end();
  }

  private blob(key: string, response: ServerResponse): void {
    const found = this.surroundings.world.read((state) => blobs.of(state).get(key));
    if (found === undefined) refuse(response, 404, "BLOB_UNKNOWN", "blob unknown");
    else response.writeHead(200, { "content-length": String(found.size) }).end();
  }

  private async upload(
    registry: string,
    {
      pathname,
      name,
      digest,
    }: { readonly pathname: string; readonly name: string; readonly digest: string | null },
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (request.method === "POST") {
      const id = randomUUID();
      this.uploads.set(id, { hash: createHash("sha256"), size: 0 });
      response.writeHead(202, { location: `${pathname}${id}` }).end();
      return;
    }
    const upload = this.uploads.get(name);
    if (upload === undefined) {
      refuse(response, 404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
      return;
    }
    for await (const chunk of request as AsyncIterable<Buffer>) {
      upload.hash.update(chunk);
      upload.size += chunk.length;
    }
    if (request.method !== "PUT") {
      response.writeHead(202, { location: pathname, range: `0-${Math.max(0, upload.size - 1)}` }).end();
      return;
    }
    this.uploads.delete(name);
    if (digestOf(upload.hash) !== digest) {
      refuse(response, 400, "DIGEST_INVALID", "provided digest did not match uploaded content");
      return;
    }
    this.surroundings.world.change((state) => {
      blobs.of(state).set(`${registry} ${digest}`, { size: upload.size });
    });
    response.writeHead(201, { "docker-content-digest": digest }).end();
  }
}

const digestOf = (hash: Hash): string => `sha256:${hash.digest("hex")}`;

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response
    .writeHead(status, { "content-type": "application/json" })
    .end(JSON.stringify({ errors: [{ code, message }] }));
}
