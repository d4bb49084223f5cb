import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { World } from "../framework";
import { authorityOf, issueCertificate } from "../loopback/authority";
import { answering, startProxy } from "../loopback/proxy";
import { buckets } from "./tables";

/** The part of the simulated object storage that scripts talk to, as a proxy for every name it may have. */
export interface ObjectStoreServer {
  /** Environment in which a script finds it. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts it on the loopback interface. */
export async function startObjectStore(world: World): Promise<ObjectStoreServer> {
  const identity = issueCertificate(world.change(authorityOf), ["minio"]);
  const serve = answering((request, response) => answer(world, request, response));
  const proxy = await startProxy({ find: () => ({ identity, answer: serve }), plain: serve });
  return {
    env: {
      HTTP_PROXY: proxy.url,
      HTTPS_PROXY: proxy.url,
      NO_PROXY: "",
      no_proxy: "",
      // It answers to every name, and is vouched for by none.
      NODE_TLS_REJECT_UNAUTHORIZED: "0",
      NODE_NO_WARNINGS: "1",
    },
    close: proxy.close,
  };
}

/**
 * Creates, deletes and empties buckets, as MinIO does and, for requests of S3, every other server; whether the signature is
 * right is not looked at.
 */
async function answer(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, headers } = request;
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://minio");
  const name = pathname.slice(1);
  const body = await text(request);
  const refuse = (status: number, code: string, message: string): void => {
    response.writeHead(status).end(`<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
  };
  if (headers.authorization?.startsWith("AWS4-HMAC-SHA256 ") !== true) {
    refuse(403, "AccessDenied", "Access Denied.");
    return;
  }
  world.change((state) => {
    const rows = buckets.of(state);
    const found = rows.get(name);
    if (method === "PUT") {
      if (found) {
        refuse(409, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded");
        return;
      }
      rows.set(name, { acl: "private", objectLocking: false, objects: [] });
      response.writeHead(200).end();
    } else if (!found) {
      refuse(404, "NoSuchBucket", "The specified bucket does not exist");
    } else if (method === "GET" && searchParams.has("versions")) {
      response.end(`<ListVersionsResult>${found.objects.map(version).join("")}</ListVersionsResult>`);
    } else if (method === "GET" && searchParams.has("uploads")) {
      response.end("<ListMultipartUploadsResult></ListMultipartUploadsResult>");
    } else if (method === "POST" && searchParams.has("delete")) {
      const gone = [...body.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key);
      rows.set(name, { ...found, objects: found.objects.filter((key) => !gone.includes(key)) });
      response.end("<DeleteResult></DeleteResult>");
    } else if (method !== "DELETE") {
      refuse(501, "NotImplemented", "buckets are created, emptied and deleted here");
    } else if (found.objects.length > 0 && headers["x-minio-force-delete"] !== "true") {
      refuse(409, "BucketNotEmpty", "The bucket you tried to delete is not empty");
    } else {
      rows.delete(name);
      response.writeHead(204).end();
    }
  });
}

const version = (key: string): string => `<Version><Key>${key}</Key><VersionId>null</VersionId></Version>`;
