import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import { createColors } from "picocolors";
import { parse } from "yaml";
import { EngineUnavailableError } from "../engine";
import {
  changeCount,
  type ConfigValue,
  foldersOf,
  openRehearsal,
  type Rehearsal,
  RehearsalError,
  type RehearsalOperation,
  type RehearsalOptions,
  RehearsalSetupError,
  type RehearsalSummary,
} from "./session";
import { operationReport, outputsReport, type Paint } from "./session/report";

/** The stacks the demonstration rehearses, in this order. */
const DEMO_STACKS = ["onprem", "aks"] as const;

interface Flags {
  readonly stack: string;
  readonly configFile?: string;
  readonly real: readonly string[];
  readonly set: Readonly<Record<string, ConfigValue>>;
  readonly secretFile: Readonly<Record<string, string>>;
  readonly clock?: number;
  readonly kubeconfig?: string;
  readonly showSecrets?: boolean;
  readonly json?: boolean;
}

type Say = (...lines: readonly string[]) => void;

const terminal = process.stdout.isTTY;
const colors = createColors(terminal && process.env["NO_COLOR"] === undefined);

const paint: Paint = (fate, text) => {
  if (fate === "create") return colors.green(text);
  if (fate === "update") return colors.yellow(text);
  if (fate === "replace") return colors.magenta(text);
  return fate === "delete" || fate === "failed" ? colors.red(text) : text;
};

const say: Say = (...lines) => {
  for (const line of lines) console.log(line);
};

/** With `--json`, standard output is for the result alone. */
const speechOf = ({ json }: Flags): Say => (json === true ? () => undefined : say);

const writeObject = (object: object): void => {
  say(JSON.stringify(object));
};

async function open(flags: Flags): Promise<Rehearsal> {
  const tell = speechOf(flags);
  const options: RehearsalOptions = {
    stack: flags.stack,
    real: flags.real,
    config: flags.set,
    secrets: flags.secretFile,
    ...(flags.configFile !== undefined && { configFile: flags.configFile }),
    ...(flags.clock !== undefined && { clock: flags.clock }),
    ...(flags.kubeconfig !== undefined && { kubeconfig: flags.kubeconfig }),
    onProgress: (line) => {
      tell(line);
    },
  };
  const rehearsal = await openRehearsal(options);
  const { version, source, root } = rehearsal.engine;
  tell(colors.dim(`Pulumi engine ${version} (${source}: ${root})`));
  return rehearsal;
}

async function operate(
  rehearsal: Rehearsal,
  operation: RehearsalOperation,
  flags: Flags,
): Promise<RehearsalSummary> {
  const tell = speechOf(flags);
  const draws = terminal && flags.json !== true;
  let finished = 0;
  const erase = (): void => {
    if (draws) process.stdout.write("\r\u001b[K");
  };
  // The engine gets Ctrl-C by itself; this process has to serve its providers until it is done.
  let told = false;
  const interrupted = (): void => {
    erase();
    // npm hands the terminal's signal on, so that it comes twice.
    if (!told) tell("stopping in good order; Ctrl-C once more stops at once");
    told = true;
  };
  process.on("SIGINT", interrupted);
  try {
    return await rehearsal[operation]({
      onStep: () => {
        finished++;
        if (draws) process.stdout.write(`\r${operation}: ${finished} resources`);
      },
    });
  } finally {
    process.removeListener("SIGINT", interrupted);
    erase();
    if (rehearsal.notes.length > 0) tell("stand-ins for what the stack file does not have:");
    tell(...rehearsal.notes.map((note) => `  ${note}`), "");
  }
}

async function runOperation(operation: RehearsalOperation, flags: Flags): Promise<void> {
  const rehearsal = await open(flags);
  try {
    const summary = await operate(rehearsal, operation, flags);
    if (flags.json === true) {
      writeObject(resultOf(summary, flags));
      return;
    }
    // Messages of the program; those of the engine are in the report.
    say(...summary.diagnostics, ...operationReport(summary, paint));
    if (summary.outputs !== undefined && changeCount(summary) > 0 && operation !== "destroy") {
      say("", ...outputsReport(summary.outputs, { maxLines: 14 }));
    }
  } finally {
    await rehearsal.close();
  }
}

async function showOutputs(flags: Flags): Promise<void> {
  const rehearsal = await open(flags);
  const outputs = await rehearsal.outputs({ showSecrets: flags.showSecrets === true });
  if (flags.json === true) writeObject({ kind: "result", command: "outputs", stack: flags.stack, outputs });
  else say(...outputsReport(outputs));
}

/** A summary for machines: the engine's own events are in the log of the operation. */
function resultOf({ stdout: _, operation, ...summary }: RehearsalSummary, { stack }: Flags): object {
  return { kind: "result", command: operation, stack, ...summary };
}

async function reset(flags: Flags): Promise<void> {
  const { stack } = foldersOf(flags.stack);
  await rm(stack, { recursive: true, force: true });
  if (flags.json === true) writeObject({ kind: "result", command: "reset", stack: flags.stack });
  else say(`forgot the rehearsal in ${stack}`);
}

