import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { format } from "prettier";
import { embeddingPage } from "./embedding-page";
import { azureRole } from "../preflight/azure/role";
import { minioPolicy } from "../preflight/minio-rights";
import { projectFile } from "../config/docs/project-file";
import { referencePage } from "../config/docs/reference";

const root = resolve(__dirname, "..");

/** A file that is generated, in whole or in part. */
interface Generated {
  readonly path: string;
  readonly parser: "yaml" | "markdown" | "json";
  /** Makes the wanted text from the present one. */
  readonly make: (present: string) => string | Promise<string>;
}

const generated: readonly Generated[] = [
  { path: "Pulumi.yaml", parser: "yaml", make: projectFile },
  { path: "docs/configuration.md", parser: "markdown", make: referencePage },
  { path: "docs/azure-role.json", parser: "json", make: azureRole },
  { path: "docs/minio-policy.json", parser: "json", make: minioPolicy },
  { path: "docs/embedding.md", parser: "markdown", make: embeddingPage },
];

/** Writes the generated files, or says which are stale. */
async function main(mode: string | undefined): Promise<void> {
  for (const { path, make, parser } of generated) {
    const file = join(root, path);
    const present = await readFile(file, "utf8");
    const wanted = await format(await make(present), { parser, printWidth: 110 });
    if (present === wanted) continue;
    if (mode === "write") {
      await writeFile(file, wanted);
    } else {
      console.error(`${path} is stale: run \`npm run docs\``);
      process.exitCode = 1;
    }
  }
}

void main(process.argv[2]);
