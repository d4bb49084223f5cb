import { nameOf, STACK_TYPE } from "./urn";

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

/** The state of a stack as `pulumi stack export` writes it: secrets encrypted. */
export interface StackState {
  readonly version: number;
  readonly deployment: { readonly resources?: readonly StateResource[]; readonly [field: string]: unknown };
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
function adviceOf({ deployment }: StackState): string[] {
  const stack = (deployment.resources ?? []).find(({ type }) => type === STACK_TYPE);
  const kept = stack?.outputs?.["keptOnDestroy"];
  if (!Array.isArray(kept)) return [];
  return kept.flatMap((each: unknown) =>
    typeof each === "object" && each !== null && "what" in each && "remove" in each
      ? [`${String(each.what)}: ${String(each.remove)}`]
      : [],
  );
}
