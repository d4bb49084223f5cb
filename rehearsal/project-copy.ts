import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parse, parseDocument } from "yaml";
import { addPlaceholders } from "./placeholders";
import { type ConfigValue, isConfigObject, sealerFor, StackFile } from "./stack-file";

/** Says that a rehearsal could not begin: no such stack, an unreadable stack file. */
export class RehearsalSetupError extends Error {
  readonly code = "SPACELIFT_REHEARSAL_SETUP";

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "RehearsalSetupError";
  }
}

/** What is copied, and where to. */
export interface ProjectCopyOptions {
  readonly stack: string;
  /** Folder of the stack file, from which relative paths in it start. */
  readonly projectFolder: string;
  /** Folder of Pulumi.yaml and the program. @default - `projectFolder` */
  readonly programFolder?: string;
  /** Stack file to copy; it is never written to. @default - `Pulumi.<stack>.yaml` of the project */
  readonly configFile?: string;
  /** Configuration to start from instead of a stack file, as its text. */
  readonly configText?: string;
}

/** What a copy was made of, as a digest. */
const SOURCE = ".source";

/** Where a copy is made. */
export interface CopyPlace {
  readonly folder: string;
  readonly placeholders: string;
  /** Packages served by their real providers. */
  readonly real: readonly string[];
  /** Writes the kubeconfig of the simulated cluster with a context of a name. */
  readonly kubeconfig: (context?: string) => string;
  /** Makes the stack in the backend, which puts its salt into the stack file of the copy. */
  readonly initStack: (folder: string, stack: string) => Promise<void>;
}

/**
 * A Pulumi project of a rehearsal: links to everything in the folder of the real one, so that relative paths lead where
 * they did, with a stack file of its own, in which placeholders stand for what is missing. It lasts: what
 * `pulumi config set` changes in it stays until the real stack file changes.
 */
export class ProjectCopy {
  readonly stackFile: string;
  /** One line for people per placeholder that was added by the last {@link write}. */
  notes: readonly string[] = [];

  private constructor(
    private readonly options: ProjectCopyOptions,
    private readonly place: CopyPlace,
    private readonly project: string,
    private readonly source: StackFile,
    private readonly digest: string,
    private config: StackFile,
  ) {
    this.stackFile = join(place.folder, `Pulumi.${options.stack}.yaml`);
  }

  /** Makes the copy, or opens the one of before. Rejects with {@link RehearsalSetupError} when there is nothing to copy. */
  static async open(options: ProjectCopyOptions, place: CopyPlace): Promise<ProjectCopy> {
    const { stack, projectFolder, programFolder = projectFolder } = options;
    const text = options.configText ?? (await readStackFile(options));
    const project = await copyProjectFile(resolve(programFolder), place.folder);
    await linkEntries(resolve(projectFolder), place.folder);
    const stackFile = join(place.folder, `Pulumi.${stack}.yaml`);
    const digest = createHash("sha256").update(text).digest("hex");
    const isCurrent = (await readFile(join(place.folder, SOURCE), "utf8").catch(absent)) === digest;
    const own = await readFile(stackFile, "utf8").catch(absent);
    if (own === undefined || saltOf(own) === undefined) await place.initStack(place.folder, stack);
    const source = new StackFile(text, project);
    const config =
      isCurrent && own !== undefined ? new StackFile(own, project, true) : new StackFile(text, project);
    return new ProjectCopy(options, place, project, source, digest, config);
  }

  /** The folder in which commands run. */
  get folder(): string {
    return this.place.folder;
  }

  /** Sets a value by path, or takes it away with undefined, for the next {@link write}. */
  set(path: string, value: ConfigValue | undefined): void {
    this.config.set(path, value);
  }

  /** Sets a secret for the next {@link write}. */
  setSecret(path: string, value: string): void {
    this.config.setSecret(path, value);
  }

  /** Writes the stack file, with placeholders for what it lacks and every secret encrypted. */
  async write(): Promise<void> {
    const { real, placeholders, kubeconfig } = this.place;
    const { projectFolder } = this.options;
    this.notes = await addPlaceholders(this.config, {
      source: this.source,
      folder: placeholders,
      projectFolder,
      real,
      kubeconfig,
    });
    const salt = saltOf(await readFile(this.stackFile, "utf8"));
    if (salt === undefined) throw new RehearsalSetupError(`"${this.stackFile}" lacks the engine's salt`);
    const text = this.config.write(await sealerFor(salt), salt);
    await writeFile(`${this.stackFile}.new`, text, { mode: 0o600 });
    await rename(`${this.stackFile}.new`, this.stackFile);
    // Only now is it a copy of that source: before, the file of a run that was killed holds a salt and nothing else.
    await writeFile(join(this.folder, SOURCE), this.digest);
    this.config = new StackFile(text, this.project, true);
  }
}

// A copy has stack files and a project file of its own, and no package.json: npm looks up from it for the commands of the
// real folder.
const NOT_LINKED = /^(Pulumi\.(.+\.)?ya?ml|\.rehearsal|\.git|node_modules|package\.json)$/;

/** Writes a project file that leads to the program of another; gives the name of the project. */
async function copyProjectFile(from: string, to: string): Promise<string> {
  const path = join(from, "Pulumi.yaml");
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new RehearsalSetupError(`"${path}" cannot be read; is "${from}" the Pulumi project?`, { cause });
  });
  const project = parseDocument(text);
  const name: unknown = project.get("name");
  if (typeof name !== "string") throw new RehearsalSetupError(`"${path}" has no \`name\``);
  const main: unknown = project.get("main");
  project.set("main", resolve(from, typeof main === "string" ? main : "."));
  await mkdir(to, { recursive: true, mode: 0o700 });
  await writeFile(join(to, "Pulumi.yaml"), String(project));
  return name;
}

/** Fills a folder with links to the entries of another. What a command has put there stays. */
async function linkEntries(from: string, to: string): Promise<void> {
  const present = await readdir(to, { withFileTypes: true });
  const links = present.filter((entry) => entry.isSymbolicLink()).map((entry) => entry.name);
  await Promise.all(links.map((link) => rm(join(to, link))));
  const files = new Set(present.map((entry) => entry.name).filter((file) => !links.includes(file)));
  const wanted = (await readdir(from)).filter((entry) => !NOT_LINKED.test(entry) && !files.has(entry));
  await Promise.all(wanted.map((entry) => symlink(join(from, entry), join(to, entry))));
}

async function readStackFile({ configFile, projectFolder, stack }: ProjectCopyOptions): Promise<string> {
  const path = configFile ?? join(projectFolder, `Pulumi.${stack}.yaml`);
  const text = await readFile(path, "utf8").catch(absent);
  if (text !== undefined) return text;
  if (configFile !== undefined) throw new RehearsalSetupError(`there is no stack file "${configFile}"`);
  const stacks = (await readdir(projectFolder)).flatMap(
    (name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? [],
  );
  const known = stacks.length === 0 ? "the project has none" : `the project has ${stacks.join(", ")}`;
  throw new RehearsalSetupError(`there is no stack "${stack}": ${known}`);
}

function saltOf(text: string): string | undefined {
  const document: unknown = parse(text);
  const salt = isConfigObject(document) ? document["encryptionsalt"] : undefined;
  return typeof salt === "string" ? salt : undefined;
}

/** Turns a missing file into undefined; every other error stays one. */
function absent(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}
