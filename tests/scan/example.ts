import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { program } from "../../program";
import { releaseImages, writeArchive } from "../support/archives";
import { type TestConfig, merged, runnable, samples } from "../support/configurations";
import type { Inventory } from "../support/inventory";
import { run } from "../support/run";

/** Where an example is run. */
export interface ExampleRun {
  /** A folder of its own. */
  readonly folder: string;
  /** Origin of the registry that exchanges tokens. */
  readonly loginUrl: string;
}

type Tree = Readonly<Record<string, unknown>>;

/** Changes to the example, by section. */
export interface Changes {
  readonly aks?: Tree;
  readonly settings?: Tree;
}

/** What the program registers for the values of `Pulumi.aks.yaml`, the guide's, with changes merged in. */
export async function runExample(
  { folder, loginUrl }: ExampleRun,
  { aks = {}, settings = {} }: Changes = {},
): Promise<Inventory> {
  const example = await exampleConfiguration();
  const version = String(example.settings["version"]);
  const archive = await writeArchive(folder, version, await releaseImages(version));
  const kubelogin = join(folder, process.platform === "win32" ? "kubelogin.exe" : "kubelogin");
  await writeFile(kubelogin, "");
  await chmod(kubelogin, 0o755);
  const config = merged(
    merged(example, { aks, ...settings }, {}),
    { images: { archive }, aks: { registry: { loginUrl } } },
    { licenseToken: samples.licenseToken },
  );
  const { inventory } = await run(
    () =>
      program({
        projectDirectory: folder,
        archiveCacheDirectory: join(folder, "cache"),
        searchPath: folder,
      }),
    runnable(config),
  );
  return inventory;
}

async function exampleConfiguration(): Promise<TestConfig> {
  const text = await readFile(join(__dirname, "../../Pulumi.aks.yaml"), "utf8");
  // The file is ours, and the program checks what is in it.
  const { config } = parse(text) as { readonly config: Tree };
  const settings = Object.entries(config).map(([key, value]) => [key.replace(/^spacelift:/, ""), value]);
  return { settings: Object.fromEntries(settings) as Tree, secrets: {} };
}
