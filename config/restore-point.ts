import type { CompleteAks } from "./aks/parts";
import type { Settings } from "./settings";

/** A restore point of the database, as the output `restorePoint` has it. */
export interface RestorePoint {
  /** The release that it was taken before, with its `v`. */
  readonly before: string;
  /** On Azure the name of the backup, on-prem where the dump is: `<bucket>/<folder>`. */
  readonly name: string;
  /** When it was complete: ISO 8601. */
  readonly takenAt: string;
}

/** What the last run left in the outputs of the stack, as far as the next one builds on it. */
export interface Deployed {
  readonly version: string;
  readonly restorePoint?: RestorePoint | undefined;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * Whether a restore point is taken before another release is deployed: where the platform can take one by itself, unless
 * `upgrade.backup` says otherwise. Azure takes none of a burstable server (“Backup and restore in Azure Database for
 * PostgreSQL”, limitations of on-demand backups).
 */
export const takesRestorePoint = (
  { target, upgrade }: Pick<Settings, "target" | "upgrade">,
  aks: Pick<CompleteAks, "database"> | undefined,
): boolean =>
  upgrade.backup ?? (target === "aks" && aks?.database.kind === "new" && aks.database.tier !== "Burstable");

/** The restore point that belongs to a run. */
export interface PlannedRestorePoint {
  /** The release that it is taken before. */
  readonly before: string;
  /** Whether that release runs by now, so that the restore point is what it is. */
  readonly isDone: boolean;
}

/**
 * The restore point that belongs to the stack in this run: of the release of the configuration, when it is another one than
 * the deployed; or of the last upgrade, as long as its restore point is there. So a run that follows a failed upgrade
 * keeps the restore point that was taken before anything was migrated.
 *
 * @param takes whether restore points are taken
 * @param keptDays days after which one is gone. @default - it stays until the next one
 */
export function planRestorePoint(
  deployed: Deployed | undefined,
  version: string,
  {
    takes,
    keptDays,
    now,
  }: { readonly takes: boolean; readonly keptDays?: number | undefined; readonly now: Date },
): PlannedRestorePoint | undefined {
  if (deployed === undefined) return undefined;
  if (deployed.version !== version) return takes ? { before: version, isDone: false } : undefined;
  const { restorePoint } = deployed;
  if (restorePoint?.before !== version) return undefined;
  // One that the platform has removed must not be taken again, of data that the new release has migrated.
  const isGone = keptDays !== undefined && now.getTime() - Date.parse(restorePoint.takenAt) > keptDays * DAY;
  return isGone ? undefined : { before: version, isDone: true };
}

/** Whether a restore point is a dump that a Job in the cluster makes. */
export const takesDump = (settings: Pick<Settings, "target" | "upgrade">): boolean =>
  settings.target === "onprem" && takesRestorePoint(settings, undefined);

/** What is called after a restore point, by the release that it is taken before: `before-v4-1-0`. */
export const restorePointName = (before: string): string =>
  `before-${before.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
