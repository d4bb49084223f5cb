import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { RUNTIME_TYPESCRIPT } from "../../engine";
import { RehearsalSetupError } from "./errors";
import { isConfigObject } from "./stack-file";

/** What a rehearsal needs to know of a Pulumi project. */
export interface ProjectFile {
  /** Name of the project, which is the namespace of its configuration. */
  readonly name: string;
  /** Variables that carry the runtime options to a language host which does not read them itself. */
  readonly runtimeEnv: Readonly<Record<string, string>>;
}

/**
 * Reads Pulumi.yaml of a folder.
 * The language host built from source is older than the engine and knows no `runtime.options`: they reach the
 * process of the program through the environment instead, which a current host merely overwrites with the same.
 */
export async function readProjectFile(folder: string): Promise<ProjectFile> {
  const path = join(folder, "Pulumi.yaml");
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new RehearsalSetupError(`"${path}" cannot be read; is "${folder}" the Pulumi project?`, { cause });
  });
  const document: unknown = parse(text);
  const name = isConfigObject(document) ? document["name"] : undefined;
  if (!isConfigObject(document) || typeof name !== "string") {
    throw new RehearsalSetupError(`"${path}" has no \`name\``);
  }
  const runtime = document["runtime"];
  const options = isConfigObject(runtime) ? runtime["options"] : undefined;
  const typescript = isConfigObject(options) ? options["typescript"] : undefined;
  const nodeArgs = isConfigObject(options) ? options["nodeargs"] : undefined;
  return {
    name,
    runtimeEnv: {
      ...(typeof typescript === "boolean" && { [RUNTIME_TYPESCRIPT]: String(typescript) }),
      ...(typeof nodeArgs === "string" && { NODE_OPTIONS: nodeArgs }),
    },
  };
}
