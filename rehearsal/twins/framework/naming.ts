import { createHash, randomBytes } from "node:crypto";

/** The logical name and the type token that a URN ends in. */
export interface UrnParts {
  readonly type: string;
  readonly name: string;
}

/** Splits a URN; the type is the last of the chain of parent types. */
export function splitUrn(urn: string): UrnParts {
  const [, , types = "", ...name] = urn.replace(/^urn:pulumi:/, "").split("::");
  return { type: types.split("$").at(-1) ?? "", name: name.join("::") };
}

/** Makes a generator of hexadecimal text that repeats itself for the same seed; without a seed it is random. */
export function hexGenerator(seed: Uint8Array): (length: number) => string {
  const source = seed.length > 0 ? Buffer.from(seed) : randomBytes(32);
  return (length) => createHash("sha256").update(source).digest("hex").slice(0, length);
}
