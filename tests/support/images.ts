import { createCipheriv, createHash, randomInt } from "node:crypto";
import { gzipSync } from "node:zlib";
import { tar } from "./archives";

/** An image as `docker image save` writes it, true in every digest. */
export interface BuiltImage {
  readonly tar: Buffer;
  /** Content address: the digest of its configuration, in hexadecimal. */
  readonly id: string;
  readonly diffIds: readonly string[];
}

export interface ImageOptions {
  /** `legacy`: a folder for each layer, as Docker up to 24 writes. `oci`: a blob for each. @default "legacy" */
  readonly layout?: "legacy" | "oci";
  /** Whether layers are compressed in the archive, as Docker with containerd's image store writes them. @default false */
  readonly gzip?: boolean;
  /** Further files, and others in place of those that would be there. */
  readonly files?: Readonly<Record<string, string | Buffer | { readonly link: string }>>;
  /** Further keys of the entry in manifest.json. */
  readonly manifest?: object;
}

const sha256 = (content: Buffer | string): string => createHash("sha256").update(content).digest("hex");

/** Makes an image of layers, each with one file. */
export async function buildImage(
  reference: string,
  contents: readonly (string | Buffer)[],
  { layout = "legacy", gzip = false, files = {}, manifest = {} }: ImageOptions = {},
): Promise<BuiltImage> {
  const layers = await Promise.all(contents.map((content) => tar({ "usr/share/file": content })));
  const diffIds = layers.map((layer) => `sha256:${sha256(layer)}`);
  const stored = layers.map((layer) => (gzip ? gzipSync(layer) : layer));
  const config = JSON.stringify({
    architecture: "amd64",
    os: "linux",
    created: "1970-01-01T00:00:00Z",
    config: { Entrypoint: ["/usr/share/file"] },
    rootfs: { type: "layers", diff_ids: diffIds },
    history: diffIds.map(() => ({ created: "1970-01-01T00:00:00Z", created_by: "test" })),
  });
  const id = sha256(config);
  const isOci = layout === "oci";
  const names = stored.map((layer) =>
    isOci ? `blobs/sha256/${sha256(layer)}` : `${sha256(layer)}/layer.tar`,
  );
  const Config = isOci ? `blobs/sha256/${id}` : `${id}.json`;
  return {
    id,
    diffIds,
    // Docker writes the manifest after what it names.
    tar: await tar({
      ...Object.fromEntries(names.map((name, index) => [name, stored[index]!])),
      [Config]: config,
      "manifest.json": JSON.stringify([{ Config, RepoTags: [reference], Layers: names, ...manifest }]),
      ...files,
    }),
  };
}

/** Bytes that gzip makes about half as many, as it does programs; the same for the same seed. */
export function programLike(size: number, seed: number): Buffer {
  const content = Buffer.alloc(size);
  let random = seed;
  for (let at = 0; at + 8 <= size; at += 8) {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    content.writeUInt32LE(random, at);
  }
  return content;
}

/** Bytes that nothing makes smaller; the same for the same seed. */
export function incompressible(size: number, seed = randomInt(2 ** 32)): Buffer {
  const key = createHash("sha256").update(String(seed)).digest();
  return createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(size));
}
