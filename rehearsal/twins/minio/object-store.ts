import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { certifyLoopback } from "../azure/registry/certificate";
import type { World } from "../framework";
import { buckets } from "./tables";

/** The part of the simulated MinIO that scripts talk to, as a proxy for every name it may have. */
export interface ObjectStoreServer {
  /** Environment in which a script finds it. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts it on the loopback interface. */
export async function startObjectStore(world: World): Promise<ObjectStoreServer> {
  const { certificate: cert, privateKey: key } = certifyLoopback();
  const server = createServer((request, response) => {
    answer(world, request, response);
  });
  server.on("connect", (_request: IncomingMessage, socket: Socket) => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    // A script that goes away needs no answer.
    const secure = new TLSSocket(socket, { isServer: true, cert, key }).on("error", () => socket.destroy());
    server.emit("connection", secure);
  });
  const port = await listen(server);
  const proxy = `http://127.0.0.1:${port}`;
  return {
    env: {
      HTTP_PROXY: proxy,
      HTTPS_PROXY: proxy,
      NO_PROXY: "",
      no_proxy: "",
      // No authority vouches for a server that answers to every name.
      NODE_TLS_REJECT_UNAUTHORIZED: "0",
      NODE_NO_WARNINGS: "1",
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => {
        server.close(() => {
          done();
        });
      });
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((done, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      done((server.address() as AddressInfo).port);
    });
  });
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
