import type { ArmType } from "./definition";
import { typeOfId } from "./resource-id";

const known = new Map<string, ArmType>();

/** Makes a type known by its name in ids. */
export function makeKnown(type: ArmType): void {
  known.set((type.type ?? typeOfId(`/${type.path.replace(/\{[^}]*\}/g, "x")}`)).toLowerCase(), type);
}

/** The type of a resource by its id; `undefined` when it is not simulated. */
export function definitionOf(id: string): ArmType | undefined {
  return known.get(typeOfId(id).toLowerCase());
}

/** Every type that is simulated. */
export function allDefinitions(): ArmType[] {
  return [...known.values()];
}