async function demo(): Promise<void> {
  say(
    colors.bold("Spacelift self-hosted, rehearsed"),
    "The program, the Pulumi engine, its plans and its state are real; clusters, storage and registries are simulated",
    "on this machine. No credentials are used and nothing outside is changed.",
  );
  for (const stack of DEMO_STACKS) {
    say("", colors.bold(`up -s ${stack}`));
    await runOperation("up", { stack, real: [], set: {}, secretFile: {} });
  }
  const [stack] = DEMO_STACKS;
  say(
    "",
    colors.bold("what to try next"),
    ...[
      ["npm start", "the same again: nothing to change"],
      [`npm run rehearse -- preview -s ${stack} --set domain=ci.example.com`, "what a change would do"],
      [`npm run rehearse -- outputs -s ${stack} --show-secrets`, "everything the stack gives"],
      [`npm run rehearse -- destroy -s ${stack}`, "what goes, and what is kept"],
      [`npm run rehearse -- reset -s ${stack}`, "forget it all"],
      ["npm run rehearse -- --help", "everything else"],
    ].map(([command = "", effect = ""]) => `  ${command.padEnd(70)}${effect}`),
  );
}

const keyAndValue = (text: string): readonly [string, string] => {
  const [key, ...rest] = text.split("=");
  if (key === undefined || key === "" || rest.length === 0)
    throw new InvalidArgumentError("must be key=value");
  return [key, rest.join("=")];
};

const addSetting = (text: string, before: Flags["set"]): Flags["set"] => {
  const [key, value] = keyAndValue(text);
  // YAML without tags yields nothing but the kinds ConfigValue names.
  return { ...before, [key]: parse(value) as ConfigValue };
};

const addSecretFile = (text: string, before: Flags["secretFile"]): Flags["secretFile"] => {
  const [key, file] = keyAndValue(text);
  return { ...before, [key]: readFileSync(file, "utf8").trimEnd() };
};

const positive = (text: string): number => {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError("must be a number above 0");
  return number;
};

function operation(name: string, description: string, action: (flags: Flags) => Promise<void>): Command {
  return new Command(name)
    .description(description)
    .addOption(new Option("-s, --stack <name>", "stack to rehearse").default(DEMO_STACKS[0]))
    .option("--config-file <file>", "stack file to copy instead of Pulumi.<stack>.yaml")
    .addOption(
      new Option("--real <packages>", "providers to leave real, separated by commas: kubernetes,minio,docker")
        .argParser((text: string) => text.split(",").filter((name) => name !== ""))
        .default([], "none"),
    )
    .addOption(
      new Option("--set <path=value>", "configuration for this run alone, as YAML; may be repeated")
        .argParser(addSetting)
        .default({}, "none"),
    )
    .addOption(
      new Option("--secret-file <key=file>", "secret for this run alone, from a file; may be repeated")
        .argParser(addSecretFile)
        .default({}, "none"),
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
    .option("--json", "one JSON object on standard output: the result")
    .action(action);
}

/** Where the commands of a rehearsal are called from. */
export interface RehearseCommandOptions {
  /** How a person calls them, for examples. @default "npm run rehearse --" */
  readonly call?: string;
  /** Finds the stack file of a stack. @default - that of the repository */
  readonly stackFile?: (stack: string) => string | undefined;
}

/** Makes the command whose subcommands rehearse; `up` when none is named. */
export function rehearseCommand({
  call = "npm run rehearse --",
  stackFile = () => undefined,
}: RehearseCommandOptions = {}): Command {
  const act = (name: string, description: string, action: (flags: Flags) => Promise<void>): Command =>
    operation(name, description, (flags) => {
      const configFile = flags.configFile ?? stackFile(flags.stack);
      const given = { ...flags, ...(configFile !== undefined && { configFile }) };
      return reported(action(given), flags.json === true);
    });
  return new Command("rehearse")
    .description(
      "Runs the Spacelift program on the real Pulumi engine against simulated providers.\n" +
        "State is kept in .rehearsal/ (or SPACELIFT_REHEARSAL_DIR); no committed file is written.",
    )
    .showHelpAfterError()
    .addHelpText(
      "after",
      `\nExamples:\n  ${call} up -s onprem\n  ${call} up -s onprem --real kubernetes,docker`,
    )
    .addCommand(
      new Command("demo")
        .description("rehearse `up` on every stack and say what to try next")
        .action(() => reported(demo())),
    )
    .addCommand(act("preview", "say what `up` would do", (flags) => runOperation("preview", flags)))
    .addCommand(
      act("up", "make the simulated world as the program says", (flags) => runOperation("up", flags)),
      { isDefault: true },
    )
    .addCommand(
      act("refresh", "bring the state in line with the world", (flags) => runOperation("refresh", flags)),
    )
    .addCommand(
      act("destroy", "take everything away that is not protected", (flags) => runOperation("destroy", flags)),
    )
    .addCommand(
      act("outputs", "show what the stack gives", showOutputs).option(
        "--show-secrets",
        "do not mask secrets",
      ),
    )
    .addCommand(act("reset", "forget the stack and its simulated world", reset));
}

/** Turns what is expected to go wrong into words and an exit code. */
async function reported(work: Promise<void>, json = false): Promise<void> {
  try {
    await work;
  } catch (error) {
    process.exitCode = 1;
    const isExpected =
      error instanceof RehearsalError ||
      error instanceof RehearsalSetupError ||
      error instanceof EngineUnavailableError;
    if (json && isExpected) {
      writeObject({ kind: "error", code: error.code, exitCode: 1, message: error.message });
    } else if (error instanceof RehearsalError) {
      console.error(["", ...operationReport(error.summary, paint)].join("\n"));
    } else if (error instanceof RehearsalSetupError || error instanceof EngineUnavailableError) {
      console.error(`error: ${error.message}`);
    } else {
      throw error;
    }
  }
}
