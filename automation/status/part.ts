import { isKubeError } from "../../kubernetes/kube-error";
import { type TimeLimit, TimeLimitError, within } from "../../peers/time";
import type { Part } from "./report";

/**
 * Reads one part of a report within a limit of time. What is expected to go wrong, an answer of the cluster or none, makes
 * it unreadable; a bug rejects.
 */
export async function readPart<T>(
  read: (signal: AbortSignal) => Promise<T>,
  limit: TimeLimit,
): Promise<Part<T>> {
  try {
    return { readable: true, value: await within(limit, read) };
  } catch (error) {
    if (error instanceof TimeLimitError || isKubeError(error))
      return { readable: false, reason: error.message };
    throw error;
  }
}

/** What was read, or undefined. */
export const valueOf = <T>(part: Part<T>): T | undefined => (part.readable ? part.value : undefined);
