import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Engine } from "../../../engine";
import type { ConfigValue } from "../../../rehearsal";
import { placeholderArchive } from "../../../rehearsal/placeholders";
import { fullAks } from "../../support/azure-configurations";
import { merged, type TestConfig } from "../../support/configurations";
import { fullConfiguration } from "../../support/full-configuration";
import { RehearsedStack } from "../../support/rehearsed-stack";
import { type Experiment, isWanted, type Outcome } from "../experiment";
import { type Canaries, filesBelow, foundIn, ProcessWatch, type Sighting } from "./watch";

/** Every secret, set recognisably, looked for wherever it could come out. */
export const secrets: Experiment = {
  title: "Secrets",
  method: [
    "Every secret of the configuration is set, and those that are made are read back. `pulumi` and `spacelift` preview, deploy (with",
    "`--debug -v=9` as well), fail, read outputs, export the state, ask for the status and destroy. Survived: a secret is nowhere in",
    "clear, as base64 or percent-encoded: not in what commands print and log, the state, its history and copies, temporary files,",
    "the engine's home, arguments of processes, nor in the environment of a process that does not need it.",
  ].join("\n"),
  async *run(trial) {
    for (const target of trial.scope === "short" ? (["onprem"] as const) : (["onprem", "aks"] as const)) {
      if (trial.isOver()) return;
      const sightings = await expose(target, trial.engine, trial.scope === "whole");
      for (const surface of SURFACES) {
        for (const secret of sightings.secrets) {
          const kind = `in ${surface}`;
          const subject = `${target}: ${secret}`;
          if (!isWanted(trial, `${kind}, ${subject}`)) continue;
          const places = sightings.found
            .filter((each) => each.surface === surface && each.secret === secret)
            .map(({ place }) => place);
          yield outcome(kind, subject, places);
        }
      }
    }
  },
};

function outcome(kind: string, subject: string, places: readonly string[]): Outcome {
  if (places.length === 0) return { kind, subject };
  const isDebug = places.every((place) => /--debug|-v=9/.test(place));
  return { kind, subject, failure: places.join("\n"), ...(isDebug && { exception: DEBUG }) };
}

// runtime/resource.ts of the SDK, `RegisterResource RPC finished: …, resp: …`.
const DEBUG =
  "With `--debug` or `-v`, Pulumi's SDK prints what providers answer, secrets included; such output is for nobody else's eyes.";

const SURFACES = ["what is printed", "state", "files left behind", "processes"] as const;
type Surface = (typeof SURFACES)[number];

interface Exposure {
  readonly secrets: readonly string[];
  readonly found: readonly (Sighting & { readonly surface: Surface })[];
}

