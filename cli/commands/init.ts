import { type Command, InvalidArgumentError, Option } from "commander";
import { parse } from "yaml";
import type { InitFlags } from "../actions/init";
import { load } from "../lazy";
import { examples, stackCommand } from "./stack-options";

/** `spacelift init`: asks what has no default and writes a stack file. */
export const initCommand = (): Command =>
  stackCommand("init", "answer what has no default; writes Pulumi.<stack>.yaml with its secrets encrypted")
    .option(
      "--answers <file>",
      "answers from a JSON file, `-` for standard input: keys are paths and secrets",
    )
    .addOption(
      new Option("--set <path=value>", "one answer, as YAML; may be repeated; not for secrets")
        .argParser(addAnswer)
        .default({}, "none"),
    )
    .option(
      "--secrets-provider <url>",
      "key that encrypts the secrets: `azurekeyvault://…`; a passphrase by default",
    )
    .addHelpText(
      "after",
      examples(
        "spacelift init                                   asks",
        "spacelift init -s aks --set target=aks           asks the rest",
        'vault read … | spacelift init -s aks --answers - asks nothing: {"target": "aks", "aks.location": …}',
      ),
    )
    .action((flags: InitFlags) => load.init().init(flags));

function addAnswer(text: string, before: InitFlags["set"]): InitFlags["set"] {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError("must be path=value");
  return { ...before, [key]: parse(value) as unknown };
}
