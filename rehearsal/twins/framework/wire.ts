import { Struct } from "google-protobuf/google/protobuf/struct_pb";
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
