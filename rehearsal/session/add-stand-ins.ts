import { access, mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Folders } from "./folders";
import { isConfigObject, type StackFile } from "./stack-file";
import { standInArchive } from "./stand-in-archive";
import { standInKubeconfig } from "./stand-in-kubeconfig";
import { standIns } from "./stand-ins";

/** Where stand-ins go, and what they must not replace. */
export interface StandInOptions {
  readonly folders: Pick<Folders, "standIns">;
  /** Folder that relative paths in the configuration start from. */
  readonly projectFolder: string;
  /** Packages served by their real providers, which need the user's own values. */
  readonly real: readonly string[];
}

/**
 * Fills a configuration with what a fresh clone does not have: secrets, the vendor's archive and a kubeconfig.
 * Values that are there stay as they are. Returns one line for people per stand-in.
 */
export async function addStandIns(config: StackFile, options: StandInOptions): Promise<string[]> {
  await mkdir(options.folders.standIns, { recursive: true });
  return [
    ...addSecrets(config, options),
    ...(await addArchive(config, options)),
    ...(await addKubeconfig(config, options)),
  ];
}

function addSecrets(config: StackFile, options: StandInOptions): string[] {
  const notes: string[] = [];
  const filled = new Set<string>();
  for (const standIn of standIns) {
    if (config.get(standIn.key) !== undefined || !standIn.needed(config)) continue;
    if (standIn.belongsTo !== undefined && options.real.includes(standIn.belongsTo)) continue;
    config.setSecret(standIn.key, standIn.make());
    filled.add(standIn.key);
    notes.push(`${standIn.key}: ${standIn.what}`);
  }
  for (const key of config.closed) {
    const name = key.slice(key.indexOf(":") + 1);
    if (filled.has(name) || config.get(key) !== undefined) continue;
    notes.push(`${name}: left out, for it is encrypted and a rehearsal opens no secret`);
  }
  return notes;
}

async function addArchive(config: StackFile, options: StandInOptions): Promise<string[]> {
  const named = config.get("images.archive");
  const version = config.get("version");
  if (typeof named !== "string" || typeof version !== "string") return [];
  if (await exists(located(named, options.projectFolder))) return [];
  const path = join(options.folders.standIns, `self-hosted-${version}.tar.gz`);
  await writeFile(path, await standInArchive(version));
  config.set("images.archive", path);
  // The checksum is that of the vendor's archive.
  config.set("images.sha256", undefined);
  return [`images.archive: an archive with two tiny images, for there is no "${named}"`];
}

async function addKubeconfig(config: StackFile, options: StandInOptions): Promise<string[]> {
  if (config.get("target") !== "onprem" || options.real.includes("kubernetes")) return [];
  if (config.get("kubeconfig") !== undefined) return [];
  // Sections of the wrong kind are for the program to complain about.
  const sections = [config.get("onprem"), config.get("onprem.kubernetes")];
  if (!sections.every((section) => section === undefined || isConfigObject(section))) return [];
  const named = config.get("onprem.kubernetes.kubeconfigPath");
  const context = config.get("onprem.kubernetes.context");
  if (typeof named === "string" && (await exists(located(named, options.projectFolder)))) return [];
  const path = join(options.folders.standIns, "kubeconfig.yaml");
  await writeFile(path, standInKubeconfig(typeof context === "string" ? context : undefined), {
    mode: 0o600,
  });
  config.set("onprem.kubernetes.kubeconfigPath", path);
  return [
    `onprem.kubernetes.kubeconfigPath: the kubeconfig of no cluster${
      typeof named === "string" ? `, for there is no "${named}"` : ""
    }`,
  ];
}

function located(path: string, folder: string): string {
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : resolve(folder, path);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
