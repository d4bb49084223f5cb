import { ingressAddressKind } from "../../../../config/aks/complete";
import type { Subject } from "../../check";

/** Which parts of the platform are made; the others are given. */
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

/** What a configuration of the target `aks` makes, as `program/aks.ts` decides it. */
export function madeParts({ settings, secrets }: Pick<Subject, "settings" | "secrets">): MadeParts {
  const { aks, ingress } = settings;
  const cluster = aks?.cluster.existingId === undefined;
  return {
    network:
      cluster && aks?.network.nodeSubnetId === undefined && aks?.network.databaseSubnetId === undefined,
    cluster,
    database: secrets.databaseUrl === undefined,
    storage: aks?.storage.accountId === undefined,
    registry: aks?.registry.id === undefined,
    launcherRegistry: aks?.registry.anonymousLauncher ?? false,
    address: ingressAddressKind(ingress) === "public" && aks?.network.publicIpId === undefined,
  };
}
