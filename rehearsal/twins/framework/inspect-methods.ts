import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { compare } from "./changes";
import type { Configurations } from "./configurations";
import { checkFields } from "./fields";
import { hexGenerator, splitUrn } from "./naming";
import { toCheckResponse, toDiffResponse } from "./responses";
import type { Session } from "./session";
import { unary } from "./unary";
import { decode, encode } from "./wire";

/** The methods that look at inputs and arguments without touching a resource. */
export function inspectMethods(
  session: Session,
  configurations: Configurations,
): Pick<IResourceProviderServer, "check" | "diff" | "invoke"> {
  const { twin } = session;
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
      const token = request.getTok();
      const invoke = twin.invokes?.[token];
      if (invoke === undefined)
        throw new Error(`the simulated provider of "${twin.package}" has no function "${token}"`);
      const args = decode(request.getArgs());
      const context = session.context("", configurations.get(peer), 0);
      const response = new messages.InvokeResponse();
      response.setReturn(encode(invoke(args.value, context)));
      return response;
    }),
  };
}
