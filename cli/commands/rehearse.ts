import { existsSync } from "node:fs";
import { Command } from "commander";
import { load } from "../lazy";
import { stackFileOf } from "../project/stacks";

/**
 * `spacelift rehearse`: the program on simulated providers. Its own commands are loaded when it is called: they come with
 * the simulation.
 */
export const rehearseCommand = (): Command =>
  new Command("rehearse")
    .description("try the program on simulated providers: no cloud, no cluster, no credentials")
    .usage("[command] [options]")
    .argument("[arguments...]")
    .allowUnknownOption()
    .helpOption(false)
    .helpCommand(false)
    .action(async (args: readonly string[]) => {
      const command = load
        .rehearsal()
        .rehearseCommand({ call: "spacelift rehearse", stackFile: stackFileHere })
        .name("spacelift rehearse");
      await command.parseAsync([...args], { from: "user" });
    });

/** The stack file of the current folder; without one, the example of the package is rehearsed. */
function stackFileHere(stack: string): string | undefined {
  const file = stackFileOf(process.cwd(), stack);
  return existsSync(file) ? file : undefined;
}
