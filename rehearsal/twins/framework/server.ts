import * as grpc from "@grpc/grpc-js";
import { type PluginAttach, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { type IResourceProviderServer, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { compare } from "./changes";
import { checkFields, type Field } from "./fields";
import { operationMethods } from "./operation-methods";
import { Configurations, hexGenerator, type Session, splitUrn } from "./session";
import { omit, type Properties, type Value } from "./values";
import { decode, encode, toCheckResponse, toDiffResponse, unary } from "./wire";

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
      session.detach();
      server.forceShutdown();
      return Promise.resolve();
    },
  };
}

/** The methods of the provider protocol, for one package. */
export function providerMethods(session: Session): grpc.UntypedServiceImplementation {
  const configurations = new Configurations();
  const methods: Partial<IResourceProviderServer> = {
    handshake: unary((request: messages.ProviderHandshakeRequest) => {
      session.attach(request.getEngineAddress());
      const response = new messages.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setAcceptResources(true);
      return response;
    }),
    attach: unary((request: PluginAttach) => {
      session.attach(request.getAddress());
      return new Empty();
    }),
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

/** The methods that check, compare and set the configuration of a provider. */
export function configMethods(
  session: Session,
  configurations: Configurations,
): Pick<IResourceProviderServer, "checkConfig" | "diffConfig" | "configure"> {
  const { twin } = session;
  return {
    checkConfig: unary((request: messages.CheckRequest) => {
      const news = decode(request.getNews());
      const config = omit(parseConfig(news.value, twin.config), "version");
      const failures = [...checkFields(twin.config, config), ...(twin.checkConfig?.(config) ?? [])];
      return toCheckResponse(news, failures);
    }),
    diffConfig: unary((request: messages.DiffRequest) => {
      const before = decode(request.getOldInputs() ?? request.getOlds()).value;
      const after = decode(request.getNews()).value;
      const replaceOn = twin.replaceProviderOn?.(before, after) ?? [];
      return toDiffResponse(compare(before, after, replaceOn), false);
    }),
    configure: unary((request: messages.ConfigureRequest, peer: string) => {
      configurations.set(peer, parseConfig(decode(request.getArgs()).value, twin.config));
      const response = new messages.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setAcceptresources(true);
      response.setSupportspreview(true);
      return response;
    }),
  };
}

/** Provider configuration travels as text; what is not a string by its field is parsed. */
function parseConfig(raw: Properties, fields: Readonly<Record<string, Field>>): Properties {
  return Object.fromEntries(
    Object.entries(raw).map(([key, value]) => [key, parseSetting(value, fields[key])]),
  );
}

function parseSetting(value: Value, field: Field | undefined): Value {
  if (typeof value !== "string" || field === undefined || field.kind === "string") return value;
  try {
    // Whatever JSON yields is a value; the field is checked afterwards.
    return JSON.parse(value) as Value;
  } catch (error) {
    if (error instanceof SyntaxError) return value;
    throw error;
  }
}

/** The methods that look at inputs and arguments without touching a resource. */
export function inspectMethods(
  session: Session,
  configurations: Configurations,
): Pick<IResourceProviderServer, "check" | "diff" | "invoke"> {
  return {
    check: unary((request: messages.CheckRequest, peer: string) => {
      const { type, name } = splitUrn(request.getUrn());
      const resource = session.resource(type);
      const news = decode(request.getNews());
      const failures = resource.inputs === "open" ? [] : checkFields(resource.inputs, news.value);
      if (failures.length > 0) return toCheckResponse(news, failures);
      const context = {
        type,
        name,
        config: configurations.get(peer),
        world: session.world,
        oldInputs: decode(request.getOlds()).value,
        randomHex: hexGenerator(request.getRandomseed_asU8()),
      };
      const inputs = resource.normalise?.(news.value, context) ?? news.value;
      return toCheckResponse(
        { value: inputs, secrets: news.secrets },
        resource.check?.(inputs, context) ?? [],
      );
    }),
    diff: unary((request: messages.DiffRequest, peer: string) => {
      const resource = session.resource(splitUrn(request.getUrn()).type);
      const outputs = decode(request.getOlds()).value;
      const before = { id: request.getId(), outputs, inputs: decode(request.getOldInputs()).value };
      const after = decode(request.getNews()).value;
      const replaceOn = resource.update === undefined ? "all" : (resource.replaceOn ?? []);
      const found = compare(before.inputs, after, replaceOn);
      const context = { config: configurations.get(peer) };
      const changes = resource.diff?.(before, after, found, context) ?? found;
      const { deleteBeforeReplace } = resource;
      const deleteFirst =
        typeof deleteBeforeReplace === "function"
          ? deleteBeforeReplace(after, before)
          : (deleteBeforeReplace ?? false);
      return toDiffResponse(changes, deleteFirst && changes.some(({ replaces }) => replaces));
    }),
    invoke: unary((request: messages.InvokeRequest, peer: string) => {
      const args = decode(request.getArgs()).value;
      const response = new messages.InvokeResponse();
      response.setReturn(encode(session.call(request.getTok(), args, configurations.get(peer))));
      return response;
    }),
  };
}
