import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { compare } from "./changes";
import type { Configurations } from "./configurations";
import { checkFields, type Field } from "./fields";
import { toCheckResponse, toDiffResponse } from "./responses";
import type { Session } from "./session";
import { unary } from "./unary";
import { omit, type Properties, type Value } from "./values";
import { decode } from "./wire";

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
