/** The type token of the stack itself, the root of every URN. */
export const STACK_TYPE = "pulumi:pulumi:Stack";

/** Gives the logical name in a URN. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** Gives the type token in a URN, without those of the parents. */
export function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/** Tells whether a resource is a provider the engine makes by itself. */
export const isDefaultProvider = (type: string, name: string): boolean =>
  type.startsWith("pulumi:providers:") && name.startsWith("default");

/** Tells whether a list of an event has something in it: the engine writes null for an absent one, whatever its type says. */
export const isFilled = (list: readonly string[] | null | undefined): list is readonly string[] =>
  list !== null && list !== undefined && list.length > 0;

/** A resource by name. */
export interface ResourceName {
  /** Type token, as `kubernetes:core/v1:Namespace`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
}

/** What `destroy` left standing. */
export interface Kept {
  /** Still in the stack: protected resources and their parents. */
  readonly protected: readonly ResourceName[];
  /** No longer in the stack, yet not deleted. */
  readonly retained: readonly ResourceName[];
  /** What the program says of the things it keeps: `<what>: <command that gives it up>`. */
  readonly advice: readonly string[];
}

/** A resource in the state of a stack. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly parent?: string;
  readonly custom?: boolean;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
  readonly [field: string]: unknown;
}

/** The state of a stack as `pulumi stack export` writes it: secrets encrypted, or with `--show-secrets` in clear. */
export interface StackState {
  readonly version: number;
  readonly deployment: { readonly resources?: readonly StateResource[]; readonly [field: string]: unknown };
}

/** The outputs of a stack as its state has them; none before anything was deployed. */
export function outputsIn({ deployment }: StackState): Readonly<Record<string, unknown>> {
  return (deployment.resources ?? []).find(({ type }) => type === STACK_TYPE)?.outputs ?? {};
}

const isProvider = ({ type }: StateResource): boolean => type.startsWith("pulumi:providers:");
const named = ({ type, urn }: StateResource): ResourceName => ({ type, name: nameOf(urn) });

/** Compares the state before and after `destroy` and says what was left standing. */
export function keptBy(before: StackState, after: StackState): Kept {
  const remaining = after.deployment.resources ?? [];
  const left = new Set(remaining.map(({ urn }) => urn));
  const gone = (before.deployment.resources ?? []).filter(({ urn }) => !left.has(urn));
  return {
    protected: remaining.filter((resource) => resource.protect === true && !isProvider(resource)).map(named),
    retained: gone.filter(({ retainOnDelete }) => retainOnDelete === true).map(named),
    advice: adviceOf(before),
  };
}

/** What the program itself says of kept things, in its output `keptOnDestroy`: a list of `{ what, remove }`. */
function adviceOf(state: StackState): string[] {
  const kept = outputsIn(state)["keptOnDestroy"];
  if (!Array.isArray(kept)) return [];
  return kept.flatMap((each: unknown) =>
    typeof each === "object" && each !== null && "what" in each && "remove" in each
      ? [`${String(each.what)}: ${String(each.remove)}`]
      : [],
  );
}

/** Anything JSON can hold. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

// The key and the value by which the engine marks a secret in its events.
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** The place of a value that is not known before the operation. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const isSecret = (entries: readonly (readonly [string, unknown])[]): boolean =>
  entries.some(([key, mark]) => key === SIGNATURE && mark === SECRET);

/** Turns a property value of an engine event into plain JSON: secrets and unknowns become words. */
export function readable(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value === "object" && value !== null) {
    const entries: (readonly [string, unknown])[] = Object.entries(value);
    if (isSecret(entries)) return "[secret]";
    return Object.fromEntries(entries.map(([key, field]) => [key, readable(field)]));
  }
  if (value === UNKNOWN) return "[known after the update]";
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return null;
}

/** A property value without the marks of secrets. */
export interface ClearValue {
  readonly value: unknown;
  /** Whether it, or anything in it, is a secret. */
  readonly secret: boolean;
}

/**
 * Reads a property value of a state that was exported with its secrets in clear.
 *
 * @throws Error when a secret in it is encrypted: its value would pass for something else
 */
export function inClear(value: unknown): ClearValue {
  if (Array.isArray(value)) {
    const items = value.map(inClear);
    return { value: items.map((item) => item.value), secret: items.some(({ secret }) => secret) };
  }
  if (typeof value !== "object" || value === null) return { value, secret: false };
  const entries: (readonly [string, unknown])[] = Object.entries(value);
  if (isSecret(entries)) {
    // The JSON of the value, which may have secrets in it as well.
    const plaintext: unknown = "plaintext" in value ? value.plaintext : undefined;
    if (typeof plaintext !== "string") throw new Error("a secret of the state is encrypted");
    return { value: inClear(JSON.parse(plaintext)).value, secret: true };
  }
  const fields = entries.map(([key, field]) => [key, inClear(field)] as const);
  return {
    value: Object.fromEntries(fields.map(([key, field]) => [key, field.value])),
    secret: fields.some(([, { secret }]) => secret),
  };
}
