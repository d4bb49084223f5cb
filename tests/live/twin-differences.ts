import type { Answer } from "./twin-requests";

/** A request that twin and real provider are known to answer differently. */
export interface Difference {
  /** Why the twin stays as it is. */
  readonly why: string;
  readonly answers: Readonly<Record<"twin" | "real", Answer>>;
}

/** What the twin of the Kubernetes provider and the real one answer differently, by the request. */
export const differences: Readonly<Record<string, Difference>> = {
  "an object takes a name that is taken": {
    why: "the real one here is older than `upsertExistingObjects`, without which later releases refuse (documented in the SDK)",
    answers: { twin: { refused: "already exists" }, real: { refused: undefined } },
  },
};
