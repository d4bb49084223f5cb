import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

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
