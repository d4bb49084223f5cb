import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { compileFunction } from "node:vm";
import { transform } from "sucrase";
import { type ContractPackage, packedDescription } from "./packed";

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
