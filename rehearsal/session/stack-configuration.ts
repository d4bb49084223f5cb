import { readFile, readdir, rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { addStandIns } from "./add-stand-ins";
import { sealerFor } from "./config-cipher";
import { RehearsalSetupError } from "./errors";
import type { Folders } from "./folders";
import type { ProjectFile } from "./project-file";
import { type ConfigValue, isConfigObject, StackFile } from "./stack-file";

/** Where a configuration comes from and goes to. */
export interface StackConfigurationOptions {
  readonly stack: string;
  readonly projectFolder: string;
  readonly project: Pick<ProjectFile, "name">;
  readonly folders: Pick<Folders, "configFile" | "standIns">;
  /** See `RehearsalOptions`. */
  readonly configFile?: string;
  /** See `RehearsalOptions`. */
  readonly configText?: string;
  /** See `RehearsalOptions`. */
  readonly config?: Readonly<Record<string, ConfigValue>>;
  /** See `RehearsalOptions`. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** See `RehearsalOptions`. */
  readonly real?: readonly string[];
}

type Override = { readonly path: string; readonly value: ConfigValue | undefined; readonly secret: boolean };

/** The configuration a rehearsal runs with: a stack file, what was set over it, and stand-ins for what is missing. */
export class StackConfiguration {
  private readonly overrides: Override[];
  private lines: readonly string[] = [];

  private constructor(
    private readonly options: StackConfigurationOptions,
    private readonly source: string,
  ) {
    this.overrides = [
      ...Object.entries(options.config ?? {}).map(([path, value]) => ({ path, value, secret: false })),
      ...Object.entries(options.secrets ?? {}).map(([path, value]) => ({ path, value, secret: true })),
    ];
  }

  /** Reads the stack file. Rejects with {@link RehearsalSetupError} when there is none. */
  static async read(options: StackConfigurationOptions): Promise<StackConfiguration> {
    return new StackConfiguration(options, options.configText ?? (await readStackFile(options)));
  }

  /** One line for people per stand-in in the copy written last. */
  get notes(): readonly string[] {
    return this.lines;
  }

  /** Sets a value over that of the stack file. */
  override(path: string, value: ConfigValue | undefined, secret: boolean): void {
    if (secret && typeof value !== "string") throw new Error(`\`${path}\`: a secret is a string`);
    this.overrides.push({ path, value, secret });
  }

  /** Tells whether the engine has given the copy its salt already. */
  async hasSalt(): Promise<boolean> {
    return (await this.salt()) !== undefined;
  }

  /** Writes the copy for the engine, every secret encrypted. */
  async write(): Promise<void> {
    const { folders, project, projectFolder, real } = this.options;
    const file = new StackFile(this.source, project.name);
    for (const { path, value, secret } of this.overrides) {
      if (secret && typeof value === "string") file.setSecret(path, value);
      else file.set(path, value);
    }
    this.lines = await addStandIns(file, { folders, projectFolder, real: real ?? [] });
    const salt = await this.salt();
    if (salt === undefined) throw new RehearsalSetupError(`"${folders.configFile}" lacks the engine's salt`);
    const fresh = `${folders.configFile}.new`;
    await writeFile(fresh, file.write(await sealerFor(salt), salt), { mode: 0o600 });
    await rename(fresh, folders.configFile);
  }

  private async salt(): Promise<string | undefined> {
    const text = await readFile(this.options.folders.configFile, "utf8").catch(absent);
    const document: unknown = text === undefined ? undefined : parse(text);
    const salt = isConfigObject(document) ? document["encryptionsalt"] : undefined;
    return typeof salt === "string" ? salt : undefined;
  }
}

async function readStackFile({
  configFile,
  projectFolder,
  stack,
}: StackConfigurationOptions): Promise<string> {
  if (configFile !== undefined) {
    const text = await readFile(resolve(configFile), "utf8").catch(absent);
    if (text === undefined) throw new RehearsalSetupError(`there is no stack file "${configFile}"`);
    return text;
  }
  const text = await readFile(join(projectFolder, `Pulumi.${stack}.yaml`), "utf8").catch(absent);
  if (text !== undefined) return text;
  const found = (await readdir(projectFolder)).flatMap(
    (name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? [],
  );
  const known = found.length === 0 ? "the project has none" : `the project has ${found.join(", ")}`;
  throw new RehearsalSetupError(`there is no stack "${stack}": ${known}`);
}

/** Turns a missing file into undefined; every other error stays one. */
function absent(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}
