import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isMap, parseDocument } from "yaml";

const STACK_FILES = ["Pulumi.aks.yaml", "Pulumi.onprem.yaml"];

/** Writes the Pulumi project of the package: the same as that of the repository, but it runs what is compiled. */
export async function writePackagedProject(root: string, dist: string): Promise<void> {
  const project = parseDocument(await readFile(join(root, "Pulumi.yaml"), "utf8"));
  if (!isMap(project.contents)) throw new Error("Pulumi.yaml is no mapping");
  project.commentBefore = " The project that rehearsals of this package run.";
  project.contents.commentBefore = null;
  project.set("main", "index.js");
  const options = project.getIn(["runtime", "options"]);
  if (!isMap(options)) throw new Error("Pulumi.yaml has no `runtime.options`");
  const nodeArgs: unknown = options.get("nodeargs");
  if (typeof nodeArgs !== "string") throw new Error("Pulumi.yaml has no `runtime.options.nodeargs`");
  // Nothing is left to be compiled.
  options.set("nodeargs", nodeArgs.replace(/--require \S+ */, ""));
  await writeFile(join(dist, "Pulumi.yaml"), String(project));
  await Promise.all(STACK_FILES.map((name) => copyFile(join(root, name), join(dist, name))));
}
