import type { IncomingMessage, ServerResponse } from "node:http";
import type { World } from "../framework";
import { authorityOf, issueCertificate } from "../loopback/authority";
import { startProxy } from "../loopback/proxy";
import { buckets } from "./tables";

/** The part of the simulated MinIO that scripts talk to, as a proxy for every name it may have. */
export interface ObjectStoreServer {
  /** Environment in which a script finds it. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts it on the loopback interface. */
export async function startObjectStore(world: World): Promise<ObjectStoreServer> {
  const identity = issueCertificate(world.change(authorityOf), ["minio"]);
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    answer(world, request, response);
  };
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

/** Creates and deletes buckets, as MinIO does; whether the signature is right is not looked at. */
function answer(world: World, { method, url, headers }: IncomingMessage, response: ServerResponse): void {
  const name = new URL(url ?? "/", "http://minio").pathname.slice(1);
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
    } else if (method !== "DELETE") {
      refuse(501, "NotImplemented", "only buckets are created and deleted here");
    } else if (!found) {
      refuse(404, "NoSuchBucket", "The specified bucket does not exist");
    } else if (found.objects.length > 0 && headers["x-minio-force-delete"] !== "true") {
      refuse(409, "BucketNotEmpty", "The bucket you tried to delete is not empty");
    } else {
      rows.delete(name);
      response.writeHead(204).end();
    }
  });
}
