/** Anything JSON can hold. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

// The key and the value by which the engine marks a secret in its events.
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** The place of a value that is not known before the operation. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Turns a property value of an engine event into plain JSON: secrets and unknowns become words. */
export function readable(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value === "object" && value !== null) {
    const entries: (readonly [string, unknown])[] = Object.entries(value);
    if (entries.some(([key, mark]) => key === SIGNATURE && mark === SECRET)) return "[secret]";
    return Object.fromEntries(entries.map(([key, field]) => [key, readable(field)]));
  }
  if (value === UNKNOWN) return "[known after the update]";
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return null;
}
