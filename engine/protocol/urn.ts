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
