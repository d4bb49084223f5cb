const DAY_MS = 86_400_000;

/** `2027-01-31`, UTC. */
export const dateOf = (moment: Date): string => moment.toISOString().slice(0, 10);

/** Whole days from one moment to another. */
export const daysBetween = (from: Date, to: Date): number =>
  Math.floor((to.getTime() - from.getTime()) / DAY_MS);
