import { isKubeError } from "../../kubernetes/kube-error";
import type { Part } from "./report";

/**
 * Reads one part of a report within a limit of time. What is expected to go wrong, an answer of the cluster or none, makes
 * it unreadable; a bug rejects.
 */
export async function readPart<T>(
  read: (signal: AbortSignal) => Promise<T>,
  { signal, timeoutMs }: { readonly signal: AbortSignal | undefined; readonly timeoutMs: number },
): Promise<Part<T>> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const limited = signal ? AbortSignal.any([timeout, signal]) : timeout;
  const aborted = new Promise<never>((_, reject) => {
    const give = (): void => {
      reject(limited.reason instanceof Error ? limited.reason : new Error("given up"));
    };
    if (limited.aborted) give();
    else limited.addEventListener("abort", give, { once: true });
  });
  // Begun as a promise, so that what it throws at once does not leave the other without a listener.
  const reading = Promise.resolve(limited).then(read);
  try {
    return { readable: true, value: await Promise.race([reading, aborted]) };
  } catch (error) {
    signal?.throwIfAborted();
    if (timeout.aborted) return { readable: false, reason: `no answer within ${timeoutMs / 1000} s` };
    if (isKubeError(error)) return { readable: false, reason: error.message };
    throw error;
  }
}

/** What was read, or undefined. */
export const valueOf = <T>(part: Part<T>): T | undefined => (part.readable ? part.value : undefined);
