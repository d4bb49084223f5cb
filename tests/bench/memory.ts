import { processesBelow, readProcess } from "../support/processes";

const EVERY_MS = 20;
// As an argument of its own: the language host first asks a short-lived Node.js where this module is.
const RUN_HOST = /@pulumi\/pulumi\/cmd\/run(\/index\.js)?$/;

/** Highest resident memory seen, in MB; undefined where the system does not tell. */
export interface PeakMemory {
  /** The Node.js process that runs the program. */
  readonly program: number | undefined;
  /** The engine's command. */
  readonly engine: number | undefined;
}

/**
 * Watches the memory of an engine and of the program it starts, from the kernel's high-water marks.
 * A mark only grows, so that sampling misses no more than the last moment before the process ends.
 */
export class MemoryWatch {
  private readonly timer: NodeJS.Timeout;
  private programPid: number | undefined;
  private program: number | undefined;
  private engine: number | undefined;

  constructor(private readonly enginePid: number) {
    this.timer = setInterval(() => {
      this.sample();
    }, EVERY_MS);
  }

  /** Ends the watch and gives what it saw. */
  stop(): PeakMemory {
    clearInterval(this.timer);
    return { program: this.program, engine: this.engine };
  }

  private sample(): void {
    this.engine = peakOf(this.enginePid) ?? this.engine;
    this.programPid ??= findProgram(this.enginePid);
    if (this.programPid !== undefined) this.program = peakOf(this.programPid) ?? this.program;
  }
}

/** Finds the process that runs the program below an engine: other engines may run on the machine. */
function findProgram(enginePid: number): number | undefined {
  return processesBelow(enginePid).find(runsProgram);
}

function runsProgram(pid: number): boolean {
  return (readProcess(pid, "cmdline") ?? "").split("\0").some((argument) => RUN_HOST.test(argument));
}

/** Highest resident memory of a process so far, in MB; undefined when it has ended or the system does not tell. */
export function peakOf(pid: number): number | undefined {
  const kilobytes = /^VmHWM:\s*(\d+) kB/m.exec(readProcess(pid, "status") ?? "")?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1000;
}
