import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { WorkspaceOptions } from "../../automation/options";
import { type Engine, ensureEngine, type Progress } from "../../engine";
import { type JsonValue, type Kept, keptBy, type StackState } from "../../engine/protocol";
import { type Fault, type ServedOperation, startTwins, type TwinHost } from "../twins";
import { REHEARSAL_PASSPHRASE } from "./config-cipher";
import { engineEnvironment } from "./environment";
import { type EngineExit, runEngine } from "./engine-process";
import { RehearsalError, RehearsalSetupError } from "./errors";
import { EventLog } from "./event-log";
import { type Folders, foldersOf, PROJECT_FOLDER } from "./folders";
import { type ProjectFile, readProjectFile } from "./project-file";
import { StackConfiguration } from "./stack-configuration";
import type { ConfigValue } from "./stack-file";
import type { RehearsalOperation, RehearsalSummary, Step } from "./summary";

/** What is rehearsed, and how. */
export interface RehearsalOptions {
  /** Name of the stack; its file is `Pulumi.<stack>.yaml` unless `configFile` names another. */
  readonly stack: string;
  /** Folder of working state. @default - `SPACELIFT_REHEARSAL_DIR`, else `.rehearsal` of the current folder */
  readonly dir?: string;
  /** The Pulumi project. @default - this repository */
  readonly projectFolder?: string;
  /** Stack file to copy; it is never written to. @default - `Pulumi.<stack>.yaml` of the project */
  readonly configFile?: string;
  /** Configuration to start from instead of a stack file, as its text. */
  readonly configText?: string;
  /** Values that go over those of the stack file, by path (`section.field`). */
  readonly config?: Readonly<Record<string, ConfigValue>>;
  /** Secrets that go over those of the stack file, by key. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** The engine. @default - {@link ensureEngine} */
  readonly engine?: Engine;
  /** Packages left to their real providers. */
  readonly real?: readonly string[];
  /** Content of the kubeconfig of a real cluster, which the simulated Azure then gives for every cluster. */
  readonly kubeconfig?: string;
  /** Simulated seconds per real second. @default Infinity - nothing waits */
  readonly clock?: number;
  /** Failures to inject; each strikes as often as it says over the life of the rehearsal. */
  readonly faults?: readonly Fault[];
  /** Receives every operation that a simulated provider has carried out. */
  readonly onOperation?: (served: ServedOperation) => void;
  /** Further environment variables of the engine. */
  readonly env?: Readonly<Record<string, string>>;
  /** Receives a line for people when something slow goes on. */
  readonly onProgress?: Progress;
}

/** How one operation is run. */
export interface OperationOptions {
  /** Receives every step as it is finished. */
  readonly onStep?: (step: Step) => void;
  /** Receives the process id of the engine. */
  readonly onStart?: (pid: number) => void;
  /** Stops the operation in good order. */
  readonly signal?: AbortSignal;
  /** URNs to act on, with nothing else touched. */
  readonly target?: readonly string[];
  /** Further arguments of the engine's command. */
  readonly args?: readonly string[];
  /** Environment variables of the engine for this operation, over those of the rehearsal. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Opens the rehearsal of one stack: the real engine on simulated providers. Close it when done. */
export async function openRehearsal(options: RehearsalOptions): Promise<Rehearsal> {
  const projectFolder = options.projectFolder ?? PROJECT_FOLDER;
  const project = await readProjectFile(projectFolder);
  const folders = foldersOf(options.stack, options.dir);
  const configuration = await StackConfiguration.read({ ...options, projectFolder, project, folders });
  const onProgress = options.onProgress;
  const engine = options.engine ?? (await ensureEngine(onProgress === undefined ? {} : { onProgress }));
  return new Rehearsal(options, { projectFolder, project, folders, configuration, engine });
}

interface Parts {
  readonly projectFolder: string;
  readonly project: ProjectFile;
  readonly folders: Folders;
  readonly configuration: StackConfiguration;
  readonly engine: Engine;
}

/** The rehearsal of one stack. Operations run one after the other; each rejects with {@link RehearsalError} on failure. */
export class Rehearsal {
  private twins: TwinHost | undefined;
  private faults: readonly Fault[];

  /** Use {@link openRehearsal}. */
  constructor(
    private readonly options: RehearsalOptions,
    private readonly parts: Parts,
  ) {
    this.faults = options.faults ?? [];
  }

  /** The working folders. */
  get folders(): Folders {
    return this.parts.folders;
  }

  /** The engine in use. */
  get engine(): Engine {
    return this.parts.engine;
  }

  /** One line for people per stand-in of the last operation. */
  get notes(): readonly string[] {
    return this.parts.configuration.notes;
  }

  /** Says what `up` would do. */
  preview(options: OperationOptions = {}): Promise<RehearsalSummary> {
    return this.run("preview", [], options);
  }

  /** Makes the simulated world as the program says. */
  up(options: OperationOptions = {}): Promise<RehearsalSummary> {
    return this.run("up", ["--yes", "--skip-preview"], options);
  }

  /** Brings the state in line with the simulated world. */
  refresh(options: OperationOptions = {}): Promise<RehearsalSummary> {
    return this.run("refresh", ["--yes", "--skip-preview"], options);
  }

  /** Takes everything away that is not protected; `kept` of the summary says what stayed. */
  async destroy(options: OperationOptions = {}): Promise<RehearsalSummary> {
    await this.prepare();
    const before = await this.exportState();
    const keptNow = async (): Promise<Kept> => keptBy(before, await this.exportState());
    return this.run("destroy", ["--yes", "--skip-preview", "--exclude-protected"], options, keptNow);
  }

