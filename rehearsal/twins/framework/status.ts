import * as grpc from "@grpc/grpc-js";
import * as errors from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { PartialFailure } from "./errors";
import { encode } from "./wire";

/** A partial failure together with the paths of the secrets in its state. */
export class IncompleteResource extends Error {
  constructor(
    readonly failure: PartialFailure,
    readonly secrets: ReadonlySet<string>,
  ) {
    super(failure.message);
    this.name = "IncompleteResource";
  }
}

/** Turns an error of a twin into the answer the engine understands; a partial failure carries the state to keep. */
export function toServiceError(error: unknown): Partial<grpc.ServiceError> {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof IncompleteResource)) {
    const cancelled = error instanceof Error && error.name === "AbortError";
    return { code: cancelled ? grpc.status.CANCELLED : grpc.status.UNKNOWN, details: message };
  }
  const detail = new errors.ErrorResourceInitFailed();
  detail.setId(error.failure.id);
  detail.setProperties(encode(error.failure.outputs, error.secrets));
  detail.setInputs(encode(error.failure.inputs, error.secrets));
  detail.setReasonsList([...error.failure.reasons]);
  const packed = new Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}
