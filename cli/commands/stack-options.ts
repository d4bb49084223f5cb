import { Command, Option } from "commander";

/** Makes a command that is about one stack, with the options that all of these have. */
export function stackCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .addOption(
      new Option(
        "-s, --stack <name>",
        "stack, described by Pulumi.<name>.yaml; the only one of the folder by default",
      ),
    )
    .addOption(new Option("-C, --cwd <folder>", "project folder").default(".", "the current one"))
    .addOption(new Option("--backend <url>", "where the state is kept; PULUMI_BACKEND_URL by default"))
    .addOption(new Option("--json", "one JSON object per line on standard output, the last one the result"));
}

/** Examples below the options of a command. */
export const examples = (...lines: readonly string[]): string =>
  ["", "Examples:", ...lines.map((line) => `  ${line}`)].join("\n");

/** The option that agrees to a change beforehand. */
export const yesOption = (): Option =>
  new Option("-y, --yes", "do not ask; needed where nobody can be asked");

/** The option that releases a lock without a question. */
export const releaseLockOption = (): Option =>
  new Option(
    "--release-lock",
    "release the lock of a run that was killed on this machine; without it, a person is asked",
  );
