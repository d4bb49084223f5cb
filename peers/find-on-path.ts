import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** Tells whether a file exists and may be executed. */
export const isExecutable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );

/** Finds a command on a search path as a shell would; undefined when no folder has it. */
export async function findOnPath(name: string, searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(delimiter)) {
    const file = join(folder, process.platform === "win32" ? `${name}.exe` : name);
    if (folder !== "" && (await isExecutable(file))) return file;
  }
  return undefined;
}
