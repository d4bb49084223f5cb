import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { compileFunction } from "node:vm";
import { transform } from "sucrase";

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

const load = createRequire(__filename);
// The libraries keep their models apart from what they export, in a folder that depends on their age.
const FOLDERS = ["dist/commonjs/models", "dist-esm/src/models"];
const loaded = new Map<string, unknown>();

/** The descriptions of a library: those of its models, or those of the parameters of its requests. */
export function loadModels(library: ContractPackage, file: "mappers" | "parameters"): unknown {
  const packed = packedDescription(library);
  if (packed) return packed[file];
  const key = `${library}/${file}`;
  if (!loaded.has(key)) {
    const path = join(modelsOf(library), `${file}.js`);
    loaded.set(key, file === "mappers" ? load(path) : evaluate(path, library));
  }
  return loaded.get(key);
}

/** The declarations of a library, as TypeScript reads them. */
export function readDeclarations(library: ContractPackage): string {
  const models = modelsOf(library);
  const files = [join(models, "index.d.ts"), join(models, "..", "..", "..", "types", `arm-${library}.d.ts`)];
  const found = files.find((file) => existsSync(file));
  if (found === undefined)
    throw new Error(`the declarations of @azure/arm-${library} are not where they were`);
  return readFileSync(found, "utf8");
}

/** Runs a module that imports the models by a path without extension, which Node.js alone does not find. */
function evaluate(path: string, library: ContractPackage): unknown {
  const { code } = transform(readFileSync(path, "utf8"), { transforms: ["imports"] });
  const exported: Record<string, unknown> = {};
  const require = (name: string): unknown =>
    name.startsWith(".") ? loadModels(library, "mappers") : createRequire(path)(name);
  // What a compiled function is called with is known here alone.
  const run = compileFunction(code, ["exports", "require"], { filename: path }) as (
    exported: Record<string, unknown>,
    require: (name: string) => unknown,
  ) => void;
  run(exported, require);
  return exported;
}

function modelsOf(library: ContractPackage): string {
  let folder = dirname(load.resolve(`@azure/arm-${library}`));
  for (; folder !== dirname(folder); folder = dirname(folder)) {
    const models = FOLDERS.map((name) => join(folder, name)).find((path) =>
      existsSync(join(path, "mappers.js")),
    );
    if (models !== undefined) return models;
  }
  throw new Error(`the models of @azure/arm-${library} are not where they were`);
}

/** What a property may hold, as the libraries describe it. */
export interface PropertyMapper {
  readonly serializedName?: string;
  readonly required?: boolean;
  readonly readOnly?: boolean;
  readonly constraints?: {
    readonly Pattern?: RegExp;
    readonly MinLength?: number;
    readonly MaxLength?: number;
    readonly InclusiveMinimum?: number;
    readonly InclusiveMaximum?: number;
    readonly MinItems?: number;
    readonly MaxItems?: number;
    readonly UniqueItems?: boolean;
  };
  readonly type: {
    readonly name: string;
    readonly allowedValues?: readonly unknown[];
    readonly className?: string;
    readonly element?: PropertyMapper;
    readonly value?: PropertyMapper;
    readonly modelProperties?: Readonly<Record<string, PropertyMapper>>;
    /** The property that says which model an object is of, where others stand in for this one. */
    readonly polymorphicDiscriminator?: { readonly clientName?: string };
    /** The model that this one stands in for. */
    readonly uberParent?: string;
  };
}

type Mappers = Readonly<Record<string, PropertyMapper>>;

/** The description of a model; throws when the library has none of that name. */
export function mapperOf(library: ContractPackage, name: string): PropertyMapper {
  // The files hold nothing but such descriptions.
  const found = (loadModels(library, "mappers") as Mappers)[name];
  if (found === undefined) throw new Error(`@azure/arm-${library} describes no "${name}"`);
  return found;
}

/** Names of the models that stand in for one. */
export function subtypesOf(library: ContractPackage, model: string): readonly string[] {
  // The file holds nothing but such descriptions, and a list of those that stand in for others.
  const { discriminators: _, ...mappers } = loadModels(library, "mappers") as Mappers;
  return Object.entries(mappers)
    .filter(([name, { type }]) => type.uberParent === model && name !== model)
    .map(([name]) => name);
}

/** The description of a parameter of the path, as `accountName`; `undefined` when the library has none. */
export function parameterOf(library: ContractPackage, name: string): PropertyMapper | undefined {
  // The file holds nothing but such descriptions.
  const parameters = loadModels(library, "parameters") as Readonly<
    Record<string, { readonly mapper?: PropertyMapper }>
  >;
  return parameters[name]?.mapper;
}

interface Declarations {
  /** What each interface extends. */
  readonly bases: ReadonlyMap<string, readonly string[]>;
  /** The names of the types of properties, by `<interface>.<property>`. */
  readonly types: ReadonlyMap<string, string>;
  /** The values of the enumerations, by the name of the type they are documented for. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

const parsed = new Map<ContractPackage, Declarations>();

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
  const declarations = parsed.get(library) ?? parse(readDeclarations(library));
  parsed.set(library, declarations);
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
