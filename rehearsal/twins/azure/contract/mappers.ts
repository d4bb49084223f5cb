import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Microsoft's client libraries whose metadata describe the types. */
export type ContractPackage =
  | "authorization"
  | "containerregistry"
  | "containerservice"
  | "msi"
  | "network"
  | "postgresql-flexible"
  | "privatedns"
  | "storage";

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
    readonly polymorphicDiscriminator?: unknown;
  };
}

type Mappers = Readonly<Record<string, PropertyMapper>>;

const load = createRequire(__filename);
// The libraries keep their models apart from what they export, in a folder that depends on their age.
const FOLDERS = ["dist/commonjs/models", "dist-esm/src/models"];
const loaded = new Map<string, unknown>();

/** The description of a model; throws when the library has none of that name. */
export function mapperOf(library: ContractPackage, name: string): PropertyMapper {
  // The files hold nothing but such descriptions.
  const found = (loadModels(library, "mappers") as Mappers)[name];
  if (found === undefined) throw new Error(`@azure/arm-${library} describes no "${name}"`);
  return found;
}

/** The description of a parameter of the path, as `accountName`; `undefined` when the library has none. */
export function parameterOf(library: ContractPackage, name: string): PropertyMapper | undefined {
  // The file holds nothing but such descriptions.
  const parameters = loadModels(library, "parameters") as Readonly<
    Record<string, { readonly mapper?: PropertyMapper }>
  >;
  return parameters[name]?.mapper;
}

function loadModels(library: ContractPackage, file: "mappers" | "parameters"): unknown {
  const key = `${library}/${file}`;
  if (!loaded.has(key)) loaded.set(key, load(join(modelsOf(library), `${file}.js`)));
  return loaded.get(key);
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
