import { TwinError, type World } from "../../framework";
import type { Claim } from "./definition";

interface Held {
  readonly shared: boolean;
  count: number;
}

// Operations live as long as their process, and so do their claims.
const heldIn = new WeakMap<World, Map<string, Held>>();

/**
 * Takes hold of everything an operation claims, and answers how to let go; `undefined` when nothing is held.
 * Throws what the service answers when something is taken.
 *
 * @param failLate leaves behind what an operation leaves that fails after it was accepted
 */
export function takeHold(
  world: World,
  claims: readonly Claim[],
  failLate: (error: TwinError) => TwinError = (error) => error,
): (() => void) | undefined {
  const held = heldIn.get(world) ?? new Map<string, Held>();
  heldIn.set(world, held);
  for (const { key, shared, code, message, late } of claims) {
    const other = held.get(key);
    if (other === undefined || (other.shared && shared === true)) continue;
    const error = new TwinError(message, code);
    throw late === true ? failLate(error) : error;
  }
  const taken = claims.filter(({ weak }) => weak !== true);
  if (taken.length === 0) return undefined;
  for (const { key, shared } of taken) {
    const other = held.get(key);
    if (other === undefined) held.set(key, { shared: shared === true, count: 1 });
    else other.count += 1;
  }
  return () => {
    for (const { key } of taken) {
      const mine = held.get(key);
      if (mine !== undefined && (mine.count -= 1) === 0) held.delete(key);
    }
  };
}
