import { type Failure, type Properties, stringAt } from "../../framework";
import { ALLOWED } from "./allowed";
import { type ContractPackage, mapperOf, parameterOf } from "./mappers";
import { walkModel, walkValue } from "./walk";

/** Where Microsoft's own description of a type is. */
export interface ContractRef {
  readonly library: ContractPackage;
  /** Name of the model that a creation sends. */
  readonly model: string;
  /** Names that the library has for parameters of the path, where they differ from the provider's. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Checks inputs against the description of their type: the body against the model, the path against its parameters. */
export function checkContract(
  contract: ContractRef,
  inputs: Properties,
  pathParameters: readonly string[],
): Failure[] {
  const { library, model, parameters = {} } = contract;
  const walk = { library, allowed: new Set(Object.keys(ALLOWED[model] ?? {})) };
  const body = Object.fromEntries(Object.entries(inputs).filter(([key]) => !pathParameters.includes(key)));
  const ofPath = pathParameters.flatMap((name) => {
    const value = stringAt(inputs, name);
    const parameter = parameterOf(library, parameters[name] ?? name);
    return value === undefined || parameter === undefined ? [] : walkValue(parameter, value, name, walk);
  });
  return [...ofPath, ...walkModel(mapperOf(library, model), body, "", walk)];
}
