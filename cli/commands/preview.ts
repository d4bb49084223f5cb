import type { Command } from "commander";
import type { StackFlags } from "../session";
import { load } from "../lazy";
import { examples, stackCommand } from "./stack-options";

/** `spacelift preview`: says what `up` would do. */
export const previewCommand = (): Command =>
  stackCommand("preview", "say what `up` would do, and change nothing")
    .addHelpText(
      "after",
      examples(
        "spacelift preview -s aks",
        "spacelift preview -s aks --json | jq -c 'select(.kind == \"result\").changes'",
      ),
    )
    .action((flags: StackFlags) => load.preview().preview(flags));
