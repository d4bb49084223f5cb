import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { ResourceEvent } from "../../automation/events";
import type { WorkspaceOptions } from "../../automation/options";
import { Tracker } from "../../automation/progress/tracker";
import type { StatusReport } from "../../automation/status/report";
import { changeCount as countOf } from "../../cli/render/words";
import { type Engine, ensureEngine } from "../../engine";
import { type CommandOptions, type CommandResult, runCommand } from "../../peers/run-command";
import {
  type JsonValue,
  type Kept,
  keptBy,
  readable,
  type StackState,
  STACK_TYPE,
} from "../../engine/protocol";
import type { ConfigValue, ProjectCopy, ProjectCopyOptions } from "../../rehearsal";
import { type Rehearsal, type RehearsalOptions, startRehearsal } from "../../rehearsal/rehearsal";
import { type Fault, type FaultSource, openWorld } from "../../rehearsal/twins";
import { WorldObjects } from "../../rehearsal/twins/kubernetes/api/world-objects";
import { backendVariables, inBackend, type StateBackend } from "./peers/state-backends";

/** What is rehearsed, and how. */
export interface RehearsedStackOptions
  extends Omit<RehearsalOptions, "directory" | "engine">, Omit<ProjectCopyOptions, "projectFolder"> {
  /** Folder of the rehearsal. */
  readonly dir: string;
  /** @default - this repository */
  readonly projectFolder?: string;
  /** Values that go over those of the stack file, by path (`section.field`). */
  readonly config?: Readonly<Record<string, ConfigValue>>;
  /** Secrets that go over those of the stack file, by key. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly engine?: Engine;
  /** Where the state is kept. @default - files in the folder of the rehearsal */
  readonly backend?: StateBackend;
  /** Further environment variables of the engine. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What of a configuration is to be otherwise; undefined takes a key away. */
export interface ConfigurationChange {
  /** Values by path (`section.field`). */
  readonly config?: Readonly<Record<string, ConfigValue | undefined>>;
  readonly secrets?: Readonly<Record<string, string | undefined>>;
}

/** How one operation is run. */
export interface OperationOptions {
  /** Receives every resource that is done with. */
  readonly onStep?: (step: Step) => void;
  /** Receives the process id of the engine. */
  readonly onStart?: (pid: number) => void;
  /** Further arguments of the engine's command. */
  readonly args?: readonly string[];
  /** Environment variables of the engine for this operation. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What the engine did to one resource. */
export interface Step {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly diffs?: readonly string[] | undefined;
  readonly replaceKeys?: readonly string[] | undefined;
}

/** What one operation did and said. */
export interface Summary {
  readonly operation: string;
  /** How many resources met which fate, as the engine counts them. */
  readonly changes: Readonly<Record<string, number>>;
  /** In the order in which they were finished. */
  readonly steps: readonly Step[];
  /** Warnings, errors and messages, each as `<severity>: <text>`. */
  readonly diagnostics: readonly string[];
  /** The outputs of the stack with secrets masked; undefined when the program did not get there. */
  readonly outputs?: Readonly<Record<string, JsonValue>> | undefined;
  /** Of `destroy` alone. */
  readonly kept?: Kept;
  readonly durationMs: number;
  /** The events of the engine, one JSON object per line, but for debug messages, which no log has. */
  readonly stdout: string;
}

/** An operation failed; `summary` holds everything it did and said until then. */
export class OperationError extends Error {
  constructor(readonly summary: Summary) {
    super([`${summary.operation} failed`, ...summary.diagnostics.filter(isError)].join("\n"));
  }
}

/** This repository. */
const PROJECT = resolve(__dirname, "../..");

const isError = (line: string): boolean => line.startsWith("error: ");

/** Counts what is not as it should be: everything but `same`, `read` and `refresh`. */
export const changeCount = ({ changes }: Pick<Summary, "changes">): number => countOf(changes);

/** A stack whose operations are run by plain `pulumi` in a rehearsal, for tests and the bench. */
export class RehearsedStack {
  private rehearsal: Promise<Rehearsal> | undefined;
  private project: ProjectCopy | undefined;
  private readonly pending: ((project: ProjectCopy) => void)[] = [];

  private constructor(
    private readonly options: RehearsedStackOptions & { readonly engine: Engine },
    private faults: readonly Fault[] | FaultSource,
  ) {
    this.configure(options);
  }

  static async open(options: RehearsedStackOptions): Promise<RehearsedStack> {
    const engine = options.engine ?? (await ensureEngine());
    return new RehearsedStack({ ...options, engine }, options.faults ?? []);
  }

  /** The working folders. */
  get folders(): { readonly world: string; readonly state: string; readonly configFile: string } {
    const { dir, stack } = this.options;
    return {
      world: join(dir, "world"),
      state: join(dir, "state"),
      configFile: join(dir, "project", `Pulumi.${stack}.yaml`),
    };
  }

  preview(options: OperationOptions = {}): Promise<Summary> {
    return this.operate("preview", [], options);
  }

  up(options: OperationOptions = {}): Promise<Summary> {
    return this.operate("up", ["--yes", "--skip-preview"], options);
  }

  refresh(options: OperationOptions = {}): Promise<Summary> {
    return this.operate("refresh", ["--yes", "--skip-preview"], options);
  }

  /** Takes everything away that is not protected; `kept` of the summary says what stayed. */
  async destroy(options: OperationOptions = {}): Promise<Summary> {
    const before = await this.exportState();
    const args = ["--yes", "--skip-preview", "--exclude-protected"];
    const summary = await this.operate("destroy", args, options);
    return { ...summary, kept: keptBy(before, await this.exportState()) };
  }

  /** Gives the outputs of the stack; secrets are masked unless asked for. */
  async outputs({ showSecrets = false } = {}): Promise<Readonly<Record<string, JsonValue>>> {
    const secrets = showSecrets ? ["--show-secrets"] : [];
    return JSON.parse(await this.query(["stack", "output", "--json", ...secrets])) as Record<
      string,
      JsonValue
    >;
  }

  /** Gives the state of the stack, its secrets encrypted. */
  async exportState(): Promise<StackState> {
    return JSON.parse(await this.query(["stack", "export"])) as StackState;
  }

  /** Makes a state that was exported before, by whatever version of the program, that of the stack. */
  async importState(state: StackState): Promise<void> {
    const { project, env } = await this.prepared();
    const where = { cwd: project.folder, env };
    await this.command(["stack", "select", "--create"], where);
    await this.command(["stack", "import"], { ...where, input: JSON.stringify(state) });
  }

  /** Sets values and secrets, or takes away those that are undefined. */
  configure({ config = {}, secrets = {} }: ConfigurationChange): void {
    for (const [path, value] of Object.entries(config)) this.setConfig(path, value);
    for (const [key, value] of Object.entries(secrets)) {
      if (value === undefined) this.setConfig(key, undefined);
      else this.setConfig(key, value, { secret: true });
    }
  }

  /** Sets a configuration value, or takes it away with undefined; it holds from the next operation on. */
  setConfig(path: string, value: ConfigValue | undefined): void;
  setConfig(path: string, value: string, options: { readonly secret: true }): void;
  setConfig(path: string, value: ConfigValue | undefined, options?: { readonly secret: true }): void {
    this.pending.push((project) => {
      if (options?.secret === true && typeof value === "string") project.setSecret(path, value);
      else project.set(path, value);
    });
  }

  /** Sets the failures to inject from now on. */
  async setFaults(faults: readonly Fault[] | FaultSource): Promise<void> {
    this.faults = faults;
    await this.close();
  }

  /** Runs any command where the stack's project is, and gives what it printed, whatever its exit code. */
  async run(
    command: string,
    args: readonly string[],
    options: Pick<CommandOptions, "onStart" | "onLine" | "timeoutMs" | "env"> = {},
  ): Promise<CommandResult> {
    const { env, project } = await this.prepared();
    const more = { ...this.options.env, ...options.env };
    return runCommand(command, args, { ...options, cwd: project.folder, env: { ...env, ...more } });
  }

  /** Tells how the installation is, by the command of this package. */
  async status(): Promise<StatusReport> {
    const { stdout, stderr } = await this.run("spacelift", [
      "status",
      "--json",
      "--stack",
      this.options.stack,
    ]);
    // The last line is the report.
    return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? assert.fail(stderr)) as StatusReport;
  }

  /** Deletes objects of the simulated cluster behind the stack's back. */
  deleteObject(kind: string, name: string): void {
    const objects = new WorldObjects(openWorld(this.folders.world));
    const found = objects.all().find((each) => each.kind === kind && each.metadata.name === name);
    objects.remove(found ?? assert.fail(`there is no ${kind} ${name}`));
  }

  /** Leads functions of the embedding API to the stack. */
  async workspace(): Promise<WorkspaceOptions> {
    const { rehearsal } = await this.prepared();
    const { backend, env } = this.options;
    const workspace = {
      ...rehearsal.workspace,
      directory: PROJECT,
      env: { ...rehearsal.workspace.env, ...env },
    };
    return backend ? inBackend(workspace, backend) : workspace;
  }

  /** Stops the simulated providers. State and world stay for the next operation. */
  async close(): Promise<void> {
    const rehearsal = await this.rehearsal;
    this.rehearsal = undefined;
    this.project = undefined;
    await rehearsal?.close();
  }

  /** Forgets the stack and its simulated world. */
  async reset(): Promise<void> {
    await this.close();
    await rm(this.options.dir, { recursive: true, force: true });
  }

  private async prepared(): Promise<{
    readonly rehearsal: Rehearsal;
    readonly project: ProjectCopy;
    /** Variables of a command. */
    readonly env: NodeJS.ProcessEnv;
  }> {
    const { dir, projectFolder = PROJECT, backend, ...options } = this.options;
    this.rehearsal ??= startRehearsal({ ...options, directory: dir, faults: this.faults });
    const rehearsal = await this.rehearsal;
    const isNew = this.project === undefined;
    this.project ??= await rehearsal.copyProject({ ...options, projectFolder });
    const changes = this.pending.splice(0);
    for (const change of changes) change(this.project);
    if (isNew || changes.length > 0) await this.project.write();
    const { folder } = this.project;
    const env = { ...rehearsal.env, ...(backend && backendVariables(backend)) };
    if (isNew && backend) await this.command(["stack", "select", "--create"], { cwd: folder, env });
    return { rehearsal, project: this.project, env };
  }

  private async operate(
    operation: "preview" | "up" | "refresh" | "destroy",
    args: readonly string[],
    { onStep, ...options }: OperationOptions,
  ): Promise<Summary> {
    const { env, project } = await this.prepared();
    const started = performance.now();
    const diagnostics: string[] = [];
    const lines: string[] = [];
    let outputs: Summary["outputs"];
    const tracker = new Tracker({
      redact: (text) => text,
      elapsed: () => performance.now() - started,
      planning: operation === "preview",
      emit: (event) => {
        if (event.kind === "resource" && event.status !== "started") onStep?.(stepOf(event));
        if (event.kind !== "message") return;
        const about = event.resource === undefined ? "" : `${event.resource.type} ${event.resource.name}: `;
        diagnostics.push(`${event.severity}: ${about}${event.message}`);
      },
    });
    const onLine = (line: string): void => {
      if (!line.startsWith("{")) {
        if (line.trim() !== "") diagnostics.push(/^(error|warning): /.test(line) ? line : `info: ${line}`);
        return;
      }
      // The engine's own format; the SDK publishes its type.
      const event = JSON.parse(line) as EngineEvent;
      if ((event.diagnosticEvent?.severity as string | undefined) !== "debug") lines.push(line);
      tracker.handle(event);
      const { type, op, new: now } = event.resOutputsEvent?.metadata ?? {};
      if (type === STACK_TYPE && now !== undefined && op !== "delete")
        outputs = readable(now.outputs) as Record<string, JsonValue>;
    };
    const { code } = await runCommand(
      join(this.options.engine.root, "bin/pulumi"),
      [operation, "--json", ...args, ...(options.args ?? []), ...this.named],
      {
        ...options,
        cwd: project.folder,
        env: { ...env, ...this.options.env, ...options.env },
        onLine,
      },
    );
    const summary: Summary = {
      operation,
      changes: tracker.changes,
      steps: tracker.steps.map(stepOf),
      diagnostics,
      outputs,
      durationMs: Math.round(performance.now() - started),
      stdout: lines.join("\n"),
    };
    if (code !== 0) throw new OperationError(summary);
    return summary;
  }

  private get named(): readonly string[] {
    return ["--stack", this.options.stack, "--non-interactive"];
  }

  /** Runs a command that asks something, and returns what it printed. */
  private async query(args: readonly string[]): Promise<string> {
    const { project, env } = await this.prepared();
    return this.command(args, { cwd: project.folder, env });
  }

  private async command(
    args: readonly string[],
    where: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly input?: string },
  ): Promise<string> {
    const command = join(this.options.engine.root, "bin/pulumi");
    const { code, stdout, stderr } = await runCommand(command, [...args, ...this.named], where);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")}: ${stderr}`);
    return stdout;
  }
}

const stepOf = ({ operation, resource, diffs, replaceKeys }: ResourceEvent): Step => {
  const { urn, type, name } = resource;
  return { op: operation, urn, type, name, diffs, replaceKeys };
};
