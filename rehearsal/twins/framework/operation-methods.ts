import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type Configurations, type Session, splitUrn } from "./session";
import { compare } from "./changes";
import { PartialFailure } from "./errors";
import { decode, encode, IncompleteResource, unary } from "./wire";
import type { ResourceTwin } from "./twin";

/** The methods that make, read, change and remove resources. */
export function operationMethods(
  session: Session,
  configurations: Configurations,
): Pick<IResourceProviderServer, "create" | "read" | "update" | "delete"> {
  return {
    create: unary(async (request: messages.CreateRequest, peer: string) => {
      const inputs = decode(request.getProperties());
      const context = session.context(request.getUrn(), configurations.get(peer), request.getTimeout());
      const resource = session.resource(context.type);
      const secrets = outputSecrets(resource, inputs.secrets);
      const response = new messages.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(encode(session.preview(inputs.value, context), secrets));
        return response;
      }
      const created = await keepingPartial(secrets, () =>
        session.run(
          "create",
          context,
          inputs.value,
          () => resource.create(inputs.value, context),
          (made) => made,
        ),
      );
      response.setId(created.id);
      response.setProperties(encode(created.outputs, secrets));
      return response;
    }),
    read: unary(async (request: messages.ReadRequest, peer: string) => {
      const context = session.context(request.getUrn(), configurations.get(peer), 0);
      const resource = session.resource(context.type);
      const outputs = decode(request.getProperties());
      const inputs = decode(request.getInputs());
      const recorded = { id: request.getId(), inputs: inputs.value, outputs: outputs.value };
      const secrets = outputSecrets(resource, new Set([...inputs.secrets, ...outputs.secrets]));
      const found = await keepingPartial(secrets, () =>
        session.run("read", context, recorded.inputs, () =>
          resource.read === undefined ? recorded : resource.read(recorded, context),
        ),
      );
      const response = new messages.ReadResponse();
      if (found === undefined) return response;
      response.setId(found.id);
      response.setProperties(encode(found.outputs, secrets));
      response.setInputs(encode(found.inputs, secrets));
      return response;
    }),
    update: unary(async (request: messages.UpdateRequest, peer: string) => {
      const inputs = decode(request.getNews());
      const context = session.context(request.getUrn(), configurations.get(peer), request.getTimeout());
      const resource = session.resource(context.type);
      const secrets = outputSecrets(resource, inputs.secrets);
      const before = {
        id: request.getId(),
        inputs: decode(request.getOldInputs()).value,
        outputs: decode(request.getOlds()).value,
      };
      const response = new messages.UpdateResponse();
      const { update } = resource;
      if (update === undefined) {
        // The engine asks so of what was made and reported as unfinished; a provider without anything to change is done.
        if (compare(before.inputs, inputs.value, "all").length > 0)
          throw new Error(`${context.type} cannot be changed in place`);
        response.setProperties(encode(before.outputs, secrets));
        return response;
      }
      const outputs = request.getPreview()
        ? session.preview(inputs.value, context, before)
        : await keepingPartial(secrets, () =>
            session.run(
              "update",
              context,
              inputs.value,
              () => update(before, inputs.value, context),
              (outputs) => ({ id: before.id, outputs }),
            ),
          );
      response.setProperties(encode(outputs, secrets));
      return response;
    }),
    delete: unary(async (request: messages.DeleteRequest, peer: string) => {
      const context = session.context(request.getUrn(), configurations.get(peer), request.getTimeout());
      const resource = session.resource(splitUrn(request.getUrn()).type);
      const recorded = {
        id: request.getId(),
        inputs: decode(request.getOldInputs()).value,
        outputs: decode(request.getProperties()).value,
      };
      await session.run("delete", context, recorded.inputs, () => resource.delete?.(recorded, context));
      return new Empty();
    }),
  };
}

/** Outputs are secret where the type says so and where the inputs were. */
function outputSecrets(resource: ResourceTwin, ofInputs: ReadonlySet<string>): ReadonlySet<string> {
  const derived = ofInputs.size > 0 ? (resource.derivedOutputs ?? []) : [];
  return new Set([...ofInputs, ...[...(resource.secretOutputs ?? []), ...derived].map((name) => `/${name}`)]);
}

async function keepingPartial<T>(secrets: ReadonlySet<string>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PartialFailure) throw new IncompleteResource(error, secrets);
    throw error;
  }
}
