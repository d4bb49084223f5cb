/** A resource on the way to a finished `up`: how long it takes and what it waits for. */
export interface Task {
  readonly urn: string;
  readonly seconds: number;
  readonly waitsFor: readonly string[];
}

/** The longest chain of tasks of which each waits for the one before: no schedule is shorter. */
export interface CriticalPath {
  readonly seconds: number;
  /** URNs from the first to the last. */
  readonly urns: readonly string[];
}

/** Finds the longest chain. Tasks that are waited for but not listed take no time. */
export function criticalPath(tasks: readonly Task[]): CriticalPath {
  const byUrn = new Map(tasks.map((task) => [task.urn, task]));
  const known = new Map<string, CriticalPath>();
  const none: CriticalPath = { seconds: 0, urns: [] };
  const endingAt = (urn: string): CriticalPath => {
    const task = byUrn.get(urn);
    if (!task) return none;
    const found = known.get(urn);
    if (found) return found;
    const before = task.waitsFor.map(endingAt).reduce(longer, none);
    const path = { seconds: before.seconds + task.seconds, urns: [...before.urns, urn] };
    known.set(urn, path);
    return path;
  };
  return tasks.map(({ urn }) => endingAt(urn)).reduce(longer, none);
}

const longer = (one: CriticalPath, other: CriticalPath): CriticalPath =>
  other.seconds > one.seconds ? other : one;
