import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** A path from the configuration made absolute: `~/` is the home directory, the rest is relative to the project. */
export function expandPath(path: string, projectDirectory: string): string {
  return path === "~" || path.startsWith("~/")
    ? join(homedir(), path.slice(1))
    : resolve(projectDirectory, path);
}

/** Whether `charts.*.chart` names a chart by its path. */
export const isLocalChart = (chart: string): boolean => /^[./~]/.test(chart);
