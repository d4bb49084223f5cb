import { mkdir, rm } from "node:fs/promises";
import { LocalWorkspace, type PulumiFn, Stack, type StackSettings } from "@pulumi/pulumi/automation";
import { z } from "zod";
import { noDefaultProviders } from "../../config/settings";
import { configNamespace } from "../../config/problems";
import type { StackState } from "../../engine/protocol";
import { stateUrl } from "../../engine/state-url";
import type { StackOptions, WorkspaceOptions } from "../options";
import type { Redact } from "../../peers/redact";
import {
  type EngineCommand,
  engineEnvironment,
  findEngine,
  saysItExists,
  withoutOutput,
} from "./engine-command";
import { asSpaceliftError } from "./failures";
import { namingFullDisk, temporaryFolder } from "./temporary-folder";

/** How a stack is opened. */
export interface OpenStackOptions extends StackOptions {
  /** Makes the stack when the backend has none of this name. */
  readonly create: boolean;
  /**
   * Reads the state with its secrets in clear, for what is asked of it alone: such a state must not be written back.
   * @default false
   */
  readonly showSecrets?: boolean;
  /** The inline program. @default - one that registers nothing, for operations that only read the state */
  readonly program?: PulumiFn;
  readonly redact: Redact;
  readonly signal?: AbortSignal | undefined;
}

type Operation = "preview" | "up" | "refresh" | "previewRefresh" | "destroy" | "cancel";

/** A stack that is ready for operations. Close it when done. */
export interface OpenStack {
  readonly stack: Pick<Stack, "name" | "workspace" | Operation>;
  /** The state before the operation, secrets encrypted unless asked for in clear; of a new stack without resources. */
  readonly before: StackState;
  /** How many resources were in the state then. */
  readonly resources: number;
  /** Reads the state again; its secrets are encrypted unless they are asked for in clear. */
  readonly exportState: (options?: { readonly showSecrets?: boolean }) => Promise<StackState>;
  readonly engine: EngineCommand;
  readonly close: () => Promise<void>;
}

// What the state says of how its secrets are encrypted.
const secretsProviders = z.looseObject({
  type: z.string().optional(),
  state: z
    .looseObject({
      salt: z.string().optional(),
      url: z.string().optional(),
      encryptedkey: z.string().optional(),
    })
    .optional(),
});

/** Opens a stack in its backend with a working folder that holds nothing but what the engine wants there. */
export async function openStack(options: OpenStackOptions): Promise<OpenStack> {
  const { stack: name, workspace, signal, redact } = options;
  const engine = await findEngine(workspace.engine, engineEnvironment(workspace));
  const workDir = workspace.workDir ?? (await temporaryFolder("spacelift-"));
  await mkdir(workDir, { recursive: true });
  const close = async (): Promise<void> => {
    if (workspace.workDir === undefined) await rm(workDir, { recursive: true, force: true });
  };
  const context = { stack: name, backend: workspace.backend, redact, signal };
  try {
    const local = await LocalWorkspace.create({
      workDir,
      pulumiCommand: engine.pulumi,
      program: options.program ?? registersNothing,
      projectSettings: {
        name: configNamespace,
        runtime: "nodejs",
        backend: { url: stateUrl(workspace.backend) },
      },
    });
    const exportState: OpenStack["exportState"] = async ({ showSecrets = false } = {}) => {
      const secrets = showSecrets ? ["--show-secrets"] : [];
      const command = ["stack", "export", ...secrets, "--stack", name];
      const { stdout } = await engine
        .run(command, workDir, {}, undefined, undefined, signal)
        .catch((error: unknown) => {
          throw withoutOutput(error);
        });
      // What the command prints is the format StackState describes.
      return JSON.parse(stdout) as StackState;
    };
    const before = await exportState(options).catch(async (error: unknown) => {
      const failure = asSpaceliftError(error, { ...context, otherwise: "SPACELIFT_BACKEND_UNREACHABLE" });
      if (failure.code !== "SPACELIFT_STACK_NOT_FOUND" || !options.create) throw failure;
      await engine
        .run([...stackInit(workspace), name], workDir, {}, undefined, undefined, signal)
        .catch((refused: unknown) => {
          // Another run that began at the same moment has made it.
          if (!saysItExists(refused)) throw refused;
        });
      return exportState();
    });
    await local.saveStackSettings(name, stackSettings(before));
    // Selecting would only leave a note in the engine's home for a folder that is gone soon: every command names the stack.
    const unselected = Object.assign(local, { selectStack: () => Promise.resolve() });
    const resources = before.deployment.resources?.length ?? 0;
    const stack = withoutQuestions(await Stack.select(name, unselected));
    return { stack, before, resources, exportState, engine, close };
  } catch (error) {
    await close();
    throw asSpaceliftError(namingFullDisk(error, workDir), {
      ...context,
      otherwise: "SPACELIFT_BACKEND_UNREACHABLE",
    });
  }
}

/**
 * A stack whose operations end with the engine's. The SDK starts it three times more, to read the outputs twice and the
 * history: as many times the way to the backend, for what nobody here reads.
 */
const withoutQuestions = (stack: Stack): Pick<Stack, "name" | "workspace" | Operation> =>
  Object.assign(stack, {
    outputs: () => Promise.resolve({}),
    info: () => Promise.resolve(undefined),
  });

// eslint-disable-next-line @typescript-eslint/require-await -- the SDK takes nothing but asynchronous programs
const registersNothing: PulumiFn = async () => undefined;

/** The arguments that make a stack, less its name. */
export function stackInit({ secretsProvider }: WorkspaceOptions): readonly string[] {
  const provider = typeof secretsProvider === "string" ? ["--secrets-provider", secretsProvider] : [];
  return ["stack", "init", "--no-select", ...provider];
}

/**
 * The stack file, made again from the state. It carries no configuration, as the program has it already; but it must
 * name the key that the state is encrypted with, or the engine would make up another one.
 */
function stackSettings({ deployment }: StackState): StackSettings {
  const { type, state } = secretsProviders.parse(deployment["secrets_providers"] ?? {});
  const settings: StackSettings = { config: { ...noDefaultProviders } };
  if (type === "passphrase" && state?.salt !== undefined) settings.encryptionSalt = state.salt;
  if (type === "cloud" && state?.url !== undefined) {
    settings.secretsProvider = state.url;
    if (state.encryptedkey !== undefined) settings.encryptedKey = state.encryptedkey;
  }
  return settings;
}
