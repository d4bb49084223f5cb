import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
// Makes the types known.
import "../rehearsal/twins/azure";
import { allDefinitions } from "../rehearsal/twins/azure/arm/definition";
import {
  type ContractPackage,
  knownValues,
  mapperOf,
  pack,
  parameterOf,
  type PropertyMapper,
  subtypesOf,
} from "../rehearsal/twins/azure/contract/library";

/** What is collected of one library. */
interface Collection {
  readonly mappers: Record<string, PropertyMapper>;
  readonly parameters: Record<string, { readonly mapper: PropertyMapper }>;
  readonly known: Record<string, readonly string[]>;
}

/** Collects a model and all that it is made of. */
function collect(library: ContractPackage, model: string, into: Collection): void {
  if (into.mappers[model] !== undefined) return;
  const mapper = mapperOf(library, model);
  into.mappers[model] = mapper;
  for (const [name, property] of Object.entries(mapper.type.modelProperties ?? {})) {
    const values = knownValues(library, mapper.type.className ?? "", name);
    if (values !== undefined) into.known[`${mapper.type.className ?? ""}.${name}`] = values;
    collectWithin(library, property, into);
  }
  for (const name of subtypesOf(library, model)) collect(library, name, into);
}

function collectWithin(library: ContractPackage, property: PropertyMapper, into: Collection): void {
  const { className, modelProperties, element, value } = property.type;
  if (className !== undefined && modelProperties === undefined) collect(library, className, into);
  for (const part of [element, value, ...Object.values(modelProperties ?? {})]) {
    if (part !== undefined) collectWithin(library, part, into);
  }
}

/** Writes what the simulated Azure looks up of the client libraries, for the package that does without them. */
export async function writeContractDescriptions(dist: string): Promise<void> {
  const libraries = new Map<ContractPackage, Collection>();
  for (const { contract, path } of allDefinitions()) {
    const { library, model, parameters = {} } = contract;
    const into = libraries.get(library) ?? { mappers: {}, parameters: {}, known: {} };
    libraries.set(library, into);
    collect(library, model, into);
    for (const [, name = ""] of path.matchAll(/\{(\w+)\}/g)) {
      const parameter = parameters[name] ?? name;
      const mapper = parameterOf(library, parameter);
      if (mapper !== undefined) into.parameters[parameter] = { mapper };
    }
  }
  const folder = join(dist, "rehearsal/twins/azure/contract/descriptions");
  await mkdir(folder, { recursive: true });
  for (const [library, collection] of libraries) {
    await writeFile(join(folder, `${library}.json`), pack(collection));
  }
}
