import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** What providers say while they work: the engine shows it in the row of the resource, and forgets it. */
export class EngineLog {
  private readonly client: EngineClient;

  /** @param address of the engine, as it says it when it connects */
  constructor(readonly address: string) {
    this.client = new EngineClient(address, grpc.credentials.createInsecure());
  }

  say(urn: string, message: string): void {
    const request = new LogRequest();
    request.setSeverity(LogSeverity.INFO);
    request.setMessage(message);
    request.setUrn(urn);
    request.setEphemeral(true);
    // An engine that is gone has nobody to show it to.
    this.client.log(request, () => undefined);
  }

  close(): void {
    this.client.close();
  }
}
