import type { Check } from "./check";

/** Every check, in the order of a report: from this machine outwards. */
export const checks: readonly Check[] = [];
