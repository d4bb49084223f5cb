import { AsyncResource } from "node:async_hooks";
import { setTimeout as pause } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** An operation that failed, as a {@link Judge} sees it. */
export interface FailedOperation {
  readonly operation: "create" | "update" | "delete";
  readonly urn: string;
  /** Type token, as `azure-native:containerservice:ManagedCluster`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** What the provider said the last time. */
  readonly error: string;
  /** The inputs of the attempt, secret values as Outputs; those of before for a deletion. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** A failure that passes by itself, and how long it is worth waiting for that. */
export interface Passing {
  /** What is waited for, to go after "waiting for": `the roles of the cluster to take effect`. */
  readonly event: string;
  /** Seconds before each further attempt, at most {@link MOST_ATTEMPTS}; a schedule of its own for each event. */
  readonly pauses: readonly number[];
  /** What to do when it did not pass, as a sentence. */
  readonly otherwise: string;
}

/** Says whether a failure passes by itself; `undefined` for one that does not. May put something right before the retry. */
export type Judge = (failure: FailedOperation) => Passing | undefined | Promise<Passing | undefined>;

/** The engine takes no more than 100 failures of one operation (its `maxErrorHookRetries`). */
export const MOST_ATTEMPTS = 99;

/**
 * Engines before this one repeat a creation that had failed half-way as another creation, which loses what is there
 * (pulumi/pulumi#24683, fixed by #24684).
 */
const ENGINE_THAT_RESUMES = ">=3.265.0";

/** Pauses that begin short and grow to a most, until a total has been waited; all in seconds. */
export function pausesFor(
  total: number,
  { first, most }: { readonly first: number; readonly most: number },
): readonly number[] {
  const pauses: number[] = [];
  for (let next = first, waited = 0; waited < total; next = Math.min(most, next * 1.5)) {
    const seconds = Math.min(Math.round(next), total - waited);
    pauses.push(seconds);
    waited += seconds;
  }
  return pauses;
}

/**
 * The option `hooks` of a resource whose operations are tried again after failures that pass by themselves. It says on
 * the resource what is waited for and, at the end of the schedule, what to do.
 *
 * A preview waits for nothing, and neither does a `pulumi destroy` without `--run-program`: the engine has no program
 * to ask then, and reports the error of the provider. Under the SDK's mocks there are no hooks.
 *
 * @param name logical name of the resource, which makes the hook's name: unique in a program
 */
export function retrying(name: string, judge: Judge): pulumi.ResourceHookBinding | undefined {
  if (!knowsErrorHooks()) return undefined;
  const decide = decision(judge, { preview: pulumi.runtime.isDryRun(), tell, canResume });
  // The engine calls from outside; in a process with several programs, the call belongs to the one that registers here.
  const program = new AsyncResource("spacelift:retry");
  const callback = (args: pulumi.ErrorHookArgs): Promise<boolean> =>
    program.runInAsyncScope(decide, undefined, args);
  return { onError: [new pulumi.ErrorHook(`${name}-retry`, callback)] };
}

/** The SDK's mocks say that they support error hooks and have no method to register one. */
function knowsErrorHooks(): boolean {
  const monitor: { readonly registerErrorHook?: unknown } | undefined = pulumi.runtime.getMonitor();
  return typeof monitor?.registerErrorHook === "function";
}

/** What a decision needs of the engine. */
export interface EngineAtHand {
  readonly preview: boolean;
  /** Tells something on a resource. */
  readonly tell: (severity: "info" | "error", urn: string, message: string) => Promise<void>;
  /** Whether it goes on with a half-made resource: see {@link ENGINE_THAT_RESUMES}. */
  readonly canResume: () => Promise<boolean>;
}

/** Decides about each failure of one resource by a judge, and waits before it answers that another attempt is due. */
export function decision(
  judge: Judge,
  { preview, tell, canResume }: EngineAtHand,
): (args: pulumi.ErrorHookArgs) => Promise<boolean> {
  const attempts = new Map<string, number>();
  return async (args) => {
    if (preview) return false;
    const failure = describe(args);
    const { operation, urn } = failure;
    if (args.errors.length <= 1) forget(attempts, operation);
    const passing = await judge(failure);
    if (passing === undefined) return false;
    const { event, pauses, otherwise } = passing;
    const key = `${operation} ${event}`;
    const attempt = attempts.get(key) ?? 0;
    const seconds = pauses[attempt];
    if (seconds === undefined) {
      await tell("error", urn, `Waited ${inWords(pauses)} for ${event}, in vain. ${otherwise}`);
      return false;
    }
    if (operation === "create" && isHalfDone(failure) && !(await canResume())) {
      await tell("error", urn, cannotResume(event));
      return false;
    }
    attempts.set(key, attempt + 1);
    await tell(
      "info",
      urn,
      `Waiting for ${event}: ${seconds} s, and ${inWords(pauses.slice(attempt))} at most.`,
    );
    await pause((seconds / pace()) * 1000);
    return true;
  };
}

function describe(args: pulumi.ErrorHookArgs): FailedOperation {
  const { failedOperation, urn, type, name, errors, newInputs, oldInputs } = args;
  if (failedOperation !== "create" && failedOperation !== "update" && failedOperation !== "delete")
    throw new Error(`bug: an error hook was called for a failed "${failedOperation}"`);
  return {
    operation: failedOperation,
    urn,
    type,
    name,
    error: errors[0] ?? "",
    inputs: newInputs ?? oldInputs ?? {},
  };
}

function forget(attempts: Map<string, number>, operation: string): void {
  for (const key of attempts.keys()) if (key.startsWith(`${operation} `)) attempts.delete(key);
}

/** How the engine words the reasons of a resource that is there and not ready. */
const isHalfDone = ({ error }: FailedOperation): boolean => /^\d+ errors? occurred:/.test(error);

const cannotResume = (event: string): string =>
  `It is enough to wait for ${event}, but this version of Pulumi cannot go on with a half-made resource: ` +
  `run \`pulumi up\` again, or update Pulumi to a version ${ENGINE_THAT_RESUMES} first.`;

const canResume = (): Promise<boolean> =>
  pulumi.runtime.requirePulumiVersion(ENGINE_THAT_RESUMES).then(
    () => true,
    () => false,
  );

/** Simulated seconds in a real one: a rehearsal sets it, so that pauses are as short as everything else. */
function pace(): number {
  const given = Number(process.env["SPACELIFT_REHEARSAL_PACE"]);
  return given > 0 ? given : 1;
}

/** `pulumi.log` would wait for the URN of the resource, which it gets when it is created. */
export async function tell(severity: "info" | "error", urn: string, message: string): Promise<void> {
  const engine = pulumi.runtime.getEngine();
  if (engine === undefined) return;
  const request = new LogRequest();
  request.setSeverity(severity === "info" ? LogSeverity.INFO : LogSeverity.ERROR);
  request.setMessage(message);
  request.setUrn(urn);
  await new Promise<void>((resolve, reject) => {
    engine.log(request, (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}

function inWords(pauses: readonly number[]): string {
  const seconds = pauses.reduce((sum, each) => sum + each, 0);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
