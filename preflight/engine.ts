import { readFileSync } from "node:fs";
import { gte, valid } from "semver";
import { z } from "zod";
import { createsOnStorage } from "../config/onprem/storage-logins";
import { findOnPath, runCommand } from "../peers/run-command";
import { MINIMUM_ENGINE_VERSION } from "../engine/engine";
import { type Check, type CheckContext, type Finding, finding, type PreflightInput } from "./check";
import { parseJson } from "../peers/json";

const versionCheck = finding("engine.version", "Pulumi CLI");
const pluginsCheck = finding("engine.plugins", "Provider plugins");

const LIST_MS = 60_000;

const listSchema = z.array(z.object({ name: z.string(), kind: z.string(), version: z.string().optional() }));
const packageSchema = z.object({
  version: z.string(),
  pulumi: z.object({ version: z.string().optional() }),
});

/** The Pulumi CLI that is going to be used. */
export interface FoundEngine {
  /** The command: a path, or a name that is looked for on PATH. */
  readonly command: string;
  /** Without a leading `v`. */
  readonly version: string;
}

const providers = ["azure-native", "command", "docker", "kubernetes", "minio", "random", "tls"] as const;

/** A provider of this program, and the version of its plugin. */
export interface Plugin {
  readonly name: (typeof providers)[number];
  /** Without a leading `v`. */
  readonly version: string;
}

/** Every provider of this program, in the version that its installed package asks the engine for. */
export const plugins = (): readonly Plugin[] =>
  providers.map((name) => {
    const text = readFileSync(require.resolve(`@pulumi/${name}/package.json`), "utf8");
    const { version, pulumi } = packageSchema.parse(JSON.parse(text));
    return { name, version: (pulumi.version ?? version).replace(/^v/, "") };
  });

/** The Pulumi engine that is to be used: its version, and the plugins that the target needs. */
export const engineCheck = ({ command, version }: FoundEngine): Check => ({
  id: "engine",
  title: "Pulumi engine",
  timeoutMs: LIST_MS + 5_000,
  run: async (context) => [versionFinding(version), await findPlugins(command, context)],
});

function versionFinding(version: string): Finding {
  const known = valid(version);
  return known !== null && gte(known, MINIMUM_ENGINE_VERSION)
    ? versionCheck.passed(`Pulumi ${version}`)
    : versionCheck.failed(
        `Pulumi ${version} is older than ${MINIMUM_ENGINE_VERSION}`,
        `install the Pulumi CLI ${MINIMUM_ENGINE_VERSION} or newer`,
      );
}

async function findPlugins(pulumi: string, context: CheckContext): Promise<Finding> {
  const { env } = context;
  const attached = (env["PULUMI_DEBUG_PROVIDERS"] ?? "").split(",").map((each) => each.split(":")[0] ?? "");
  const wanted = neededPlugins(context).filter(({ name }) => !attached.includes(name));
  if (wanted.length === 0) return pluginsCheck.skipped("PULUMI_DEBUG_PROVIDERS attaches all of them");
  const ambient = await pluginsOnPath(wanted, env);
  const { code, stdout, timedOut } = await runCommand(pulumi, ["plugin", "ls", "--json"], {
    env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    timeoutMs: LIST_MS,
  });
  const list = listSchema.safeParse(code === 0 ? parseJson(stdout) : undefined);
  if (!list.success) {
    const reason = timedOut ? `does not answer in ${LIST_MS / 1000} s` : "gives no list";
    return pluginsCheck.warning(
      `\`pulumi plugin ls --json\` ${reason}`,
      "run it by hand and see what it says",
    );
  }
  const isInstalled = ({ name, version }: Plugin): boolean =>
    list.data.some((each) => each.kind === "resource" && each.name === name && each.version === version);
  const missing = wanted.filter((plugin) => !ambient.has(plugin.name) && !isInstalled(plugin));
  return missing.length === 0
    ? pluginsCheck.passed(
        wanted.map(({ name, version }) => `${name} ${ambient.get(name) ?? version}`).join(", "),
      )
    : missingFinding(missing, isTrue(env["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"]));
}

/**
 * Plugins that are on PATH, by name, with where they are. Those the engine takes before any it installed, whatever their
 * version, unless it is told not to.
 */
async function pluginsOnPath(
  wanted: readonly Plugin[],
  env: CheckContext["env"],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  if (isTrue(env["PULUMI_IGNORE_AMBIENT_PLUGINS"])) return found;
  for (const { name } of wanted) {
    const path = await findOnPath(`pulumi-resource-${name}`, env["PATH"] ?? "");
    if (path !== undefined) found.set(name, `on PATH (${path})`);
  }
  return found;
}

const isTrue = (value: string | undefined): boolean => value === "true" || value === "1";

function neededPlugins({ settings: { target, images, onprem } }: PreflightInput): readonly Plugin[] {
  const creates = onprem !== undefined && createsOnStorage(onprem.objectStorage);
  const uses: Readonly<Record<Plugin["name"], boolean>> = {
    "azure-native": target === "aks",
    command: images.push,
    docker: target === "onprem" && images.push,
    kubernetes: true,
    minio: target === "onprem" && creates,
    random: true,
    tls: true,
  };
  return plugins().filter(({ name }) => uses[name]);
}

function missingFinding(missing: readonly Plugin[], byHand: boolean): Finding {
  const list = missing.map(({ name, version }) => `${name} ${version}`).join(", ");
  const commands = missing.map(({ name, version }) => `pulumi plugin install resource ${name} ${version}`);
  const fix = `run \`${commands.join(" && ")}\``;
  return byHand
    ? pluginsCheck.failed(
        `${list} not installed, and PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION keeps them from being downloaded`,
        fix,
      )
    : pluginsCheck.warning(
        `${list} not installed; \`pulumi up\` will download what it needs`,
        `${fix} where it cannot`,
      );
}
