import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";

const packageShape = z.looseObject({ version: z.string() });

/** The version of this package: that of the nearest package.json above, as the folder is another one when compiled. */
export function packageVersion(folder = __dirname): string {
  const file = join(folder, "package.json");
  if (existsSync(file)) return packageShape.parse(JSON.parse(readFileSync(file, "utf8"))).version;
  const above = dirname(folder);
  if (above === folder) throw new Error("this package has no package.json");
  return packageVersion(above);
}
