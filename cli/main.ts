#!/usr/bin/env node
import { type Command, CommanderError } from "commander";
import { SpaceliftError } from "../automation/errors";
import { exitCodeOf } from "./exit-codes";
import { load } from "./lazy";
import { spaceliftProgram } from "./program";

/** Makes a command and those below it report wrong usage as an exception, and in JSON when that was asked for. */
function reportUsage(command: Command, json: boolean): Command {
  command.exitOverride();
  if (json) {
    command.showHelpAfterError(false);
    command.configureOutput({
      outputError: (text) => {
        const message = text.trim().replace(/^error: /, "");
        load
          .lineReporters()
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
const usageExitCode = ({ exitCode }: CommanderError): number =>
  exitCode === 0 ? 0 : exitCodeOf.SPACELIFT_OPTIONS_INVALID;

// Whoever reads the output may stop reading (`| head`), and a terminal may close (EIO); a deployment that is under way ends in
// its own way all the same.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
  });
}

async function main(): Promise<void> {
  try {
    await reportUsage(spaceliftProgram(), process.argv.includes("--json")).parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = usageExitCode(error);
  }
}

void main();
