import { CANCELLED } from "./exit-codes";

/** npm hands the terminal's signal on, so that one press of Ctrl-C comes twice. */
const ONE_PRESS_MS = 500;

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Where signals come from: a process, or what stands for one. */
interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  removeListener(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
}

/** What a signal to this process leads to. */
export interface InterruptOptions {
  /** Receives what to tell the person. */
  readonly tell: (line: string) => void;
  /** Where signals come from. @default process */
  readonly source?: SignalSource;
  /** Ends the process. @default process.exit */
  readonly exit?: (code: number) => void;
  /** @default - the clock */
  readonly now?: () => number;
}

/** Signals to this process as an `AbortSignal`. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Leaves signals to Node.js again. */
  readonly release: () => void;
}

/**
 * Turns the first Ctrl-C into a graceful shutdown and the second one into an end at once. The engine runs in a process
 * group of its own and hears of neither but through the signal.
 *
 * A terminal that closes asks as gracefully, and never for more: it says so twice, and a supervisor after it has asked already.
 */
export function onInterrupt({
  tell,
  source = process,
  exit = process.exit.bind(process),
  now = () => performance.now(),
}: InterruptOptions): Interrupt {
  const controller = new AbortController();
  let first: number | undefined;
  const interrupted = (signal: NodeJS.Signals): void => {
    if (first === undefined) {
      first = now();
      tell(
        "shutting down gracefully: operations in progress are completed first; press Ctrl-C again to stop at once",
      );
      controller.abort();
    } else if (signal !== "SIGHUP" && now() - first > ONE_PRESS_MS) {
      tell(
        "stopped at once: the engine may still be at work, and the stack may stay locked; `pulumi cancel` gives the lock back",
      );
      exit(CANCELLED);
    }
  };
  for (const signal of signals) source.on(signal, interrupted);
  return {
    signal: controller.signal,
    release: () => {
      for (const signal of signals) source.removeListener(signal, interrupted);
    },
  };
}
