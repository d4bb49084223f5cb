#!/usr/bin/env node
import { CommanderError } from "commander";
import { spaceliftProgram } from "./program";
import { reportUsage, usageExitCode } from "./usage";

// Whoever reads the output may stop reading (`| head`); a deployment that is under way goes on all the same.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
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
