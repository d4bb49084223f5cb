import { keyPath } from "../../../config/problems";
import { minimalAks } from "../../support/azure-configurations";
import { minimal, raw, type TestConfig } from "../../support/configurations";
import type { Fault } from "./judge";

export type Path = readonly (string | number)[];

type Container = Record<string | number, unknown>;

const isContainer = (value: unknown): value is Container => typeof value === "object" && value !== null;

/** A copy of a value with something else at a path; `undefined` takes it away. What leads there is made. */
export function withValue(base: unknown, [part, ...rest]: Path, value: unknown): unknown {
  if (part === undefined) return value;
  const copy: Container = Array.isArray(base) ? (base.slice() as unknown as Container) : emptyFor(part, base);
  // An assignment would change what the object inherits from.
  const inner = isContainer(base) && Object.hasOwn(base, part) ? base[part] : undefined;
  const made = withValue(inner, rest, value);
  if (made === undefined) Reflect.deleteProperty(copy, part);
  else
    Object.defineProperty(copy, part, { value: made, enumerable: true, writable: true, configurable: true });
  return copy;
}

const emptyFor = (part: string | number, base: unknown): Container =>
  typeof part === "number" ? ([] as unknown as Container) : isContainer(base) ? { ...base } : {};

/** The right configuration of the target that a section belongs to. */
export const baseOf = ([section]: Path): TestConfig => (section === "aks" ? minimalAks : minimal);

/** What is set before a place can be: that which decides which fields there are. */
export type Given = readonly (readonly [Path, unknown])[];

/** The configuration with values at some places. */
export function configWith(places: readonly (readonly [Path, unknown])[]): TestConfig {
  const { settings, secrets } = baseOf(places.at(-1)?.[0] ?? []);
  const changed = places.reduce<unknown>((tree, [path, value]) => withValue(tree, path, value), settings);
  return { settings: changed as Record<string, unknown>, secrets };
}

/** A fault of one place. */
export function faultAt(kind: string, path: Path, value: unknown, given: Given = []): Fault {
  const key = keyPath(path);
  const text = value === undefined ? "absent" : JSON.stringify(value);
  return {
    kind,
    subject: `${key} ${text.length > 60 ? `${text.slice(0, 60)}… (${text.length})` : text}`,
    raw: raw(configWith([...given, [path, value]])),
    keys: [key],
  };
}
