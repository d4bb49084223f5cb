import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isatty } from "node:tty";
import { Command, InvalidArgumentError, Option } from "commander";
import { createColors } from "picocolors";
import { EngineUnavailableError } from "../engine";
import { type ProjectCopyOptions, RehearsalSetupError } from "./project-copy";
import { startRehearsal } from "./rehearsal";

/** What a person chooses. */
export interface RehearseFlags {
  readonly stack?: string;
  readonly configFile?: string;
  readonly real?: readonly string[];
  readonly clock?: number;
  readonly kubeconfig?: string;
}

/** The repository, or the project that the package has of it. */
const OWN_PROJECT = resolve(__dirname, "..");

// Of what is no terminal, `isTTY` is undefined, upon which the library asks the environment: CI has colours then.
const colors = createColors(isatty(process.stderr.fd) && process.env["NO_COLOR"] === undefined);

/** Standard output belongs to the command that is rehearsed. */
const say = (line: string): void => {
  process.stderr.write(`${colors.dim(line)}\n`);
};

/** The stack that a command of `pulumi` or `spacelift` names. */
export function stackIn(command: readonly string[]): string | undefined {
  const index = command.findIndex((word) => /^(-s|--stack)$/.test(word));
  if (index >= 0) return command[index + 1];
  return command.flatMap((word) => /^(?:-s=?|--stack=)(.+)$/.exec(word)?.[1] ?? [])[0];
}

/** The project whose stack is rehearsed: what the current folder has of it; the rest is the package's own, with its examples. */
function projectOf(stack: string, configFile?: string): Omit<ProjectCopyOptions, "stack"> {
  const here = process.cwd();
  const has = (file: string): boolean => existsSync(join(here, file));
  return {
    projectFolder: configFile !== undefined || has(`Pulumi.${stack}.yaml`) ? here : OWN_PROJECT,
    programFolder: has("Pulumi.yaml") ? here : OWN_PROJECT,
    ...(configFile !== undefined && { configFile }),
  };
}

/**
 * Runs a command in the rehearsal of a stack and gives its exit code. A command that names no stack runs in the current
 * folder, with a simulated world of its own.
 */
export async function rehearse(command: readonly string[], flags: RehearseFlags = {}): Promise<number> {
  const { configFile, real = [], clock, kubeconfig } = flags;
  const stack = flags.stack ?? stackIn(command);
  const root = process.env["SPACELIFT_REHEARSAL_DIR"];
  const rehearsal = await startRehearsal({
    directory: join(root === undefined || root === "" ? ".rehearsal" : root, stack ?? "default"),
    real,
    ...(clock !== undefined && { clock }),
    ...(kubeconfig !== undefined && { kubeconfig }),
    onProgress: say,
  });
  try {
    if (stack === undefined) return await rehearsal.run(command);
    const project = await rehearsal.copyProject({ stack, ...projectOf(stack, configFile) });
    await project.write();
    if (project.notes.length > 0)
      say(["placeholders for what the stack file lacks:", ...project.notes].join("\n  "));
    return await rehearsal.run(command, project.folder);
  } finally {
    await rehearsal.close();
  }
}

const positive = (text: string): number => {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError("must be a number above 0");
  return number;
};

/**
 * Makes the command that rehearses another one.
 *
 * @param call how a person calls it, for examples
 */
export const rehearseCommand = (call: string): Command =>
  new Command("rehearse")
    .description(
      "Runs a command with the real Pulumi engine and simulated providers: no cloud, no cluster, no credentials.\n" +
        "It runs in a copy of the project, whose stack file has placeholders for what is missing.",
    )
    .usage("[options] <command...>")
    .argument("<command...>", "the command, with its own options")
    .passThroughOptions()
    .option("-s, --stack <name>", "stack to copy (default: the one that the command names)")
    .option("--config-file <file>", "stack file to copy instead of Pulumi.<stack>.yaml")
    .addOption(
      new Option(
        "--real <packages>",
        "providers to leave real, separated by commas: kubernetes,minio,docker",
      ).argParser((text: string) => text.split(",").filter((name) => name !== "")),
    )
    .addOption(
      new Option("--clock <scale>", "simulated seconds per real second; without it nothing waits").argParser(
        positive,
      ),
    )
    .addOption(
      new Option(
        "--kubeconfig <file>",
        "kubeconfig of a real cluster, which the simulated Azure then gives; goes with --real kubernetes",
      ).argParser((file: string) => readFileSync(file, "utf8")),
    )
    .showHelpAfterError()
    .addHelpText(
      "after",
      [
        "",
        "Examples:",
        `  ${call} pulumi up -s onprem`,
        `  ${call} spacelift outputs -s aks`,
        `  ${call} pulumi config set spacelift:version v5.0.0 -s onprem`,
        `  ${call} --real kubernetes pulumi preview -s onprem`,
        "",
        "State and simulated world stay in .rehearsal/<stack> (or SPACELIFT_REHEARSAL_DIR/<stack>); delete it to begin anew.",
      ].join("\n"),
    )
    .action(async (command: readonly string[], flags: RehearseFlags) => {
      process.exitCode = await reported(() => rehearse(command, flags));
    });

/** Gives the exit code of some work, and turns what is expected to go wrong into words. */
export async function reported(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RehearsalSetupError || error instanceof EngineUnavailableError)) throw error;
    console.error(`error: ${error.message}`);
    return 1;
  }
}
