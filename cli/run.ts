import { createColors } from "picocolors";
import { SpaceliftError } from "../automation";
import { terminalAsk } from "./ask";
import { exitCodeOf, type ExitCode, UNEXPECTED } from "./exit-codes";
import { onInterrupt } from "./interrupt";
import { jsonReporter, plainReporter } from "./render/line-reporters";
import { liveReporter } from "./render/live-reporter";
import type { Reporter } from "./render/reporter";
import type { Paint } from "./render/tree";
import { Session, type StackFlags } from "./session";

/** What a command does; the exit code is 0 when it gives none. */
export type Action = (session: Session) => Promise<ExitCode | undefined>;

/** How a command tells what happens. */
export interface RunSettings {
  /** `false`: standard output is for the result alone. @default true */
  readonly tellsEvents?: boolean;
  /** `false`: the result lists every check. @default true */
  readonly tellsChecks?: boolean;
}

const HEARTBEATS = { live: 1_000, plain: 30_000, json: 10_000 } as const;

/** Runs a command and turns what comes of it into output and an exit code. */
export async function run(
  flags: StackFlags,
  action: Action,
  { tellsEvents: events = true, tellsChecks: checks = true }: RunSettings = {},
): Promise<void> {
  const { stdout, stderr, stdin, env } = process;
  const json = flags.json === true;
  const live = stdout.isTTY && !json && events && env["TERM"] !== "dumb";
  const reporter: Reporter = json
    ? jsonReporter(stdout)
    : live
      ? liveReporter({ out: stdout, err: stderr, paint: paint(env), checks })
      : plainReporter({ out: stdout, err: stderr, events, checks });
  const interrupt = onInterrupt({
    tell: (line) => {
      if (live) reporter.say(line);
      else stderr.write(`${line}\n`);
    },
  });
  const session = new Session({
    flags,
    reporter,
    signal: interrupt.signal,
    heartbeatMs: json ? HEARTBEATS.json : live ? HEARTBEATS.live : HEARTBEATS.plain,
    ...(stdin.isTTY && stdout.isTTY && !json && { ask: terminalAsk }),
    env,
  });
  try {
    process.exitCode = (await action(session)) ?? 0;
  } catch (error) {
    reporter.failure(error);
    process.exitCode = error instanceof SpaceliftError ? exitCodeOf[error.code] : UNEXPECTED;
  } finally {
    interrupt.release();
  }
}

function paint(env: NodeJS.ProcessEnv): Paint {
  const colors = createColors(env["NO_COLOR"] === undefined);
  const painters = { done: colors.green, running: colors.cyan, failed: colors.red, dim: colors.dim };
  return (kind, text) => painters[kind](text);
}
