import { runtime } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { dropListeners, presentProgram } from "./own-rejections";

/** A connection to the engine. */
interface Client {
  close(): void;
}

/**
 * The inline programs of one call, and what the SDK leaves of them: it was made for processes that end with their program.
 * A connection that stays open keeps all that the program has made in memory.
 */
export class Programs {
  private readonly begun = new Map<object, readonly Client[]>();

  /** The same program, of which nothing is left after {@link end}. */
  follow(program: PulumiFn): PulumiFn {
    return () => {
      const owner = presentProgram();
      if (owner !== undefined) {
        const clients: readonly unknown[] = [runtime.getMonitor(), runtime.getEngine()];
        this.begun.set(owner, clients.filter(isClient));
      }
      return program();
    };
  }

  /** Takes away what is left of the programs that have begun, now that the engine is done with them. */
  end(): void {
    for (const [owner, clients] of this.begun) {
      dropListeners(owner);
      for (const client of clients) client.close();
      empty(owner);
    }
    this.begun.clear();
  }
}

// The SDK's types leave out that its clients can be closed.
const isClient = (client: unknown): client is Client =>
  typeof client === "object" && client !== null && "close" in client && typeof client.close === "function";

/**
 * Lets go of what the SDK keeps for a program: its stack, and by it all that it has made, and the promises it has not kept.
 * The SDK itself never lets go of the rest: the server of a program's hooks leaves a connection to itself behind, which nobody
 * can close, and whose timer holds it.
 */
function empty(owner: object): void {
  Reflect.set(owner, "stackResource", undefined);
  Reflect.set(owner, "leakCandidates", new Set());
}
