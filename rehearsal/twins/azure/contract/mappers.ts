import { loadModels } from "./library";
import type { ContractPackage } from "./packed";

export type { ContractPackage } from "./packed";

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
