import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { providerMethods } from "./methods";
import type { Session } from "./session";

const LARGEST_MESSAGE_BYTES = 400 * 1024 * 1024;

/** A listening provider server. */
export interface ProviderServer {
  readonly package: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Serves a twin on a free port of the loopback interface, for an engine to attach to. */
export async function serveProvider(session: Session): Promise<ProviderServer> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": LARGEST_MESSAGE_BYTES,
    "grpc.max_send_message_length": LARGEST_MESSAGE_BYTES,
  });
  server.addService(ResourceProviderService, providerMethods(session));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return {
    package: session.twin.package,
    port,
    close: () => {
      session.cancel();
      server.forceShutdown();
      return Promise.resolve();
    },
  };
}
