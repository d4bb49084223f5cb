import type * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { configMethods } from "./config-methods";
import { Configurations } from "./configurations";
import { inspectMethods } from "./inspect-methods";
import { operationMethods } from "./operation-methods";
import type { Session } from "./session";
import { unary } from "./unary";

/** The methods of the provider protocol, for one package. */
export function providerMethods(session: Session): grpc.UntypedServiceImplementation {
  const configurations = new Configurations();
  const methods: Partial<IResourceProviderServer> = {
    handshake: unary(() => {
      const response = new messages.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setAcceptResources(true);
      return response;
    }),
    attach: unary(() => new Empty()),
    cancel: unary(() => {
      session.cancel();
      return new Empty();
    }),
    getPluginInfo: unary(() => {
      const info = new PluginInfo();
      info.setVersion(session.twin.version);
      return info;
    }),
    getSchema: unary(() => {
      const response = new messages.GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: session.twin.package, version: session.twin.version }));
      return response;
    }),
    getMapping: unary(() => new messages.GetMappingResponse()),
    getMappings: unary(() => new messages.GetMappingsResponse()),
    ...configMethods(session, configurations),
    ...inspectMethods(session, configurations),
    ...operationMethods(session, configurations),
  };
  // The protocol has more methods than a twin serves; the others are answered as unimplemented.
  return methods as grpc.UntypedServiceImplementation;
}
