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
  for (const [[key, ...fields], value] of values) {
    const path = ["config", `${configNamespace}:${key}`];
    const section = document.getIn(path);
    // What was set as a whole by `pulumi config set` is JSON in a string, which the program reads as well.
    if (fields.length > 0 && typeof section === "string")
      document.setIn(path, document.createNode(JSON.parse(section)));
    document.setIn([...path, ...fields], value);
  }
  await writeFile(file, document.toString({ lineWidth: 0 }));
}
