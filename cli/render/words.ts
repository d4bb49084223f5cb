import type { Phase } from "../../automation";

/** What a phase is about, as long as it goes on. */
export const phaseWords: Readonly<Record<Phase, string>> = {
  configuration: "checking the configuration",
  workspace: "opening the stack",
  preflight: "checking what the deployment needs",
  preview: "making the plan",
  update: "updating",
  refresh: "refreshing the state",
  destroy: "destroying",
  outputs: "reading the outputs",
};

/** How an operation of the engine on one resource is told. */
export interface OperationWords {
  readonly sign: string;
  readonly now: string;
  readonly done: string;
}

const words: Readonly<Record<string, OperationWords>> = {
  create: { sign: "+", now: "creating", done: "created" },
  "create-replacement": { sign: "+", now: "creating the replacement", done: "created the replacement" },
  update: { sign: "~", now: "updating", done: "updated" },
  replace: { sign: "±", now: "replacing", done: "replaced" },
  delete: { sign: "-", now: "deleting", done: "deleted" },
  "delete-replaced": { sign: "-", now: "deleting the replaced", done: "deleted the replaced" },
  refresh: { sign: " ", now: "reading", done: "read" },
  read: { sign: ">", now: "reading", done: "read" },
  same: { sign: " ", now: "comparing", done: "unchanged" },
};

/** Words an operation of the engine. */
export const operationWords = (operation: string): OperationWords =>
  words[operation] ?? { sign: "*", now: operation, done: operation };

/** Whether an operation leaves a resource as it was. */
export const isUneventful = (operation: string): boolean => ["same", "read", "refresh"].includes(operation);

/** Words a time: `8.4 s`, `1:05`, `1:02:03`. */
export function duration(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const pad = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = pad(seconds % 60);
  return hours > 0 ? `${hours}:${pad(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** Words how long something usually takes: `usually 4 to 8 min`. */
export function usual([from, to]: readonly [from: number, to: number]): string {
  const minutes = (ms: number): string => String(ms / 60_000);
  return `usually ${minutes(from)} to ${minutes(to)} min`;
}

/** The end of a type token, which people know: `ManagedCluster` of `azure-native:containerservice:ManagedCluster`. */
export const shortType = (type: string): string => type.slice(type.lastIndexOf(":") + 1);

/** Words counts of resources by fate: `52 to create, 3 unchanged`. */
export function counts(changes: Readonly<Record<string, number>>, planned: boolean): string {
  const parts = Object.entries(changes)
    .filter(([operation]) => !["create-replacement", "delete-replaced"].includes(operation))
    .map(([operation, count]) =>
      planned && !isUneventful(operation)
        ? `${count} to ${operation}`
        : `${count} ${operationWords(operation).done}`,
    );
  return parts.length === 0 ? "nothing" : parts.join(", ");
}

/** How many resources a plan changes. */
export const changeCount = (changes: Readonly<Record<string, number>>): number =>
  Object.entries(changes).reduce((sum, [name, count]) => sum + (isUneventful(name) ? 0 : count), 0);
