import type { AsyncLocalStorage } from "node:async_hooks";
// For its types alone: the SDK declares a global there, what belongs to one run of an inline program. Loaded first, that
// module would find itself in a circle.
import type {} from "@pulumi/pulumi/runtime/state";

const host: NodeJS.EventEmitter = process;

type Listener = (...args: unknown[]) => void;

/** The events in question, each with the listeners that are confined already. */
const confinedTo: ReadonlyMap<string | symbol, WeakSet<Listener>> = new Map([
  ["unhandledRejection", new WeakSet<Listener>()],
  ["uncaughtException", new WeakSet<Listener>()],
]);

/**
 * What belongs to the inline program that the present callback is part of; undefined outside of programs, as before the SDK
 * was loaded.
 */
export const presentProgram = (): object | undefined =>
  (globalThis.asyncLocalStorage as AsyncLocalStorage<object> | undefined)?.getStore();

let runs = 0;

/** Who listens for a program. */
const listenersOf = new WeakMap<object, (readonly [event: string | symbol, listener: Listener])[]>();

/** Programs that hang: the SDK waits for outputs which never come, as a resource has failed. */
const abandoned = new WeakSet<object>();

/**
 * Keeps the programs of one process apart when one of them fails.
 *
 * While an inline program runs, the SDK listens to the unhandled rejections of the whole process and takes each for one of
 * that program. When a stack fails, what its program still waited for is rejected, and every other stack that is being
 * changed at that moment would fail with it. Here, a listener of the SDK hears only what its own program rejects, and what
 * belongs to no program.
 */
export async function withOwnRejections<T>(work: () => Promise<T>): Promise<T> {
  if (runs === 0) host.on("newListener", confine);
  runs += 1;
  try {
    return await work();
  } finally {
    runs -= 1;
    if (runs === 0) host.off("newListener", confine);
  }
}

/**
 * Takes away what still listens for a program whose operation is over. The SDK does so itself, but for a program that hangs:
 * it would stay in memory whole, and hear what is rejected elsewhere.
 */
export function dropListeners(owner: object): void {
  const left = (listenersOf.get(owner) ?? []).filter(([event, listener]) =>
    host.listeners(event).includes(listener),
  );
  listenersOf.delete(owner);
  if (left.length === 0) return;
  abandoned.add(owner);
  if (!host.listeners("unhandledRejection").includes(ignoreAbandoned))
    host.on("unhandledRejection", ignoreAbandoned);
  for (const [event, listener] of left) host.off(event, listener);
}

/** Hears for all programs that hang what they still reject: without it, that would end the process. */
function ignoreAbandoned(reason: unknown): void {
  const from = presentProgram();
  if (from !== undefined && abandoned.has(from)) return;
  if (host.listenerCount("unhandledRejection") > 1) return;
  // As Node.js does where nobody listens.
  throw reason instanceof Error ? reason : new Error("a rejection was not handled", { cause: reason });
}

function confine(event: string | symbol, listener: Listener): void {
  const owner = presentProgram();
  const known = confinedTo.get(event);
  if (owner === undefined || known === undefined || known.has(listener)) return;
  // Node.js announces the one that replaces it by the same listener.
  known.add(listener);
  // Whoever takes `listener` away later takes this one away: Node.js looks at the property, as it does for `once`.
  const confined = Object.assign(
    (...args: unknown[]): void => {
      const from = presentProgram();
      if (from === undefined || from === owner) listener(...args);
    },
    { listener },
  );
  // Now, the listener is only about to be added.
  queueMicrotask(() => {
    if (!host.listeners(event).includes(listener)) return;
    host.off(event, listener);
    host.on(event, confined);
    listenersOf.set(owner, [...(listenersOf.get(owner) ?? []), [event, listener]]);
  });
}
