import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { type Rehearsal, type RehearsalOptions, startRehearsal } from "../../rehearsal/rehearsal";
import { engineTimeout, sharedEngine } from "../engine/support";
import { type TestConfig } from "../support/configurations";

const root = resolve(__dirname, "../..");
const loader = require.resolve("tsx");
const main = join(root, "cli", "main.ts");

/** The command that a shell would run as `spacelift`. */
export const spaceliftCommand: readonly string[] = [process.execPath, "--import", loader, main];

/** How a call of the command line ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How the command line is called. */
export interface CallOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Receives the process id. */
  readonly onStart?: (pid: number) => void;
  /** Called with every piece of standard output. */
  readonly onOutput?: (chunk: string, interrupt: (signal: NodeJS.Signals) => void) => void;
}

/** A project folder, a simulated world, and the command line in them. */
export interface CliWorld {
  readonly world: Rehearsal;
  /** The project folder. */
  readonly folder: string;
  /** Variables that lead the command line into the simulated world. */
  readonly env: NodeJS.ProcessEnv;
  /** Calls `spacelift` with the folder as the current one. */
  readonly spacelift: (args: readonly string[], options?: CallOptions) => Promise<Ended>;
}

/** Gives a suite a simulated world with an empty project folder; both go with the suite. */
export function cliWorld(options: Omit<RehearsalOptions, "engine"> = {}): () => CliWorld {
  let cli: CliWorld | undefined;
  before(async function () {
    this.timeout(engineTimeout);
    const world = await startRehearsal({ ...options, engine: await sharedEngine() });
    const folder = await mkdtemp(join(tmpdir(), "spacelift-cli-"));
    const env = await environment(world);
    const spacelift: CliWorld["spacelift"] = (args, call = {}) =>
      run(spaceliftCommand, args, { ...call, cwd: folder, env: { ...env, ...call.env } });
    cli = { world, folder, env, spacelift };
  });
  after(async () => {
    await cli?.world.close();
    if (cli) await rm(cli.folder, { recursive: true, force: true });
  });
  return () => {
    if (!cli) throw new Error("the simulated world is not there yet");
    return cli;
  };
}

async function environment({ workspace }: Rehearsal): Promise<NodeJS.ProcessEnv> {
  const { root: engine } = await sharedEngine();
  const { secretsProvider, backend, env = {} } = workspace;
  if (typeof secretsProvider !== "object") throw new Error("a rehearsal has a passphrase");
  return {
    ...process.env,
    ...env,
    PATH: [join(engine, "bin"), env["PATH"] ?? ""].join(delimiter),
    PULUMI_BACKEND_URL: backend,
    PULUMI_CONFIG_PASSPHRASE: secretsProvider.passphrase,
    PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
    NO_COLOR: "1",
    FORCE_COLOR: undefined,
  };
}

/** Runs a command to its end. */
export function run(
  [command = "", ...first]: readonly string[],
  args: readonly string[],
  {
    input = "",
    onOutput,
    onStart,
    ...where
  }: CallOptions & { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Ended> {
  return new Promise((done, fail) => {
    const child = spawn(command, [...first, ...args], { ...where, stdio: ["pipe", "pipe", "pipe"] });
    if (child.pid !== undefined) onStart?.(child.pid);
    const texts = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (chunk: string) => {
        texts[name] += chunk;
        if (name === "stdout") onOutput?.(chunk, (signal) => child.kill(signal));
      });
    }
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    child.once("error", fail);
    child.once("close", (code) => {
      done({ code, ...texts });
    });
  });
}

/** The answers to `spacelift init` that make a configuration. */
export const answersOf = ({ settings, secrets }: TestConfig): string =>
  JSON.stringify({ ...settings, ...secrets });

/** The objects that `--json` printed; fails when a line is none. */
export const objects = ({ stdout }: Ended): readonly Record<string, unknown>[] =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
