import { delimiter, dirname } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { SemVer } from "semver";
import { MINIMUM_ENGINE_VERSION } from "../../engine/engine";
import { stateUrl } from "../../engine/state-url";
import { runCommand } from "../../peers/run-command";
import { SpaceliftError } from "../errors";
import type { WorkspaceOptions } from "../options";

/** How a command of the engine ended. */
export interface EngineResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code; -1 when a signal ended the command. */
  readonly code: number;
}

/** A command of the engine ended with an error. Internal: its texts may hold anything, so it never leaves this package. */
export class EngineCommandError extends Error {
  constructor(readonly result: EngineResult) {
    super(`the engine ended with code ${result.code}`);
  }
}

/** What a command printed before it failed may hold secrets in clear; its errors do not. */
export const withoutOutput = (error: unknown): unknown =>
  error instanceof EngineCommandError ? new EngineCommandError({ ...error.result, stdout: "" }) : error;

/** Whether the engine did not make a stack because there is one of this name. */
export const saysItExists = (error: unknown): boolean =>
  error instanceof EngineCommandError && /stack .* already exists/.test(error.result.stderr);

type Listener = ((text: string) => void) | undefined;

/** Runs the engine's command: what the SDK calls for every one of its operations. */
export type RunEngine = (
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
  onOutput?: Listener,
  onError?: Listener,
  signal?: AbortSignal,
  /** What the command reads from its standard input. @default - nothing */
  input?: string,
) => Promise<EngineResult>;

/** An installed engine, as the SDK takes it and for calls of our own. */
export interface EngineCommand {
  readonly pulumi: PulumiCommand;
  readonly run: RunEngine;
}

/**
 * Finds the engine.
 *
 * The SDK's own way to run it shares the terminal's process group, so that Ctrl-C would reach the engine twice: from
 * the terminal and through the caller's signal. The second one makes it drop its work. Here it has a group of its own
 * and hears the caller's signal alone.
 *
 * @param env the complete environment of the engine, less what the SDK adds
 * @throws SpaceliftError `SPACELIFT_ENGINE_MISSING`
 */
export async function findEngine(
  engine: { readonly root: string } | undefined,
  env: Readonly<Record<string, string>>,
): Promise<EngineCommand> {
  const version = new SemVer(MINIMUM_ENGINE_VERSION);
  const found = await PulumiCommand.get({ version, ...(engine && { root: engine.root }) }).catch(
    (cause: unknown) => {
      const where = engine ? `in "${engine.root}"` : "on PATH";
      throw new SpaceliftError(
        "SPACELIFT_ENGINE_MISSING",
        `no Pulumi CLI >= ${MINIMUM_ENGINE_VERSION} ${where}`,
        {
          fix: "install the Pulumi CLI, or pass `workspace.engine: await ensureEngine()`",
          cause,
        },
      );
    },
  );
  const run: RunEngine = async (args, cwd, more, onOutput, onError, signal, input) => {
    const { code, stdout, stderr } = await runCommand(found.command, withoutPrompts(args), {
      cwd,
      env: { ...env, ...more },
      signal,
      killSignal: "SIGINT",
      detached: true,
      onOutput: (stream, chunk) => (stream === "stdout" ? onOutput : onError)?.(chunk),
      ...(input !== undefined && { input }),
    });
    const result = { stdout, stderr, code: code ?? -1 };
    if (code !== 0) throw new EngineCommandError(result);
    return result;
  };
  return { pulumi: Object.assign(found, { run }), run };
}

const withoutPrompts = (args: readonly string[]): readonly string[] => [
  ...args.filter((arg) => arg !== "--non-interactive"),
  "--non-interactive",
  "--color",
  "never",
];

const NO_LEGACY = "PULUMI_DIY_BACKEND_NO_LEGACY_WARNING";

/**
 * The complete environment of the engine: that of this process with the caller's variables over it, less what would
 * lead to another backend, passphrase or stack than the caller named.
 */
export function engineEnvironment(
  workspace: WorkspaceOptions,
  base: NodeJS.ProcessEnv = process.env,
): Readonly<Record<string, string>> {
  const { secretsProvider, env = {} } = workspace;
  const merged: NodeJS.ProcessEnv = { ...base, ...env };
  const set: NodeJS.ProcessEnv = {
    ...merged,
    // Commands of the stack are scripts for Node.js, which a program can run without having it on its PATH.
    PATH: [merged["PATH"] ?? "", dirname(process.execPath)].join(delimiter),
    PULUMI_BACKEND_URL: stateUrl(workspace.backend),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // A layout older than this package has no stacks of ours; looking for it costs every command a round trip.
    [NO_LEGACY]: merged[NO_LEGACY] ?? "true",
    PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
    PULUMI_CONFIG_PASSPHRASE: typeof secretsProvider === "object" ? secretsProvider.passphrase : undefined,
    PULUMI_STACK: undefined,
  };
  return Object.fromEntries(
    Object.entries(set).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
