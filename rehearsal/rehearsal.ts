import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { WorkspaceOptions } from "../automation/options";
import type { SecretName } from "../config/secrets";
import type { SettingsInput } from "../config/settings";
import { type Engine, ensureEngine, type Progress } from "../engine";
import { isNoCommand, runCommand } from "../peers/run-command";
import { REHEARSAL_PASSPHRASE, rehearsalVariables, trustAlso } from "./environment";
import { ProjectCopy, type ProjectCopyOptions, RehearsalSetupError } from "./project-copy";
import { placeholderKubeconfig } from "./placeholders";
import { secretsFor } from "./placeholders/secrets";
import { type Fault, type FaultSource, type ServedCall, type ServedOperation, startTwins } from "./twins";

/** What is simulated, and how. */
export interface RehearsalOptions {
  /** Folder of the state and the simulated world; kept when named. @default - a fresh one, which goes on `close` */
  readonly directory?: string;
  /** The engine. @default - that of the machine, a download, or a build */
  readonly engine?: Pick<Engine, "root">;
  /** Packages left to their real providers. @default - none */
  readonly real?: readonly string[];
  /** Content of the kubeconfig of a real cluster, which the simulated Azure then gives for every cluster. */
  readonly kubeconfig?: string;
  /** Simulated seconds per real second. @default Infinity - nothing waits */
  readonly clock?: number;
  /** Failures to inject. */
  readonly faults?: readonly Fault[] | FaultSource;
  /** Receives every operation that a simulated provider has carried out. */
  readonly onOperation?: (served: ServedOperation) => void;
  /** Receives every call of a function that a simulated provider has answered. */
  readonly onCall?: (served: ServedCall) => void;
  /** Receives a line for people when an engine has to be obtained. */
  readonly onProgress?: Progress;
}

/** An environment in which the engine and the program are real, and the providers are simulated. */
export interface Rehearsal {
  /** Complete variables of a command that is to run in the rehearsal. */
  readonly env: NodeJS.ProcessEnv;
  /** The `workspace` that leads a call of the embedding API into the rehearsal. */
  readonly workspace: WorkspaceOptions;
  /** Content of the kubeconfig of the simulated cluster: the secret `kubeconfig` of an on-premises stack. */
  readonly kubeconfig: string;
  /** Placeholders for the secrets that the settings of an installation call for, the kubeconfig among them. */
  secretsFor(settings: SettingsInput): Readonly<Partial<Record<SecretName, string>>>;
  /** Copies a Pulumi project into the rehearsal and makes its stack, unless both were there before. */
  copyProject(options: ProjectCopyOptions): Promise<ProjectCopy>;
  /**
   * Runs a command to its end with the streams of this process, and gives its exit code.
   *
   * @param folder the current folder of the command. @default - that of this process
   */
  run(command: readonly string[], folder?: string): Promise<number>;
  /** Stops the simulation. */
  close(): Promise<void>;
}

/**
 * Starts simulated providers in this process, for commands and for functions of the embedding API: no cloud, no cluster,
 * no credentials.
 */
export async function startRehearsal(options: RehearsalOptions = {}): Promise<Rehearsal> {
  const { onProgress, onOperation, onCall, faults, clock, kubeconfig, real = [] } = options;
  const engine = options.engine ?? (await ensureEngine(onProgress ? { onProgress } : {}));
  const directory =
    options.directory === undefined
      ? await mkdtemp(join(tmpdir(), "spacelift-rehearsal-"))
      : resolve(options.directory);
  const [state, world, home] = [join(directory, "state"), join(directory, "world"), join(directory, "home")];
  await Promise.all([state, world, home].map((each) => mkdir(each, { recursive: true, mode: 0o700 })));
  const twins = await startTwins({
    stateDir: world,
    real,
    ...(faults && { faults }),
    ...(onOperation && { onOperation }),
    ...(onCall && { onCall }),
    ...(clock !== undefined && { clockScale: clock }),
    ...(kubeconfig !== undefined && { kubeconfig }),
  });
  const distrust = trustAlso(twins.authority);
  const clusterKubeconfig = (context?: string): string => placeholderKubeconfig(twins.authority, context);
  const path = [
    join(engine.root, "bin"),
    await commandLine(join(directory, "project", "node_modules", ".bin")),
  ];
  const variables = rehearsalVariables({ path, home, state, real, twins });
  const env = { ...process.env, ...variables };
  const initStack = async (folder: string, stack: string): Promise<void> => {
    const args = ["stack", "init", "--no-select", "--non-interactive", stack];
    const { code, stderr } = await runCommand("pulumi", args, { cwd: folder, env });
    if (code !== 0) throw new RehearsalSetupError(`the stack "${stack}" cannot be made: ${stderr.trim()}`);
  };
  return {
    env,
    workspace: {
      backend: `file://${state}`,
      secretsProvider: { passphrase: REHEARSAL_PASSPHRASE },
      directory,
      engine: { root: engine.root },
      env: variables,
    },
    kubeconfig: clusterKubeconfig(),
    secretsFor: (settings) => secretsFor(settings, clusterKubeconfig()),
    copyProject: (project) =>
      ProjectCopy.open(project, {
        folder: join(directory, "project"),
        placeholders: join(directory, "placeholders"),
        real,
        kubeconfig: clusterKubeconfig,
        initStack,
      }),
    run: (command, folder = process.cwd()) => runAttached(command, folder, env),
    close: async () => {
      distrust();
      await twins.close();
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Puts this package's command into a folder where a shell finds it, and `npx` in the copy of a project as well. */
async function commandLine(folder: string): Promise<string> {
  const isCompiled = __filename.endsWith(".js");
  const main = resolve(__dirname, "../cli", isCompiled ? "main.js" : "main.ts");
  const loader = isCompiled ? [] : ["--import", require.resolve("tsx")];
  const words = [process.execPath, ...loader, main].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  await mkdir(folder, { recursive: true });
  const file = join(folder, "spacelift");
  await writeFile(file, `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`);
  await chmod(file, 0o755);
  return folder;
}

/**
 * Runs a command at the terminal, which hands Ctrl-C to it: this process goes on and serves its providers until it is done.
 * Its exit code is that of a shell: 128 and more when a signal ended it. Rejects with {@link RehearsalSetupError} when there
 * is no such command.
 */
function runAttached(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<number> {
  const [name = "", ...args] = command;
  return new Promise((done, fail) => {
    const ignore = (): void => undefined;
    process.on("SIGINT", ignore);
    const child = spawn(name, args, { cwd, env, stdio: "inherit" });
    const terminate = (): void => void child.kill("SIGTERM");
    process.on("SIGTERM", terminate);
    const settle = (): void => {
      process.removeListener("SIGINT", ignore);
      process.removeListener("SIGTERM", terminate);
    };
    child.once("error", (error: NodeJS.ErrnoException) => {
      settle();
      if (isNoCommand(error)) fail(new RehearsalSetupError(`there is no command "${name}"`));
      else fail(error);
    });
    child.once("close", (code, signal) => {
      settle();
      done(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
