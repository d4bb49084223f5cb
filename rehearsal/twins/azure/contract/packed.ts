import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Microsoft's client libraries whose metadata describe the types. */
export type ContractPackage =
  | "authorization"
  | "compute"
  | "containerregistry"
  | "containerservice"
  | "dns"
  | "locks"
  | "monitor"
  | "msi"
  | "network"
  | "operationalinsights"
  | "postgresql-flexible"
  | "privatedns"
  | "resources"
  | "resources-subscriptions"
  | "storage";

/** What the package holds of a library, so that it need not depend on a hundred megabytes of code for their metadata. */
export interface PackedDescription {
  readonly mappers: Readonly<Record<string, unknown>>;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Documented values of properties whose type is any text, by `<model>.<property>`. */
  readonly known: Readonly<Record<string, readonly string[]>>;
}

const read = new Map<ContractPackage, PackedDescription | undefined>();

/** What the package holds of a library; `undefined` in the repository, which has the library itself. */
export function packedDescription(library: ContractPackage): PackedDescription | undefined {
  if (!read.has(library)) {
    const path = join(__dirname, "descriptions", `${library}.json`);
    read.set(library, existsSync(path) ? unpack(readFileSync(path, "utf8")) : undefined);
  }
  return read.get(library);
}

/** The text of a description. JSON knows no patterns: they become objects. */
export function pack(description: PackedDescription): string {
  return JSON.stringify(description, (_key, value: unknown) =>
    value instanceof RegExp ? { pattern: value.source, flags: value.flags } : value,
  );
}

/** Reads what {@link pack} wrote. */
export function unpack(text: string): PackedDescription {
  // The file holds nothing but such a description.
  return JSON.parse(text, (key, value: unknown) => {
    if (key !== "Pattern") return value;
    const { pattern, flags } = value as { readonly pattern: string; readonly flags: string };
    return new RegExp(pattern, flags);
  }) as PackedDescription;
}
