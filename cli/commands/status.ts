import type { Command } from "commander";
import type { StatusFlags } from "../actions/status";
import { load } from "../lazy";
import { examples, stackCommand } from "./stack-options";

/** `spacelift status`: how an installation is. */
export const statusCommand = (): Command =>
  stackCommand(
    "status",
    "say how the installation is: pods, certificates, ingress, migrations, endpoints, versions, drift",
  )
    .option("--no-drift", "do not ask the engine what differs from the state, which takes its time")
    .addHelpText(
      "after",
      examples(
        "spacelift status -s aks",
        "spacelift status -s aks --no-drift --json | jq -r 'select(.kind == \"result\").verdict'",
      ),
    )
    .action((flags: StatusFlags) => load.status().status(flags));
