import { existsSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import {
  type DeploymentOptions,
  readStackFile,
  type RunOptions,
  SpaceliftError,
  type StackOptions,
} from "../automation";
import { stackFileKey, type StackFileKey } from "../automation/stack-file/key";
import type { Ask } from "./ask";
import { chooseStack, requireStackFile, stackFileOf } from "./project/stacks";
import { chooseEngine, findBackend, findPassphrase, machineLogin } from "./project/workspace";
import type { Reporter } from "./render/reporter";

/** The options that every command on a stack has. */
export interface StackFlags {
  readonly stack?: string;
  readonly cwd?: string;
  readonly backend?: string;
  readonly json?: boolean;
}

/** What a session is made of. */
export interface SessionParts {
  readonly flags: StackFlags;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  readonly heartbeatMs: number;
  /** Absent when nobody can be asked. */
  readonly ask?: Ask;
  readonly env: NodeJS.ProcessEnv;
}

/** One call of the command line: the project folder, the stack, and how they become options of the library. */
export class Session {
  constructor(private readonly parts: SessionParts) {}

  get reporter(): Reporter {
    return this.parts.reporter;
  }

  /** Asks the person at the terminal; undefined when there is none. */
  get ask(): Ask | undefined {
    return this.parts.ask;
  }

  get env(): NodeJS.ProcessEnv {
    return this.parts.env;
  }

  get signal(): AbortSignal {
    return this.parts.signal;
  }

  /** The project folder, absolute. */
  get folder(): string {
    return resolve(this.parts.flags.cwd ?? ".");
  }

  /**
   * Path of the file of the stack.
   *
   * @throws SpaceliftError `SPACELIFT_OPTIONS_INVALID` when it is not there
   */
  get stackFile(): string {
    return requireStackFile(this.folder, chooseStack(this.folder, this.parts.flags.stack));
  }

  /** How a call of the library is followed and ended. */
  get runOptions(): RunOptions {
    const { reporter, signal, heartbeatMs } = this.parts;
    return {
      signal,
      heartbeatMs,
      onEvent: (event) => {
        reporter.event(event);
      },
    };
  }

  /** The stack, without what is deployed into it. */
  async stackOptions(): Promise<StackOptions> {
    const stack = chooseStack(this.folder, this.parts.flags.stack);
    const file = stackFileOf(this.folder, stack);
    const key = existsSync(file) ? stackFileKey(readFileSync(file, "utf8"), basename(file)) : undefined;
    return this.optionsFor(stack, key);
  }

  /** The stack and its stack file, decrypted. */
  async deploymentOptions(): Promise<DeploymentOptions> {
    const file = this.stackFile;
    const options = await this.stackOptions();
    const { settings, secrets, ignored } = await readStackFile({ ...options, file, signal: this.signal });
    if (ignored.length > 0) {
      this.reporter.say(
        `warning: ${basename(file)}: the program does not read ${ignored.map((key) => `\`${key}\``).join(", ")}`,
      );
    }
    return { ...options, settings, secrets };
  }

  /** The options of a stack whose file is or will be encrypted with a given key. */
  async optionsFor(
    stack: string,
    key: StackFileKey | undefined,
    { isNew = false }: { readonly isNew?: boolean } = {},
  ): Promise<StackOptions> {
    const { env, flags } = this.parts;
    const { folder } = this;
    const engine = await chooseEngine(env, (line) => {
      this.reporter.say(line);
    });
    const backend = await findBackend({
      option: flags.backend,
      env,
      folder,
      login: () => machineLogin({ command: engine.command, folder, env }),
    });
    const secretsProvider = key?.provider ?? (await this.passphraseFor(backend, { stack, key, isNew }));
    return {
      stack,
      workspace: {
        backend,
        directory: folder,
        ...(secretsProvider !== undefined && { secretsProvider }),
        ...(engine.root !== undefined && { engine: { root: engine.root } }),
      },
    };
  }

  /**
   * Makes sure that somebody agrees to a change: `--yes`, or a person to be asked.
   *
   * @throws SpaceliftError `SPACELIFT_OPTIONS_INVALID`
   */
  askUnless(agreed: boolean, command: string): Ask | undefined {
    if (agreed) return undefined;
    if (this.ask) return this.ask;
    throw new SpaceliftError(
      "SPACELIFT_OPTIONS_INVALID",
      `\`${command}\` changes things, and there is nobody here to be asked`,
      { fix: "give `--yes`" },
    );
  }

  private async passphraseFor(
    backend: string,
    about: { readonly stack: string; readonly key: StackFileKey | undefined; readonly isNew: boolean },
  ): Promise<{ readonly passphrase: string } | undefined> {
    const { stack, key, isNew } = about;
    // Pulumi Cloud has a key of its own.
    if (/^https?:/.test(backend) && key?.passphrase !== true) return undefined;
    const { ask, env } = this.parts;
    const answer = async (asked: Ask): Promise<string> => {
      const passphrase = await asked.secret(`Passphrase of the stack "${stack}"`);
      if (isNew) {
        await asked.secret("The same again", (again) =>
          again === passphrase ? undefined : "is not the same; Ctrl-C leaves",
        );
      }
      return passphrase;
    };
    return { passphrase: await findPassphrase({ env, ask: ask && (() => answer(ask)) }) };
  }
}
