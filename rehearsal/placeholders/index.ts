import { access, mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { isConfigObject, type StackFile } from "../stack-file";
import { placeholderArchive } from "./archive";
import { secrets } from "./secrets";

/** Where placeholders go, and what they must not replace. */
export interface PlaceholderOptions {
  /** Folder of the files. */
  readonly folder: string;
  /** The stack file that the configuration is a copy of: what a placeholder stands for may have appeared since. */
  readonly source: StackFile;
  /** Folder that relative paths in the configuration start from. */
  readonly projectFolder: string;
  /** Packages served by their real providers, which need the user's own values. */
  readonly real: readonly string[];
  /** Writes the kubeconfig of the simulated cluster with a context of a name. */
  readonly kubeconfig: (context?: string) => string;
}

/**
 * Fills a configuration with what a fresh clone does not have: secrets, the vendor's archive and a kubeconfig.
 * Existing values stay. Returns one line for people per placeholder.
 */
export async function addPlaceholders(config: StackFile, options: PlaceholderOptions): Promise<string[]> {
  await mkdir(options.folder, { recursive: true });
  return [
    ...addSecrets(config, options),
    ...(await addArchive(config, options)),
    ...(await addKubeconfig(config, options)),
  ];
}

function addSecrets(config: StackFile, { real }: PlaceholderOptions): string[] {
  const missing = secrets.filter(
    ({ key, needed, belongsTo }) =>
      config.get(key) === undefined &&
      needed(config) &&
      (belongsTo === undefined || !real.includes(belongsTo)),
  );
  for (const { key, make } of missing) config.setSecret(key, make());
  const unreadable = [...config.unreadable].filter((key) => config.get(key) === undefined);
  return [
    ...missing.map(({ key, what }) => `${key}: ${what}`),
    ...unreadable.map(
      (key) =>
        `${key.slice(key.indexOf(":") + 1)}: left out, as it is encrypted and a rehearsal decrypts nothing`,
    ),
  ];
}

async function addArchive(config: StackFile, options: PlaceholderOptions): Promise<string[]> {
  const named = ownValue(config, "images.archive", options);
  const version = config.get("version");
  if (typeof named !== "string" || typeof version !== "string") return [];
  if (await exists(located(named, options.projectFolder))) {
    if (named !== config.get("images.archive")) {
      config.set("images.archive", named);
      config.set("images.sha256", options.source.get("images.sha256"));
    }
    return [];
  }
  const path = join(options.folder, `self-hosted-${version}.tar.gz`);
  await writeFile(path, await placeholderArchive(version));
  if (config.get("images.archive") === path) return [];
  config.set("images.archive", path);
  // The checksum is that of the vendor's archive.
  config.set("images.sha256", undefined);
  return [`images.archive: an archive with two tiny images, as "${named}" does not exist`];
}

async function addKubeconfig(config: StackFile, options: PlaceholderOptions): Promise<string[]> {
  if (config.get("target") !== "onprem" || options.real.includes("kubernetes")) return [];
  if (config.get("kubeconfig") !== undefined) return [];
  // Sections of the wrong kind are for the program to complain about.
  const sections = [config.get("onprem"), config.get("onprem.kubernetes")];
  if (!sections.every((section) => section === undefined || isConfigObject(section))) return [];
  const context = config.get("onprem.kubernetes.context");
  const path = join(options.folder, "kubeconfig.yaml");
  await writeFile(path, options.kubeconfig(typeof context === "string" ? context : undefined), {
    mode: 0o600,
  });
  if (config.get("onprem.kubernetes.kubeconfigPath") === path) return [];
  config.set("onprem.kubernetes.kubeconfigPath", path);
  return ["onprem.kubernetes.kubeconfigPath: the kubeconfig of the simulated cluster"];
}

/** A value that is no placeholder; in the place of one, that of the source. */
function ownValue(config: StackFile, path: string, { folder, source }: PlaceholderOptions): unknown {
  const value = config.get(path);
  return typeof value === "string" && value.startsWith(join(folder, "/")) ? source.get(path) : value;
}

const located = (path: string, folder: string): string =>
  path.startsWith("~/") ? join(homedir(), path.slice(2)) : resolve(folder, path);

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
