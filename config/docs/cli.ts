import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { format } from "prettier";
import { projectFile } from "./project-file";
import { referencePage } from "./reference";

const root = resolve(__dirname, "../..");

const generated = [
  { path: "Pulumi.yaml", text: projectFile, parser: "yaml" },
  { path: "docs/configuration.md", text: referencePage, parser: "markdown" },
] as const;

/** Writes the generated files, or says which are stale. */
async function main(mode: string | undefined): Promise<void> {
  for (const { path, text, parser } of generated) {
    const file = join(root, path);
    const wanted = await format(text(), { parser, printWidth: 110 });
    if (mode === "write") {
      await writeFile(file, wanted);
      continue;
    }
    if ((await readFile(file, "utf8")) === wanted) continue;
    console.error(`${path} is stale: run \`npm run docs\``);
    process.exitCode = 1;
  }
}

void main(process.argv[2]);
