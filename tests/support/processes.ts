import { readFileSync, readdirSync } from "node:fs";

/** Process ids of everything that a process has started, and they in turn; none where the system is not Linux. */
export const processesBelow = (ancestor: number): readonly number[] =>
  processes().filter((pid) => isBelow(pid, ancestor));

/** Process ids of everything that has a text in its environment, such as a folder of its own; whoever has started it may be gone. */
export const processesOf = (mark: string): readonly number[] =>
  processes().filter((pid) => pid !== process.pid && (readProcess(pid, "environ") ?? "").includes(mark));

/** A file of the kernel's about a process; undefined when the process has ended, or the system is not Linux. */
export function readProcess(pid: number, file: string): string | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    // The process has ended since it was listed.
    return undefined;
  }
}

function isBelow(pid: number, ancestor: number): boolean {
  const parent = Number(/^PPid:\s*(\d+)/m.exec(readProcess(pid, "status") ?? "")?.[1] ?? 0);
  return parent === ancestor || (parent > 1 && isBelow(parent, ancestor));
}

function processes(): number[] {
  return process.platform === "linux" ? readdirSync("/proc").map(Number).filter(Number.isInteger) : [];
}
