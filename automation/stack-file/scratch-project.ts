import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { configNamespace } from "../../config/problems";
import type { StackOptions } from "../options";
import { redactor } from "../../peers/redact";
import { engineEnvironment, findEngine, saysItExists, withoutOutput } from "../workspace/engine-command";
import { asSpaceliftError } from "../workspace/failures";
import { stackInit } from "../workspace/open-stack";
import { namingFullDisk, temporaryFolder } from "../workspace/temporary-folder";
import { isKeptByService, shortStackName, type StackFileKey } from "./key";

/** What a scratch project starts from. */
export interface ScratchOptions extends StackOptions {
  /** Text of the stack file. */
  readonly text: string;
  readonly key: StackFileKey;
  /** Makes the stack in the backend when Pulumi Cloud holds the key and has no stack of this name yet. */
  readonly create: boolean;
  readonly signal?: AbortSignal;
}

/** A Pulumi project that holds a stack file and nothing else. */
export interface ScratchProject {
  /** Path of the copy of the stack file. */
  readonly file: string;
  /** Runs a command of the engine on the stack and gives what it printed. */
  readonly pulumi: (args: readonly string[], input?: string) => Promise<string>;
}

/**
 * Does some work on a copy of a stack file with the engine's own commands, so that keys, encryption and the reading of
 * values are the engine's. The stack of the copy lives in a backend of its own, which goes with it: neither the real
 * backend nor a stack in it is needed, unless Pulumi Cloud holds the key.
 *
 * @throws SpaceliftError with one of the error codes
 */
export async function inScratchProject<T>(
  { stack, workspace, text, key, create, signal }: ScratchOptions,
  work: (project: ScratchProject) => Promise<T>,
): Promise<T> {
  const folder = await temporaryFolder("spacelift-stack-file-");
  const service = isKeptByService(key, workspace);
  const state = join(folder, "state");
  const home = join(folder, "home");
  const name = service ? stack : shortStackName(stack);
  const file = join(folder, `Pulumi.${shortStackName(stack)}.yaml`);
  const { secretsProvider } = workspace;
  try {
    await Promise.all([mkdir(state), mkdir(home)]);
    await writeFile(join(folder, "Pulumi.yaml"), stringify({ name: configNamespace, runtime: "nodejs" }));
    await writeFile(file, text, { mode: 0o600 });
    const env = {
      ...engineEnvironment(service ? workspace : { ...workspace, backend: `file://${state}` }),
      // The engine keeps logs of its commands in its home.
      ...(!service && { PULUMI_HOME: home }),
    };
    const engine = await findEngine(workspace.engine, env);
    const call = async (args: readonly string[], input?: string): Promise<string> => {
      const result = await engine.run(args, folder, {}, undefined, undefined, signal, input);
      return result.stdout;
    };
    if (!service || create) {
      await call([...stackInit(workspace), name]).catch((error: unknown) => {
        if (!saysItExists(error)) throw error;
      });
    }
    return await work({ file, pulumi: (args, input) => call([...args, "--stack", name], input) });
  } catch (error) {
    throw asSpaceliftError(withoutOutput(namingFullDisk(error, folder)), {
      stack,
      backend: workspace.backend,
      redact: redactor(typeof secretsProvider === "object" ? [secretsProvider.passphrase] : []),
      signal,
      otherwise: "SPACELIFT_ENGINE_FAILED",
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
