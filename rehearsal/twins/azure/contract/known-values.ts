import { readDeclarations } from "./library";
import type { ContractPackage } from "./packed";
import { packedDescription } from "./packed";

interface Declarations {
  /** What each interface extends. */
  readonly bases: ReadonlyMap<string, readonly string[]>;
  /** The names of the types of properties, by `<interface>.<property>`. */
  readonly types: ReadonlyMap<string, string>;
  /** The values of the enumerations, by the name of the type they are documented for. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

const read = new Map<ContractPackage, Declarations>();

/**
 * The values that a library documents for a property of a model whose type is any text, as those of an enumeration
 * that may grow. Its mappers do not have them, its declarations do. `undefined` when the text is free.
 */
export function knownValues(
  library: ContractPackage,
  model: string,
  property: string,
): readonly string[] | undefined {
  const packed = packedDescription(library);
  if (packed) return packed.known[`${model}.${property}`];
  const declarations = read.get(library) ?? parse(readDeclarations(library));
  read.set(library, declarations);
  const type = typeOf(declarations, model, property);
  return type === undefined ? undefined : declarations.values.get(type);
}

function typeOf(declarations: Declarations, model: string, property: string): string | undefined {
  const own = declarations.types.get(`${model}.${property}`);
  if (own !== undefined) return own;
  for (const base of declarations.bases.get(model) ?? []) {
    const inherited = typeOf(declarations, base, property);
    if (inherited !== undefined) return inherited;
  }
  return undefined;
}

function parse(text: string): Declarations {
  const bases = new Map<string, readonly string[]>();
  const types = new Map<string, string>();
  const values = new Map<string, readonly string[]>();
  const interfaces = /^export (?:declare )?interface (\w+)(?: extends ([\w, ]+))? \{\n([\s\S]*?)^\}/gm;
  for (const [, name = "", extended = "", body = ""] of text.matchAll(interfaces)) {
    bases.set(
      name,
      extended
        .split(",")
        .map((each) => each.trim())
        .filter((each) => each !== ""),
    );
    for (const [, property = "", type = ""] of body.matchAll(
      /^ {4}(?:readonly )?(\w+)\??: (\w+)(?:\[\])?;$/gm,
    ))
      types.set(`${name}.${property}`, type);
  }
  for (const [, name = "", body = ""] of text.matchAll(
    /^export (?:declare )?enum Known(\w+) \{\n([\s\S]*?)^\}/gm,
  ))
    values.set(
      name,
      [...body.matchAll(/^ {4}\w+ = "([^"]*)"/gm)].map(([, value = ""]) => value),
    );
  return { bases, types, values };
}
