import { createHash } from "node:crypto";
import { access, mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { stringify } from "yaml";
import { isConfigObject, type StackFile } from "../stack-file";
import { SIMULATED_API_SERVER } from "../twins";
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

/** The images a release archive of the vendor holds. */
const IMAGES = ["spacelift-backend", "spacelift-launcher"] as const;

/** Makes a tiny release archive with the vendor's layout, whose images `docker image load` accepts; same bytes every time. */
export async function placeholderArchive(version: string): Promise<Buffer> {
  const folder = `self-hosted-${version}`;
  const images = await Promise.all(
    IMAGES.map(
      async (name) =>
        [`${folder}/container-images/${name}.tar`, await placeholderImage(name, version)] as const,
    ),
  );
  return gzipSync(await tar([[`${folder}/`, null], [`${folder}/container-images/`, null], ...images]));
}

/** Makes one image in the layout of `docker image save`: a manifest, a configuration and a single layer. */
export async function placeholderImage(name: string, version: string): Promise<Buffer> {
  const layer = await tar([["placeholder.txt", Buffer.from(`placeholder for ${name}:${version}\n`)]]);
  const config = json({
    architecture: "amd64",
    os: "linux",
    created: "1970-01-01T00:00:00Z",
    config: { Entrypoint: ["/placeholder"] },
    rootfs: { type: "layers", diff_ids: [`sha256:${sha256(layer)}`] },
    history: [{ created: "1970-01-01T00:00:00Z", created_by: "rehearsal" }],
  });
  const layerPath = `${sha256(layer)}/layer.tar`;
  const configPath = `${sha256(config)}.json`;
  const manifest = [{ Config: configPath, RepoTags: [`${name}:${version}`], Layers: [layerPath] }];
  return tar([
    [`${sha256(layer)}/`, null],
    [layerPath, layer],
    [configPath, config],
    ["manifest.json", json(manifest)],
  ]);
}

/** Packs files, and folders where the content is null, with fixed times and owners. */
async function tar(entries: readonly (readonly [name: string, content: Buffer | null])[]): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of entries) {
    if (content === null) archive.entry({ name, type: "directory", mtime: new Date(0), mode: 0o755 });
    else archive.entry({ name, type: "file", mtime: new Date(0), mode: 0o644 }, content);
  }
  archive.finalize();
  return buffer(archive);
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** Writes the kubeconfig of the simulated cluster, whose certificates an authority (PEM) vouches for. */
export function placeholderKubeconfig(authority: string, context = "rehearsal"): string {
  const cluster = {
    server: `https://${SIMULATED_API_SERVER}:6443`,
    "certificate-authority-data": Buffer.from(authority).toString("base64"),
  };
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": context,
    clusters: [{ name: "rehearsal", cluster }],
    users: [{ name: "rehearsal", user: { token: "token-of-nobody" } }],
    contexts: [{ name: context, context: { cluster: "rehearsal", user: "rehearsal" } }],
  });
}
