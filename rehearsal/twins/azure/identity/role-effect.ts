import type { WorldState } from "../../framework";
import { delays, linger, lingersFor } from "../arm/tables";

// Usually less than two minutes, ten at most: services ask copies of the directory that learn of it one after another.
export const USUAL_SECONDS = 90;

const keyOf = (assignmentId: string): string => `effect of ${assignmentId}`;

/** Lets some simulated time pass until a new role assignment is known everywhere. */
export function delayEffect(state: WorldState, assignmentId: string, now: Date): void {
  const seconds = delays.of(state).get("roles")?.seconds ?? USUAL_SECONDS;
  linger(state, keyOf(assignmentId), { resource: assignmentId, now, seconds });
}

/** Whether a role assignment is known to those who ask for it. */
export function isInEffect(state: WorldState, assignmentId: string, now: Date): boolean {
  return lingersFor(state, keyOf(assignmentId), now) === undefined;
}
