/** Some work took longer than it may. The message says how long that was. */
export class TimeLimitError extends Error {
  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs / 1000} s`);
    this.name = "TimeLimitError";
  }
}

/** How long some work may take. */
export interface TimeLimit {
  readonly timeoutMs: number;
  /** Gives up early. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does some work within a limit of time, whether it heeds its signal or not.
 *
 * @throws TimeLimitError, or the reason of the caller's signal
 */
export async function within<T>(
  { timeoutMs, signal }: TimeLimit,
  work: (signal: AbortSignal) => Promise<T> | T,
): Promise<T> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const limited = signal ? AbortSignal.any([timeout, signal]) : timeout;
  let give = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    give = () => {
      reject(limited.reason as Error);
    };
    limited.addEventListener("abort", give, { once: true });
  });
  try {
    limited.throwIfAborted();
    // Begun a moment later: limits that are set together end before those of what the work asks.
    return await Promise.race([Promise.resolve(limited).then(work), aborted]);
  } catch (error) {
    signal?.throwIfAborted();
    throw timeout.aborted ? new TimeLimitError(timeoutMs) : error;
  } finally {
    limited.removeEventListener("abort", give);
  }
}

const DAY_MS = 86_400_000;

/** `2027-01-31`, UTC. */
export const dateOf = (moment: Date): string => moment.toISOString().slice(0, 10);

/** Whole days from one moment to another. */
export const daysBetween = (from: Date, to: Date): number =>
  Math.floor((to.getTime() - from.getTime()) / DAY_MS);
