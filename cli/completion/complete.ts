import type { Command, Option } from "commander";
import { load } from "../lazy";
import { stacksIn } from "../project/stacks";

/** Something that can stand at the cursor. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** What is being completed. */
export interface CompletionRequest {
  readonly program: Command;
  /** The words after the program's name; the last one is at the cursor and may be empty. */
  readonly words: readonly string[];
  /** Folder to look for stack files in, unless the words name another one. */
  readonly folder: string;
}

/** Gives what can stand at the cursor: commands, options, stacks and the choices of arguments. */
export function complete({ program, words, folder }: CompletionRequest): readonly Candidate[] {
  const current = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const { command, operands, expects } = walk(program, before);
  return candidates().filter(({ value }) => value.startsWith(current));

  function candidates(): readonly Candidate[] {
    if (expects) return valuesOf(expects, projectFolder(before, folder));
    if (current.startsWith("-")) return visible(command.options).map(optionCandidate);
    const argument = command.registeredArguments[operands];
    const choices = (argument?.argChoices ?? []).map((value) => ({ value, description: "" }));
    return [...choices, ...(operands === 0 ? subcommands(command) : [])];
  }
}

interface Position {
  readonly command: Command;
  /** How many arguments stand before the cursor. */
  readonly operands: number;
  /** The option whose value is at the cursor. */
  readonly expects?: Option;
}

function walk(program: Command, words: readonly string[]): Position {
  let command = program;
  let operands = 0;
  let expects: Option | undefined;
  for (const word of words) {
    if (expects) {
      expects = undefined;
      continue;
    }
    if (word.startsWith("-")) {
      const option = command.options.find(({ short, long }) => word === short || word === long);
      if (option && (option.required || option.optional)) expects = option;
      continue;
    }
    const below = command.commands.find((each) => each.name() === word || each.aliases().includes(word));
    if (below && operands === 0) command = below.name() === "rehearse" ? rehearsal() : below;
    else operands++;
  }
  return { command, operands, ...(expects && { expects }) };
}

// Its own commands come with the simulation, which is loaded only when they are asked for.
const rehearsal = (): Command => load.rehearsal().rehearseCommand("spacelift rehearse");

function valuesOf(option: Option, folder: string): readonly Candidate[] {
  if (option.long === "--stack") {
    return stacksIn(folder).map((value) => ({ value, description: `Pulumi.${value}.yaml` }));
  }
  return (option.argChoices ?? []).map((value) => ({ value, description: "" }));
}

function projectFolder(words: readonly string[], folder: string): string {
  const index = words.findIndex((word) => word === "-C" || word === "--cwd");
  return (index < 0 ? undefined : words[index + 1]) ?? folder;
}

const subcommands = (command: Command): readonly Candidate[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .map((each) => ({ value: each.name(), description: each.description() }));

const visible = (options: readonly Option[]): readonly Option[] => options.filter(({ hidden }) => !hidden);

const optionCandidate = ({ long, short, description }: Option): Candidate => ({
  value: long ?? short ?? "",
  description,
});
