import { join } from "node:path";
import { coerce, gte } from "semver";
import { type CommandResult, findOnPath, runCommand } from "../peers/run-command";
import type { Progress } from "./engine";

/** A Go command of this machine. */
export interface Go {
  readonly command: string;
  /** Its version, such as `1.26.8`. */
  readonly version: string;
}

/** Finds the Go of this machine, or says why there is none that is recent enough. */
export async function findGo(
  minimum: string,
  searchPath = process.env["PATH"] ?? "",
): Promise<Go | { readonly refused: string }> {
  const command = await findOnPath("go", searchPath);
  if (command === undefined) return { refused: "no `go` on PATH" };
  const { code, stdout } = await runCommand(command, ["env", "GOVERSION"], { timeoutMs: 20_000 });
  const version = code === 0 ? coerce(stdout.replace(/^go/, ""))?.version : undefined;
  if (version === undefined) return { refused: `"${command}" does not tell its version` };
  if (!gte(version, minimum)) return { refused: `"${command}" is ${version}, older than ${minimum}` };
  return { command, version };
}

/** A command of a Go module, and where it goes. */
export interface Compilation {
  /** Name of the file that comes out, and of the subject of the reports. */
  readonly name: string;
  /** Folder whose go.mod and go.sum pin every module. */
  readonly moduleFolder: string;
  /** Import path of the command. */
  readonly importPath: string;
  /** Linker settings of the form `variable=value`. */
  readonly linkerValues: readonly string[];
  /** Folder that receives the program. */
  readonly target: string;
  /** After this long it is given up. */
  readonly limitMs: number;
}

/** The environment in which nothing of the user changes what go.mod and go.sum pin. */
export const pinnedGoEnvironment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  GOFLAGS: "-mod=readonly -buildvcs=false",
  GOWORK: "off",
});

/** Fetches the modules of one command and compiles it; returns why that failed, or undefined. */
export async function compile(go: Go, wanted: Compilation, progress: Progress): Promise<string | undefined> {
  const meter = new BuildMeter(wanted.name, progress);
  const options = {
    cwd: wanted.moduleFolder,
    env: pinnedGoEnvironment(),
    timeoutMs: wanted.limitMs,
    onLine: (line: string): void => {
      meter.line(line);
    },
  };
  try {
    meter.stage("fetching modules");
    const listed = await runCommand(go.command, ["list", "-deps", wanted.importPath], options);
    if (listed.code !== 0) return failure(wanted, "fetching its modules", listed);
    meter.stage("compiling", listed.stdout.trimEnd().split("\n").length);
    const output = join(wanted.target, wanted.name);
    const linker = ["-s", "-w", ...wanted.linkerValues.map((value) => `-X ${value}`)].join(" ");
    const built = await runCommand(
      go.command,
      ["build", "-v", "-ldflags", linker, "-o", output, wanted.importPath],
      options,
    );
    return built.code === 0 ? undefined : failure(wanted, "compiling it", built);
  } finally {
    meter.stop();
  }
}

function failure({ name, limitMs }: Compilation, doing: string, result: CommandResult): string {
  if (result.timedOut) return `${doing} (\`${name}\`) took longer than ${limitMs / 60_000} minutes`;
  const said = result.stderr.split("\n").filter((line) => !line.startsWith("go: downloading"));
  return `${doing} (\`${name}\`) failed: ${said.slice(-3).join("; ")}`;
}

const TELL_EVERY_MS = 10_000;

/** Turns the chatter of the Go command into one line of progress every ten seconds. */
class BuildMeter {
  private readonly started = performance.now();
  private readonly timer: NodeJS.Timeout;
  private doing = "";
  private total: number | undefined;
  private modules = 0;
  private packages = 0;

  constructor(
    private readonly subject: string,
    private readonly progress: Progress,
    everyMs = TELL_EVERY_MS,
  ) {
    this.timer = setInterval(() => {
      this.tell();
    }, everyMs);
  }

  /** Begins a stage of the work; `total` is the number of packages it goes through, where known. */
  stage(doing: string, total?: number): void {
    this.doing = doing;
    this.total = total;
    this.packages = 0;
    this.tell();
  }

  /** Counts one line printed by the Go command. */
  line(line: string): void {
    if (line.startsWith("go: downloading ")) this.modules++;
    else if (/^[\w.\-/]+$/.test(line)) this.packages++;
  }

  /** Ends the reporting. */
  stop(): void {
    clearInterval(this.timer);
  }

  private tell(): void {
    const seconds = Math.round((performance.now() - this.started) / 1000);
    const counts =
      this.total !== undefined
        ? ` (${this.packages} of ${this.total} packages)`
        : this.modules > 0
          ? ` (${this.modules} so far)`
          : "";
    this.progress(`  ${this.subject}: ${this.doing}${counts}, ${seconds} s`);
  }
}
