import * as grpc from "@grpc/grpc-js";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Change } from "./changes";
import type { PartialFailure } from "./errors";
import type { Failure } from "./fields";
import { isProperties, type Properties, UNKNOWN, Unknown, type Value } from "./values";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

// The engine marks special values by a signature key, or an unknown by a fixed string.
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";
const UNKNOWN_TEXTS: ReadonlySet<string> = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Properties without their secret wrappers, and the paths at which those were. */
export interface Decoded {
  readonly value: Properties;
  /** Paths such as `/data/password` or `/list/0`. */
  readonly secrets: ReadonlySet<string>;
}

/** Turns a message of the engine into plain values; secrets are unwrapped and their paths remembered, nulls are dropped. */
export function decode(struct: Struct | undefined): Decoded {
  const secrets = new Set<string>();
  // A Struct holds nothing but JSON.
  const value = struct === undefined ? {} : decodeValue(struct.toJavaScript(), "", secrets);
  return { value: isProperties(value) ? value : {}, secrets };
}

function decodeValue(raw: Json, path: string, secrets: Set<string>): Value {
  if (typeof raw === "string") return UNKNOWN_TEXTS.has(raw) ? UNKNOWN : raw;
  if (raw === null || typeof raw !== "object") return raw;
  if (Array.isArray(raw)) return raw.map((item, index) => decodeValue(item, `${path}/${index}`, secrets));
  const signature = raw[SIGNATURE_KEY];
  switch (typeof signature === "string" ? signature : "") {
    case SECRET:
      secrets.add(path);
      return decodeValue(raw["value"] ?? null, path, secrets);
    case OUTPUT:
      if (raw["secret"] === true) secrets.add(path);
      return "value" in raw ? decodeValue(raw["value"] ?? null, path, secrets) : UNKNOWN;
    case RESOURCE:
      return decodeValue(raw["id"] ?? raw["urn"] ?? null, path, secrets);
    default: {
      const decoded: Properties = {};
      for (const [key, item] of Object.entries(raw)) {
        if (item !== null) decoded[key] = decodeValue(item, `${path}/${key}`, secrets);
      }
      return decoded;
    }
  }
}

/** Turns plain values into a message for the engine, wrapping what lies at one of the secret paths. */
export function encode(value: Properties, secrets: ReadonlySet<string> = new Set()): Struct {
  const members: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value)) members[key] = encodeValue(item, `/${key}`, secrets);
  return Struct.fromJavaScript(members);
}

function encodeValue(value: Value, path: string, secrets: ReadonlySet<string>): Json {
  const plain = encodePlain(value, path, secrets);
  return secrets.has(path) ? { [SIGNATURE_KEY]: SECRET, value: plain } : plain;
}

function encodePlain(value: Value, path: string, secrets: ReadonlySet<string>): Json {
  if (value instanceof Unknown) return UNKNOWN_TEXT;
  if (Array.isArray(value)) return value.map((item, index) => encodeValue(item, `${path}/${index}`, secrets));
  if (!isProperties(value)) return value;
  const members: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value))
    members[key] = encodeValue(item, `${path}/${key}`, secrets);
  return members;
}

const KINDS = {
  add: [messages.PropertyDiff.Kind.ADD, messages.PropertyDiff.Kind.ADD_REPLACE],
  delete: [messages.PropertyDiff.Kind.DELETE, messages.PropertyDiff.Kind.DELETE_REPLACE],
  update: [messages.PropertyDiff.Kind.UPDATE, messages.PropertyDiff.Kind.UPDATE_REPLACE],
} as const;

/** Answers a check with the inputs to use and what is wrong with them. */
export function toCheckResponse(inputs: Decoded, failures: readonly Failure[]): messages.CheckResponse {
  const response = new messages.CheckResponse();
  response.setInputs(encode(inputs.value, inputs.secrets));
  response.setFailuresList(
    failures.map(({ property, reason }) => {
      const failure = new messages.CheckFailure();
      failure.setProperty(property);
      failure.setReason(reason);
      return failure;
    }),
  );
  return response;
}

/** Answers a diff with every change and whether it replaces. */
export function toDiffResponse(changes: readonly Change[], deleteFirst: boolean): messages.DiffResponse {
  const response = new messages.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  response.setChanges(changes.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setDiffsList([...new Set(changes.map(({ path }) => topLevel(path)))]);
  response.setReplacesList(changes.filter(({ replaces }) => replaces).map(({ path }) => path));
  response.setHasdetaileddiff(true);
  response.setDeletebeforereplace(deleteFirst);
  for (const change of changes) {
    const detail = new messages.PropertyDiff();
    detail.setKind(KINDS[change.kind][change.replaces ? 1 : 0]);
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(change.path, detail);
  }
  return response;
}

function topLevel(path: string): string {
  return path.split(/[.[]/, 1)[0] ?? path;
}

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
  const detail = new messages.ErrorResourceInitFailed();
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

/** Makes a unary method out of a function; what it throws becomes the error of the call. */
export function unary<Q, R>(
  answer: (request: Q, peer: string) => Promise<R> | R,
): grpc.handleUnaryCall<Q, R> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => answer(call.request, call.getPeer()))
      .then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          callback(toServiceError(error));
        },
      );
  };
}
