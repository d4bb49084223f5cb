import { Command } from "commander";
import { load } from "../lazy";

/**
 * `spacelift rehearse`: a command with simulated providers. It is loaded when it is called, as it comes with the simulation.
 */
export const rehearseCommand = (): Command =>
  new Command("rehearse")
    .description("run a command with simulated providers: no cloud, no cluster, no credentials")
    .usage("[options] <command...>")
    .argument("[arguments...]")
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption(false)
    .helpCommand(false)
    .action(async (args: readonly string[]) => {
      const command = load.rehearsal().rehearseCommand("spacelift rehearse").name("spacelift rehearse");
      await command.parseAsync([...args], { from: "user" });
    });
