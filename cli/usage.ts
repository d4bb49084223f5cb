import type { Command, CommanderError } from "commander";
import { SpaceliftError } from "../automation/errors";
import { exitCodeOf } from "./exit-codes";
import { load } from "./lazy";

/** Makes a command and those below it report wrong usage as an exception, and in JSON when that was asked for. */
export function reportUsage(command: Command, json: boolean): Command {
  command.exitOverride();
  if (json) {
    command.showHelpAfterError(false);
    command.configureOutput({
      outputError: (text) => {
        const message = text.trim().replace(/^error: /, "");
        load
          .json()
          .jsonReporter(process.stdout)
          .failure(
            new SpaceliftError("SPACELIFT_OPTIONS_INVALID", message, { fix: "see `spacelift --help`" }),
          );
      },
    });
  }
  for (const each of command.commands) reportUsage(each, json);
  return command;
}

/** The exit code of what commander ended with: asking for help is no error. */
export const usageExitCode = ({ exitCode }: CommanderError): number =>
  exitCode === 0 ? 0 : exitCodeOf.SPACELIFT_OPTIONS_INVALID;