  /** Gives the outputs of the stack; secrets are masked unless asked for. */
  async outputs(
    options: { readonly showSecrets?: boolean } = {},
  ): Promise<Readonly<Record<string, JsonValue>>> {
    const secrets = options.showSecrets === true ? ["--show-secrets"] : [];
    const text = await this.query(["stack", "output", "--json", ...secrets]);
    // What the command prints with --json is one object by name of output.
    return JSON.parse(text) as Record<string, JsonValue>;
  }

  /** Gives the state of the stack, its secrets encrypted. */
  async exportState(): Promise<StackState> {
    // What the command prints is the format StackState describes.
    return JSON.parse(await this.query(["stack", "export"])) as StackState;
  }

  /** Leads functions of the embedding API to the stack, its providers included, until the rehearsal is closed. */
  async workspace(): Promise<WorkspaceOptions> {
    await this.prepare();
    return {
      backend: `file://${this.folders.state}`,
      secretsProvider: { passphrase: REHEARSAL_PASSPHRASE },
      directory: this.parts.projectFolder,
      engine: this.engine,
      env: this.environment(),
    };
  }

  /** Sets a configuration value, or takes it away with undefined; it holds from the next operation on. */
  setConfig(path: string, value: ConfigValue | undefined): void;
  /** Sets a secret. */
  setConfig(path: string, value: string, options: { readonly secret: true }): void;
  setConfig(path: string, value: ConfigValue | undefined, options?: { readonly secret: true }): void {
    this.parts.configuration.override(path, value, options?.secret === true);
  }

  /** Sets the failures to inject from now on. */
  async setFaults(faults: readonly Fault[]): Promise<void> {
    this.faults = faults;
    await this.close();
  }

  /** Forgets the stack and its simulated world. */
  async reset(): Promise<void> {
    await this.close();
    await rm(this.folders.stack, { recursive: true, force: true });
  }

  /** Stops the simulated providers. State and world stay for the next time. */
  async close(): Promise<void> {
    const twins = this.twins;
    this.twins = undefined;
    await twins?.close();
  }

  private async run(
    operation: RehearsalOperation,
    args: readonly string[],
    options: OperationOptions,
    keptNow?: () => Promise<Kept>,
  ): Promise<RehearsalSummary> {
    await this.prepare();
    const log = new EventLog(options.onStep);
    const targets = (options.target ?? []).flatMap((urn) => ["--target", urn]);
    const started = performance.now();
    const exit = await this.call(
      [
        operation,
        "--json",
        "--config-file",
        this.folders.configFile,
        ...args,
        ...targets,
        ...(options.args ?? []),
      ],
      this.parts.projectFolder,
      {
        ...options,
        onLine: (line) => {
          log.line(line);
        },
      },
    );
    const summed = log.summary(operation, { ...exit, durationMs: Math.round(performance.now() - started) });
    await writeFile(join(this.folders.logs, `${operation}.jsonl`), summed.stdout, { mode: 0o600 });
    if (!summed.ok) throw new RehearsalError(summed);
    return keptNow === undefined ? summed : { ...summed, kept: await keptNow() };
  }

  /** Writes the copy of the configuration and makes the stack when this is its first operation. */
  private async prepare(): Promise<void> {
    const { folders, configuration, project } = this.parts;
    await Promise.all(
      [folders.project, folders.state, folders.world, folders.logs, folders.home].map((folder) =>
        mkdir(folder, { recursive: true, mode: 0o700 }),
      ),
    );
    if (!(await configuration.hasSalt())) {
      // The engine writes a stack's salt beside Pulumi.yaml: into a project of its own, never into the repository.
      await writeFile(join(folders.project, "Pulumi.yaml"), `name: ${project.name}\nruntime: nodejs\n`);
      await this.query(["stack", "init", "--no-select"]);
    }
    await configuration.write();
    this.twins ??= await startTwins({
      stateDir: folders.world,
      real: this.options.real ?? [],
      faults: this.faults,
      ...(this.options.clock !== undefined && { clockScale: this.options.clock }),
      ...(this.options.kubeconfig !== undefined && { kubeconfig: this.options.kubeconfig }),
      ...(this.options.onOperation && { onOperation: this.options.onOperation }),
    });
  }

  /** Runs a command that asks or arranges something, and returns what it printed. */
  private async query(args: readonly string[]): Promise<string> {
    const exit = await this.call(args, this.folders.project);
    if (exit.code !== 0)
      throw new RehearsalSetupError(`\`pulumi ${args.join(" ")}\` failed: ${exit.stderr.trim()}`);
    return exit.stdout;
  }

  private call(
    args: readonly string[],
    cwd: string,
    options: OperationOptions & { readonly onLine?: (line: string) => void } = {},
  ): Promise<EngineExit> {
    return runEngine({
      command: join(this.engine.root, "bin", "pulumi"),
      args: [...args, "--stack", this.options.stack, "--non-interactive"],
      cwd,
      env: { ...this.environment(), ...options.env },
      ...(options.onLine !== undefined && { onLine: options.onLine }),
      ...(options.onStart !== undefined && { onStart: options.onStart }),
      ...(options.signal !== undefined && { signal: options.signal }),
    });
  }

  private environment(): NodeJS.ProcessEnv {
    const { engine, folders, project } = this.parts;
    const base = engineEnvironment({
      engine,
      folders,
      real: this.options.real ?? [],
      ...(this.twins !== undefined && { twins: this.twins }),
      runtimeEnv: project.runtimeEnv,
    });
    return { ...base, ...this.options.env };
  }
}
