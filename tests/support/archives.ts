import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

/** Files of a tar, by path, and where links point to. */
export async function tar(
  files: Readonly<Record<string, string | Buffer | { readonly link: string }>>,
): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) {
    const header = { name, mtime: new Date(0) };
    if (typeof content === "object" && "link" in content) {
      archive.entry({ ...header, type: "symlink", linkname: content.link });
    } else archive.entry(header, Buffer.from(content));
  }
  archive.finalize();
  return buffer(archive);
}

/** An image as `docker image save` writes it, with the manifest last, as Docker has it. */
export async function savedImage(reference: string, id: string): Promise<Buffer> {
  const manifest = [{ Config: `blobs/sha256/${id}`, RepoTags: [reference], Layers: ["layer.tar"] }];
  return tar({
    "layer.tar": "layer",
    [`blobs/sha256/${id}`]: "{}",
    "manifest.json": JSON.stringify(manifest),
  });
}

/** Writes `self-hosted-<version>.tar.gz` and gives its path. */
export async function writeArchive(
  folder: string,
  version: string,
  images: Readonly<Record<string, Buffer>>,
): Promise<string> {
  const files = Object.entries(images).map(([name, image]) => [
    `self-hosted-${version}/container-images/${name}.tar`,
    image,
  ]);
  const path = join(folder, `self-hosted-${version}.tar.gz`);
  await writeFile(path, gzipSync(await tar(Object.fromEntries(files) as Record<string, Buffer>)));
  return path;
}

/** Both images of a release. */
export const releaseImages = async (version: string): Promise<Record<string, Buffer>> => ({
  "spacelift-backend": await savedImage(`spacelift-backend:${version}`, "b".repeat(64)),
  "spacelift-launcher": await savedImage(`spacelift-launcher:${version}`, "1".repeat(64)),
});

/** Writes the directory an archive was extracted to and gives its path. */
export async function writeExtracted(
  folder: string,
  images: Readonly<Record<string, Buffer>>,
): Promise<string> {
  await mkdir(join(folder, "container-images"), { recursive: true });
  for (const [name, image] of Object.entries(images)) {
    await writeFile(join(folder, "container-images", `${name}.tar`), image);
  }
  return folder;
}
