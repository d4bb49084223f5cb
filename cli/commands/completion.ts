import { Argument, Command } from "commander";
import { complete } from "../completion/complete";
import { scripts, type Shell, shells } from "../completion/scripts";
import { writeLines } from "../render/reporter";
import { examples } from "./stack-options";

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
