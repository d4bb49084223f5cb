/** Newest patches of the minor versions that can be had. */
const PATCHES: Readonly<Record<string, number>> = { "1.34": 8, "1.35": 5, "1.36": 2, "1.37": 0 };
/** Minor versions that only long-term support still has. */
const LONG_TERM: Readonly<Record<string, number>> = { "1.32": 12, "1.33": 10 };

/** The full version that a request for one means; `undefined` when it cannot be had. */
export function offeredVersion(wanted: string, longTerm: boolean): string | undefined {
  const [, minor = "", patch] = /^(1\.\d+)(?:\.(\d+))?$/.exec(wanted) ?? [];
  const newest = PATCHES[minor] ?? (longTerm ? LONG_TERM[minor] : undefined);
  if (newest === undefined || Number(patch ?? 0) > newest) return undefined;
  return `${minor}.${patch ?? newest}`;
}

/** The minor version as a number, as 36 of `1.36.2`. */
export function minorOf(version: string): number {
  return Number(version.split(".")[1] ?? Number.NaN);
}

/** The patch as a number, as 2 of `1.36.2`; that of a minor version is the newest there will be. */
export function patchOf(version: string): number {
  return Number(version.split(".")[2] ?? Number.POSITIVE_INFINITY);
}

/** The versions that can be had, for messages. */
export const offeredMinors = Object.keys(PATCHES).join(", ");

/** The same, each on its own. */
export const minorVersions: readonly string[] = Object.keys(PATCHES);
