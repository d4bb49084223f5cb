import type { EngineEvent } from "@pulumi/pulumi/automation";
import { type ErrorCode, SpaceliftError } from "./errors";
import type { Phase, SpaceliftEvent } from "./events";
import { checkOptions, type DeploymentOptions, type RunOptions, type StackOptions } from "./options";
import { Tracker } from "./progress/tracker";
import { type Redact, redactor } from "../peers/redact";
import { asSpaceliftError } from "./workspace/failures";
import { type OpenStack, openStack, type OpenStackOptions } from "./workspace/open-stack";
import { withOwnRejections } from "./workspace/own-rejections";
import { Programs } from "./workspace/programs";
import { assertRoomForState } from "./workspace/state-room";

const HEARTBEAT_MS = 10_000;

/** What the SDK takes to follow an operation. */
export interface Listeners {
  readonly onEvent: (event: EngineEvent) => void;
  readonly onOutput: (chunk: string) => void;
  readonly onError: (chunk: string) => void;
  readonly signal?: AbortSignal;
  readonly color: "never";
}

/** One call of this package: its clock, its listeners and its masks. */
export class Run {
  readonly redact: Redact;
  private readonly started = performance.now();
  private readonly programs = new Programs();

  /** @throws SpaceliftError when the options cannot be used */
  constructor(
    private readonly subject: StackOptions | DeploymentOptions,
    private readonly options: RunOptions,
  ) {
    checkOptions(subject);
    this.redact = redactor(secretsOf(subject));
  }

  /** The caller's signal. */
  get signal(): AbortSignal | undefined {
    return this.options.signal;
  }

  /** Milliseconds since the call began. */
  readonly elapsed = (): number => Math.round(performance.now() - this.started);

  /** Hands an event to the caller. */
  readonly emit = (event: SpaceliftEvent): void => {
    this.options.onEvent?.(event);
  };

  /** Hands a warning to the caller, its secrets masked. */
  readonly warn = (message: string): void => {
    this.emit({
      kind: "message",
      severity: "warning",
      message: this.redact(message),
      elapsedMs: this.elapsed(),
    });
  };

  /** Begins a phase, unless the caller has given up. */
  begin(phase: Phase): void {
    if (this.signal?.aborted === true) {
      throw new SpaceliftError("SPACELIFT_CANCELLED", `the run was cancelled before the phase "${phase}"`, {
        fix: "run it again",
      });
    }
    this.emit({ kind: "phase", phase, elapsedMs: this.elapsed() });
  }

  /** Opens the stack, does some work with it and closes it, whatever comes of the work. */
  async withStack<T>(
    { program, ...options }: Pick<OpenStackOptions, "create" | "program" | "showSecrets">,
    work: (open: OpenStack) => Promise<T>,
  ): Promise<T> {
    this.begin("workspace");
    const { stack, workspace } = this.subject;
    const { redact, signal } = this;
    const open = await openStack({
      stack,
      workspace,
      ...options,
      redact,
      signal,
      ...(program && { program: this.programs.follow(program) }),
    });
    try {
      return await work(open);
    } finally {
      await open.close();
    }
  }

  /** Runs one operation of the engine, follows it and names its failure. */
  async operate<T>(
    phase: Phase,
    options: { readonly otherwise: ErrorCode; readonly total?: number },
    operation: (listeners: Listeners) => Promise<T>,
  ): Promise<{ readonly result: T; readonly tracker: Tracker }> {
    this.begin(phase);
    if (phase !== "preview") await assertRoomForState(this.subject.workspace.backend);
    const { total, otherwise } = options;
    const { redact, emit, elapsed, signal } = this;
    const tracker = new Tracker({
      redact,
      emit,
      elapsed,
      planning: phase === "preview",
      ...(total !== undefined && { total }),
    });
    const heart = setInterval(() => {
      tracker.heartbeat();
    }, this.options.heartbeatMs ?? HEARTBEAT_MS);
    const log = this.lineWriter();
    try {
      const listeners: Listeners = {
        onEvent: (event) => {
          tracker.handle(event);
        },
        onOutput: log.write,
        onError: log.write,
        color: "never",
        ...(signal && { signal }),
      };
      const result = await withOwnRejections(() => operation(listeners));
      return { result, tracker };
    } catch (error) {
      const { failures, complaints } = tracker;
      throw this.failure(error, otherwise, { failures, complaints });
    } finally {
      this.programs.end();
      clearInterval(heart);
      log.end();
    }
  }

  /** Runs a command of the engine that changes nothing but the state, and names its failure. */
  async call<T>(otherwise: ErrorCode, command: () => Promise<T>): Promise<T> {
    return command().catch((error: unknown) => {
      throw this.failure(error, otherwise);
    });
  }

  /** The error that leaves this package for one that came out of the engine. */
  private failure(
    error: unknown,
    otherwise: ErrorCode,
    known: Pick<SpaceliftError, "failures"> & { readonly complaints?: readonly string[] } = { failures: [] },
  ): SpaceliftError {
    const { redact, signal, subject } = this;
    const { stack, workspace } = subject;
    return asSpaceliftError(error, {
      stack,
      backend: workspace.backend,
      redact,
      signal,
      otherwise,
      ...known,
    });
  }

  /** Cuts what the engine prints into lines. */
  private lineWriter(): { readonly write: (chunk: string) => void; readonly end: () => void } {
    let rest = "";
    const give = (line: string): void => {
      this.options.onLog?.(this.redact(line));
    };
    return {
      write: (chunk) => {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        lines.forEach(give);
      },
      end: () => {
        if (rest !== "") give(rest);
      },
    };
  }
}

// Variables whose names say that their values are secret.
const SECRET_NAME = /SECRET|PASSWORD|PASSPHRASE|TOKEN|CREDENTIAL|ACCESS_KEY/;

/** Values of the machine's own variables that are shorter may as well be ordinary words. */
const SHORTEST_OF_THE_MACHINE = 8;

function secretsOf(subject: StackOptions | DeploymentOptions): readonly string[] {
  const { secretsProvider, env = {} } = subject.workspace;
  const secrets = "secrets" in subject ? (subject.secrets ?? {}) : {};
  const secretIn = (variables: Readonly<Record<string, string | undefined>>): (string | undefined)[] =>
    Object.entries(variables).flatMap(([name, value]) => (SECRET_NAME.test(name) ? [value] : []));
  return [
    ...Object.values(secrets),
    ...(typeof secretsProvider === "object" ? [secretsProvider.passphrase] : []),
    ...secretIn(env),
    ...secretIn(process.env).filter((value) => (value?.length ?? 0) >= SHORTEST_OF_THE_MACHINE),
  ].filter((value) => typeof value === "string");
}
