import type { Subject } from "../../check";

/** Which parts of the platform are new; the others exist already. */
export interface MadeParts {
  readonly network: boolean;
  readonly cluster: boolean;
  readonly database: boolean;
  readonly storage: boolean;
  readonly registry: boolean;
  /** The second registry, for the launcher alone. */
  readonly launcherRegistry: boolean;
  /** The address of the ingress controller. */
  readonly address: boolean;
}

/** What a configuration of the target `aks` creates. */
export const madeParts = ({ aks }: Pick<Subject, "aks">): MadeParts => ({
  network: aks?.network.kind !== "existing",
  cluster: aks?.cluster.kind !== "existing",
  database: aks?.database.kind !== "existing",
  storage: aks?.storage.kind !== "existing",
  registry: aks?.registry.main.kind !== "existing",
  launcherRegistry: aks?.registry.anonymousLauncher ?? false,
  address: aks?.address.kind === "new",
});

/** A part that is new, in a check that is skipped for an existing one. */
export function newPart<T extends { readonly kind: "new" | "existing" }>(
  part: T,
): Extract<T, { readonly kind: "new" }> {
  if (part.kind === "new") return part as Extract<T, { readonly kind: "new" }>;
  throw new Error("bug: a check of a new part ran for an existing one");
}
