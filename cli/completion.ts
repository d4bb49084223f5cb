import { Argument, Command, type Option } from "commander";
import { examples } from "./commands";
import { load } from "./lazy";
import { stacksIn } from "./project/stacks";
import { writeLines } from "./render/reporter";

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

/** Shells that completion is offered for. */
const shells = ["bash", "zsh", "fish"] as const;

/** A shell that completion is offered for. */
export type Shell = (typeof shells)[number];

/**
 * What a shell runs to complete `spacelift`. Each asks the program itself, which prints a candidate and its description
 * per line, so that a script need not be renewed with the program.
 */
const scripts: Readonly<Record<Shell, string>> = {
  bash: `# spacelift completion for bash. In ~/.bashrc: source <(spacelift completion bash)
_spacelift() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <("\${COMP_WORDS[0]}" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _spacelift spacelift
`,
  zsh: `#compdef spacelift
# spacelift completion for zsh. In ~/.zshrc, after compinit: source <(spacelift completion zsh)
_spacelift() {
  local -a candidates
  local line
  while IFS= read -r line; do
    candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#candidates} )); then
    _describe spacelift candidates
  else
    _files
  fi
}
compdef _spacelift spacelift
`,
  fish: `# spacelift completion for fish. In ~/.config/fish/config.fish: spacelift completion fish | source
complete -c spacelift -f -a '(spacelift __complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`,
};

/** `spacelift completion`: the script that makes a shell complete. */
export const completionCommand = (): Command =>
  new Command("completion")
    .description("print the script that makes your shell complete commands, options and stacks")
    .addArgument(new Argument("<shell>", "the shell").choices(shells))
    .addHelpText(
      "after",
      examples(
        "source <(spacelift completion bash)          # in ~/.bashrc",
        "source <(spacelift completion zsh)           # in ~/.zshrc, after compinit",
        "spacelift completion fish | source           # in ~/.config/fish/config.fish",
      ),
    )
    .action((shell: Shell) => {
      process.stdout.write(scripts[shell]);
    });

/** `spacelift __complete`: what these scripts ask. */
export const completeCommand = (program: Command): Command =>
  new Command("__complete")
    .argument("[words...]")
    .allowUnknownOption()
    .helpOption(false)
    .action((words: readonly string[]) => {
      const found = complete({ program, words, folder: process.cwd() });
      writeLines(
        process.stdout,
        found.map(({ value, description }) => `${value}\t${description}`),
      );
    });
