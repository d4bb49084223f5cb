import type { ArmType } from "./definition";
import { typeOfId } from "./resource-id";

const known = new Map<string, ArmType>();

/** Makes a type known by its name in ids; one whose last part is a parameter, as of records, whatever that is. */
export function makeKnown(type: ArmType): void {
  known.set((type.type ?? typeOfId(`/${type.path.replace(/\{[^}]*\}/g, "*")}`)).toLowerCase(), type);
}

/** The type of a resource by its id; `undefined` when it is not simulated. */
export function definitionOf(id: string): ArmType | undefined {
  const type = typeOfId(id).toLowerCase();
  return known.get(type) ?? known.get(type.replace(/[^/]+$/, "*"));
}

/** Every type that is simulated. */
export function allDefinitions(): ArmType[] {
  return [...known.values()];
}
