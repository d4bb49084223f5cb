import { stringAt, TwinError, type WorldState } from "../../framework";
import { allOfType } from "./lookup";
import { isWithin, typeOfId } from "./resource-id";

const LOCKS = "Microsoft.Authorization/locks";

/** Throws when a lock forbids to take something away: one on it, below it, or on a group or parent it is in. */
export function refuseLockedDeletion(state: WorldState, id: string): void {
  refuse(state, id, "delete", ({ level, scope }) =>
    level === "CanNotDelete" || level === "ReadOnly" ? isWithin(id, scope) || isWithin(scope, id) : false,
  );
}

/** Throws when a lock forbids to make or change something: one on it, or on a group or parent it is in. */
export function refuseLockedWrite(state: WorldState, id: string): void {
  refuse(state, id, "write", ({ level, scope }) => level === "ReadOnly" && isWithin(id, scope));
}

interface Lock {
  readonly level: string | undefined;
  readonly scope: string;
}

function refuse(
  state: WorldState,
  id: string,
  operation: "delete" | "write",
  holds: (lock: Lock) => boolean,
): void {
  if (typeOfId(id) === LOCKS) return;
  const lock = allOfType(state, LOCKS)
    .map(({ id: lockId, properties }) => ({
      level: stringAt(properties, "level"),
      scope: lockId.replace(/\/providers\/Microsoft\.Authorization\/locks\/[^/]+$/i, ""),
    }))
    .find(holds);
  if (lock === undefined) return;
  throw new TwinError(
    `The scope '${id}' cannot perform ${operation} operation because following scope(s) are locked: '${lock.scope}'. Please remove the lock and try again.`,
    "ScopeLocked",
  );
}
