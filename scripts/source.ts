import { execFileSync } from "node:child_process";

/** The commit that a folder is a working copy of. */
export interface Source {
  readonly commit: string;
  /** When it was made, ISO 8601. */
  readonly date: string;
  /** Whether files differ from it. */
  readonly isChanged: boolean;
}

/** The commit of a working copy; undefined where there is none, as in an export of the sources. */
export function sourceOf(folder: string): Source | undefined {
  const git = (...args: readonly string[]): string =>
    execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const [commit = "", seconds] = git("log", "-1", "--format=%H %ct").split(" ");
    const date = new Date(Number(seconds) * 1000).toISOString();
    return { commit, date, isChanged: git("status", "--porcelain") !== "" };
  } catch {
    // No git, or no repository: what is built then is built from files of nobody knows where.
    return undefined;
  }
}