/** Runs an installation through its life and gives where its secrets were seen. */
async function expose(target: "onprem" | "aks", engine: Engine, isVerbose: boolean): Promise<Exposure> {
  const folder = await mkdtemp(join(tmpdir(), "spacelift-secrets-"));
  const temporary = join(folder, "tmp");
  await mkdir(temporary);
  const archive = join(folder, "archive.tar.gz");
  await writeFile(archive, await placeholderArchive("v4.0.0"));
  const configuration = target === "aks" ? withoutGivenParts(fullAks(archive)) : fullConfiguration(archive);
  const given = withoutKubeconfig(configuration.secrets);
  const stack = await RehearsedStack.open({
    dir: join(folder, "stack"),
    engine,
    stack: target,
    configText: "config: {}",
    // Tests write settings as data; the program checks every one.
    config: configuration.settings as Readonly<Record<string, ConfigValue>>,
    secrets: given,
    env: { TMPDIR: temporary },
  });
  const found: (Sighting & { surface: Surface })[] = [];
  try {
    const made = await madeSecrets(stack);
    const canaries: Canaries = { ...given, ...made };
    const watch = new ProcessWatch(canaries, mayHave);
    for (const [command = "", ...args] of commandsFor(target, isVerbose)) {
      const { stdout, stderr } = await stack.run(command, args);
      const said = foundIn(stdout + stderr, canaries);
      const place = `${command} ${args.join(" ")}`;
      found.push(...said.map((secret) => ({ secret, place, surface: "what is printed" as const })));
    }
    found.push(...watch.stop().map((sighting) => ({ ...sighting, surface: "processes" as const })));
    for (const file of await filesBelow(folder, canaries)) {
      const path = relative(folder, file.path);
      const surface: Surface = path.startsWith("stack/state/") ? "state" : "files left behind";
      if (isOfTheOperator(path)) continue;
      found.push(...file.secrets.map((secret) => ({ secret, place: path, surface })));
    }
    return { secrets: Object.keys(canaries), found };
  } finally {
    await stack.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Deploys first, as what is made has to be known before anybody can look for it. */
async function madeSecrets(stack: RehearsedStack): Promise<Record<string, string>> {
  await stack.up();
  const outputs = await stack.outputs({ showSecrets: true });
  return Object.fromEntries(
    ["adminPassword", "encryptionPrivateKey", "databaseUrl", "minioSecretKey"].flatMap((name) => {
      const value = outputs[name];
      return typeof value === "string" ? [[`output ${name}`, value]] : [];
    }),
  );
}

function commandsFor(target: string, isVerbose: boolean): readonly (readonly string[])[] {
  const stack = ["--stack", target, "--non-interactive"];
  const verbose = ["-v=9", "--logtostderr", "--logflow"];
  const up = ["up", "--yes", "--skip-preview", ...stack];
  return [
    ["pulumi", "preview", "--diff", ...stack],
    ["pulumi", "config", "set", "spacelift:adminUsername", "root", ...stack],
    ["pulumi", ...up, "--debug"],
    ...(isVerbose ? [["pulumi", ...up, ...verbose]] : []),
    ["pulumi", "config", "set", "--path", "spacelift:images.archive", "/nowhere/archive.tar.gz", ...stack],
    ["pulumi", ...up],
    ["pulumi", "stack", "output", "--json", ...stack],
    ["pulumi", "stack", "export", ...stack],
    ["pulumi", "stack", "history", "--json", ...stack],
    ["spacelift", "preview", "--stack", target],
    ["spacelift", "outputs", "--stack", target],
    ["spacelift", "status", "--json", "--stack", target],
    ["spacelift", "doctor", "--stack", target],
    ["pulumi", "refresh", "--yes", "--skip-preview", ...stack],
    ["pulumi", "destroy", "--yes", "--skip-preview", "--exclude-protected", ...stack],
  ];
}

/** Which secret which process needs in its environment; any, where none is named. */
const NEEDS: readonly (readonly [command: RegExp, secret?: string])[] = [
  // The engine gives its configuration to the program in `PULUMI_CONFIG`.
  [/pulumi\/cmd\/run/],
  [/push-image\.cjs/, "registryPassword"],
  [/ empty the bucket /, "minioAdminPassword"],
];

const mayHave = (secret: string, command: string): boolean =>
  NEEDS.some(([process, needed = secret]) => process.test(command) && needed === secret);

/** What is no work of the program's: the simulated world, and the operator's own kubeconfig. */
const isOfTheOperator = (path: string): boolean => /^stack\/(world|placeholders)\//.test(path);

const withoutKubeconfig = (values: Readonly<Record<string, string>>): Record<string, string> => {
  // That of the simulated cluster is put in its place.
  const { kubeconfig: _, ...rest } = values;
  return rest;
};

/** A configuration of Azure without what would have to be there. */
const withoutGivenParts = (configuration: TestConfig): TestConfig =>
  merged(
    configuration,
    {
      tls: { challenge: undefined },
      aks: {
        dns: undefined,
        alerts: { actionGroupIds: undefined },
        cluster: { entra: undefined, logAnalyticsWorkspaceId: undefined },
        registry: { loginUrl: undefined },
      },
    },
    {},
  );
