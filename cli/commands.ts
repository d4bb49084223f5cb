import { Command, InvalidArgumentError, Option } from "commander";
import { parse } from "yaml";
import type { DestroyFlags, RefreshFlags, UpFlags } from "./actions/changes";
import type { InitFlags } from "./actions/init";
import type { OutputsFlags, StatusFlags } from "./actions/reports";
import type { UpgradeFlags } from "./actions/upgrade";
import { load } from "./lazy";
import type { StackFlags } from "./session";

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

/** `spacelift doctor`: looks whether a deployment can work. */
export const doctorCommand = (): Command =>
  stackCommand("doctor", "look whether a deployment can work, and change nothing")
    .addHelpText(
      "after",
      examples(
        "spacelift doctor -s onprem",
        'spacelift doctor -s aks --json | jq -r \'select(.kind == "result").results[] | select(.status == "failed").fix\'',
      ),
    )
    .action((flags: StackFlags) => load.reports().doctor(flags));

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
    .action((flags: StackFlags) => load.reports().preview(flags));

/** `spacelift up`: installs Spacelift, or brings an installation to what the stack file says. */
export const upCommand = (): Command =>
  stackCommand("up", "install Spacelift, or bring it to what the stack file says")
    .addOption(yesOption())
    .addOption(releaseLockOption())
    .addOption(skipPreflightOption())
    .addHelpText(
      "after",
      examples(
        "spacelift up -s aks                     checks, shows the plan and asks",
        "spacelift up -s aks --yes --json        for pipelines; the last line is the result",
        "spacelift up -s onprem --skip-preflight goes on although a check cannot be passed from here",
      ),
    )
    .action((flags: UpFlags) => load.changes().up(flags));

/** `spacelift upgrade`: brings an installation to another release. */
export const upgradeCommand = (): Command =>
  stackCommand("upgrade", "bring Spacelift to another release; writes it into the stack file")
    .requiredOption("--to <release>", "the release, `v4.0.0`")
    .option("--archive <file>", "the vendor's archive of that release; needed unless `images.push` is off")
    .option("--sha256 <sum>", "checksum of the archive; needed where `images.sha256` is set")
    .addOption(yesOption())
    .addOption(releaseLockOption())
    .addOption(skipPreflightOption())
    .addHelpText(
      "after",
      examples(
        "spacelift upgrade -s aks --to v4.1.0 --archive ./self-hosted-v4.1.0.tar.gz",
        "                                        shows what is new, checks, shows the plan and asks",
      ),
    )
    .action((flags: UpgradeFlags) => load.upgrade().upgrade(flags));

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
    .action((flags: StatusFlags) => load.reports().status(flags));

/** `spacelift outputs`: what a stack gives. */
export const outputsCommand = (): Command =>
  stackCommand("outputs", "show what the stack gives: addresses, names, DNS records, next steps")
    .argument("[name]", "one output alone, as it is")
    .option("--show-secrets", "show secrets in clear")
    .addHelpText(
      "after",
      examples(
        "spacelift outputs -s aks",
        "spacelift outputs -s aks url",
        "spacelift outputs -s aks adminPassword --show-secrets",
        'eval "$(spacelift outputs -s aks shell)"',
      ),
    )
    .action((name: string | undefined, flags: OutputsFlags) => load.reports().outputs(name, flags));

/** `spacelift sbom`: what an installation is made of. */
export const sbomCommand = (): Command =>
  stackCommand("sbom", "list the charts and images of the installation, as CycloneDX has it")
    .addHelpText("after", examples("spacelift sbom -s aks > spacelift.cdx.json"))
    .action((flags: StackFlags) => load.reports().sbom(flags));

/** `spacelift refresh`: refreshes the state from what exists. */
export const refreshCommand = (): Command =>
  stackCommand("refresh", "refresh the state from what exists; nothing outside the state is changed")
    .addOption(releaseLockOption())
    .addHelpText("after", examples("spacelift refresh -s aks"))
    .action((flags: RefreshFlags) => load.changes().refresh(flags));

/** `spacelift destroy`: takes an installation away and keeps what is protected. */
export const destroyCommand = (): Command =>
  stackCommand("destroy", "take the installation away; what is protected stays")
    .addOption(yesOption())
    .addOption(releaseLockOption())
    .addHelpText(
      "after",
      examples(
        "spacelift destroy -s aks         says what stays, and wants the stack's name typed",
        "spacelift destroy -s aks --yes   for pipelines",
      ),
    )
    .action((flags: DestroyFlags) => load.changes().destroy(flags));

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

/** Makes a command that is about one stack, with the options that all of these have. */
function stackCommand(name: string, description: string): Command {
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
const yesOption = (): Option => new Option("-y, --yes", "do not ask; needed where nobody can be asked");

const skipPreflightOption = (): Option =>
  new Option("--skip-preflight", "do not check first whether the deployment can work");

/** The option that releases a lock without a question. */
const releaseLockOption = (): Option =>
  new Option(
    "--release-lock",
    "release the lock of a run that was killed on this machine; without it, a person is asked",
  );
