import { readFile, writeFile } from "node:fs/promises";
import { parseDocument } from "yaml";
import { configNamespace } from "../../config/problems";

/**
 * Changes settings in a stack file and leaves the rest of it, comments and encrypted values among it, as it is.
 *
 * @param values by path: `["images", "archive"]`
 */
export async function changeStackFile(
  file: string,
  values: readonly (readonly [path: readonly [string, ...string[]], value: string])[],
): Promise<void> {
  const document = parseDocument(await readFile(file, "utf8"));
  for (const [[key, ...fields], value] of values)
    document.setIn(["config", `${configNamespace}:${key}`, ...fields], value);
  await writeFile(file, document.toString({ lineWidth: 0 }));
}
