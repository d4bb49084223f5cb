import { type Problem, keyPath } from "./problems";

/** Nobody nests deeper by hand, and everything that walks through a value does so by recursion. */
const MOST_LEVELS = 64;

interface Place {
  readonly path: readonly PropertyKey[];
  readonly value: unknown;
}

/** What is wrong with the shape of a value, whatever its schema: found first, as a schema passes over it or breaks on it. */
export function structureProblems(name: string, value: unknown): readonly Problem[] {
  const problems: Problem[] = [];
  const places: Place[] = [{ path: [name], value }];
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    const { path, value: inner } = place;
    if (typeof inner !== "object" || inner === null) continue;
    if (path.length > MOST_LEVELS) {
      // One is enough: what refers to itself has no end of them.
      const problem = `must be nested at most ${MOST_LEVELS} levels deep`;
      return [{ key: keyPath(path.slice(0, 3)), problem, fix: "take out what is nested deeper" }];
    }
    const entries: readonly (readonly [PropertyKey, unknown])[] = Array.isArray(inner)
      ? inner.map((each, index) => [index, each] as const)
      : Object.entries(inner);
    for (const [key, each] of entries) {
      const at = [...path, key];
      if (key === "__proto__") {
        problems.push({
          key: keyPath(at),
          problem: "must have another name: JavaScript keeps this one for itself",
          fix: "rename it or take it out of the stack file",
        });
      }
      places.push({ path: at, value: each });
    }
  }
  return problems;
}
