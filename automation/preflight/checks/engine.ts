import { gte, valid } from "semver";
import { z } from "zod";
import { runCommand } from "../../../engine/command";
import { findOnPath } from "../../../engine/inspect";
import { MINIMUM_ENGINE_VERSION } from "../../../engine/versions";
import {
  type Check,
  type CheckContext,
  type Finding,
  type FindingName,
  type Subject,
  failed,
  passed,
  skipped,
  warning,
} from "../check";
import { type Plugin, plugins } from "./engine-plugins";

const LIST_MS = 60_000;

const versioned: FindingName = { id: "engine.version", title: "Pulumi CLI" };
const installed: FindingName = { id: "engine.plugins", title: "Provider plugins" };

const installedSchema = z.array(
  z.object({ name: z.string(), kind: z.string(), version: z.string().optional() }),
);

/** The Pulumi CLI that is going to be used. */
export interface FoundEngine {
  /** The command: a path, or a name that is looked for on PATH. */
  readonly command: string;
  /** Its version, without a leading `v`. */
  readonly version: string;
}

/** Looks at the Pulumi engine that is to be used: its version, and the plugins that the target needs. */
export const engineCheck = ({ command, version }: FoundEngine): Check => ({
  id: "engine",
  title: "Pulumi engine",
  timeoutMs: LIST_MS + 5_000,
  run: async (context) => [judgeVersion(version), await findPlugins(command, context)],
});

function judgeVersion(version: string): Finding {
  const known = valid(version);
  return known !== null && gte(known, MINIMUM_ENGINE_VERSION)
    ? passed(versioned, `Pulumi ${version}`)
    : failed(
        versioned,
        `Pulumi ${version} is older than ${MINIMUM_ENGINE_VERSION}`,
        `install the Pulumi CLI ${MINIMUM_ENGINE_VERSION} or newer`,
      );
}

async function findPlugins(pulumi: string, context: CheckContext): Promise<Finding> {
  const { env } = context;
  const attached = (env["PULUMI_DEBUG_PROVIDERS"] ?? "").split(",").map((each) => each.split(":")[0] ?? "");
  const wanted = needed(context).filter(({ name }) => !attached.includes(name));
  if (wanted.length === 0) return skipped(installed, "PULUMI_DEBUG_PROVIDERS attaches all of them");
  const ambient = await onPath(wanted, env);
  const listed = wanted.filter(({ name }) => !ambient.has(name));
  const { code, stdout, timedOut } = await runCommand(pulumi, ["plugin", "ls", "--json"], {
    env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    timeoutMs: LIST_MS,
  });
  const read = installedSchema.safeParse(code === 0 ? json(stdout) : undefined);
  if (!read.success) {
    const reason = timedOut ? `does not answer in ${LIST_MS / 1000} s` : "gives no list";
    return warning(installed, `\`pulumi plugin ls --json\` ${reason}`, "run it by hand and see what it says");
  }
  const missing = listed.filter(
    ({ name, version }) =>
      !read.data.some((each) => each.kind === "resource" && each.name === name && each.version === version),
  );
  return missing.length === 0
    ? passed(
        installed,
        wanted.map(({ name, version }) => `${name} ${ambient.get(name) ?? version}`).join(", "),
      )
    : absent(missing, isTrue(env["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"]));
}

/**
 * Plugins that are on PATH, by name, with where they are. Those the engine takes before any it installed, whatever their
 * version, unless it is told not to.
 */
async function onPath(wanted: readonly Plugin[], env: CheckContext["env"]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  if (isTrue(env["PULUMI_IGNORE_AMBIENT_PLUGINS"])) return found;
  for (const { name } of wanted) {
    const path = await findOnPath(`pulumi-resource-${name}`, env["PATH"] ?? "");
    if (path !== undefined) found.set(name, `on PATH (${path})`);
  }
  return found;
}

const isTrue = (value: string | undefined): boolean => value === "true" || value === "1";

/** The plugins that a configuration makes use of. */
function needed({ settings }: Subject): readonly Plugin[] {
  const { target, images, onprem } = settings;
  const storage = onprem?.objectStorage;
  const uses: Readonly<Record<Plugin["name"], boolean>> = {
    "azure-native": target === "aks",
    command: images.push,
    docker: target === "onprem" && images.push,
    kubernetes: true,
    minio: target === "onprem" && (storage?.createBuckets === true || storage?.createUser === true),
    random: true,
    tls: true,
  };
  return plugins().filter(({ name }) => uses[name]);
}

function absent(missing: readonly Plugin[], byHand: boolean): Finding {
  const list = missing.map(({ name, version }) => `${name} ${version}`).join(", ");
  const commands = missing.map(({ name, version }) => `pulumi plugin install resource ${name} ${version}`);
  const fix = `run \`${commands.join(" && ")}\``;
  return byHand
    ? failed(
        installed,
        `${list} not installed, and PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION keeps them from being downloaded`,
        fix,
      )
    : warning(
        installed,
        `${list} not installed; \`pulumi up\` will download what it needs`,
        `${fix} where it cannot`,
      );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Told as "gives no list".
    return undefined;
  }
}
