import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readSavedImage, type SavedImageFile } from "../../../images/saved-image";
import { writeArchive, writeExtracted } from "../../support/archives";
import { type BuiltImage, buildImage, type ImageOptions, incompressible } from "../../support/images";
import { scratchFolder } from "../../support/scratch";

const sha256 = (content: Buffer): string => `sha256:${createHash("sha256").update(content).digest("hex")}`;

describe("reading a saved image", () => {
  const folder = scratchFolder();

  const inArchive = async (image: Pick<BuiltImage, "tar" | "id">): Promise<SavedImageFile> => ({
    path: await writeArchive(folder(), "v3.0.0", {
      "spacelift-launcher": Buffer.from("not the one that is looked for"),
      "spacelift-backend": image.tar,
    }),
    extracted: false,
    member: "self-hosted-v3.0.0/container-images/spacelift-backend.tar",
    id: image.id,
  });

  const build = (options?: ImageOptions): Promise<BuiltImage> =>
    buildImage("spacelift-backend:v3.0.0", ["the base", "the program"], options);

  for (const layout of ["legacy", "oci"] as const) {
    it(`gives the layers of the ${layout} layout as they are sent, from the archive and from its directory`, async () => {
      const image = await build({ layout });
      const read = await readSavedImage(await inArchive(image));
      assert.equal(read.config.digest, `sha256:${image.id}`);
      assert.deepEqual(
        read.layers.map(({ content }) => sha256(gunzipSync(content!))),
        image.diffIds,
      );
      for (const { digest, size, content } of read.layers) {
        assert.deepEqual([digest, size], [sha256(content!), content!.length]);
      }
      const extracted = await writeExtracted(folder(), { "spacelift-backend": image.tar });
      const member = join(extracted, "container-images", "spacelift-backend.tar");
      const again = await readSavedImage({ path: extracted, extracted: true, member, id: image.id });
      assert.deepEqual(again, read);
    });
  }

  it("leaves layers alone that are compressed in the archive", async () => {
    const image = await build({ layout: "oci", gzip: true });
    const { layers } = await readSavedImage(await inArchive(image));
    assert.deepEqual(
      layers.map(({ compression, file, digest }) => [
        compression,
        `sha256:${file.slice("blobs/sha256/".length)}` === digest,
      ]),
      [
        ["gzip", true],
        ["gzip", true],
      ],
    );
  });

  it("follows the link that Docker writes for a layer which is there twice", async () => {
    const twice = await buildImage("spacelift-backend:v3.0.0", ["the same", "the same"]);
    const [diffId = ""] = twice.diffIds;
    const folderOf = diffId.slice("sha256:".length);
    // As `docker image save` of 20.10 has it, for an image built with two equal COPY.
    const Layers = [`${folderOf}/layer.tar`, "0a/layer.tar"];
    const files = {
      "0a/layer.tar": { link: `../${folderOf}/layer.tar` },
      "manifest.json": JSON.stringify([{ Config: `${twice.id}.json`, RepoTags: ["b:v1"], Layers }]),
    };
    const image = await buildImage("spacelift-backend:v3.0.0", ["the same", "the same"], { files });
    const { layers } = await readSavedImage(await inArchive(image));
    assert.deepEqual(
      layers.map(({ file }) => file),
      [`${folderOf}/layer.tar`, `${folderOf}/layer.tar`],
    );
  });

  it("keeps no large layer, so that memory has a bound", async () => {
    const image = await buildImage("spacelift-backend:v3.0.0", [incompressible(9 << 20), "small"]);
    const { layers } = await readSavedImage(await inArchive(image));
    assert.deepEqual(
      layers.map(({ content }) => content === undefined),
      [true, false],
    );
  });

  const refused = async (image: Pick<BuiltImage, "tar" | "id">, message: RegExp): Promise<void> => {
    await assert.rejects(readSavedImage(await inArchive(image)), message);
  };

  it("refuses another image than the one that was asked for", async () => {
    await refused(
      { ...(await build()), id: "0".repeat(64) },
      /is another image than was planned: the archive has changed since; run this again$/,
    );
  });

  it("refuses a layer with other content than the configuration says", async () => {
    const image = await build();
    const file = `${image.diffIds[1]!.slice("sha256:".length)}/layer.tar`;
    await refused(
      await build({ files: { [file]: "something else" } }),
      /the layer \w{64}\/layer\.tar has other content/,
    );
  });

  it("refuses several images in one, as a manifest list is saved", async () => {
    const entry = { Config: "a.json", RepoTags: ["spacelift-backend:v3.0.0"], Layers: [] };
    const files = { "manifest.json": JSON.stringify([entry, entry]) };
    await refused(await build({ files }), /holds 2 images, such as for several platforms; save one alone/);
  });

  it("refuses a foreign layer, and says what pushes it", async () => {
    const mediaType = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
    const manifest = { LayerSources: { "sha256:0": { mediaType } } };
    await refused(await build({ manifest }), /is kept elsewhere \(.*foreign.*\).*`images\.method: docker`/);
  });

  it("says so when the file of an image is gone, from the directory and as an archive", async () => {
    const gone = join(folder(), "gone.tar");
    for (const extracted of [true, false]) {
      const file = { path: gone, extracted, member: gone, id: "0".repeat(64) };
      await assert.rejects(
        readSavedImage(file),
        /^Error: is damaged \(ENOENT.*gone\.tar'\); download it again$/,
      );
    }
    // An error of the file that nobody listens to would end the process a moment later.
    await new Promise(setImmediate);
  });

  it("says that an archive is damaged that ends early, or lacks the image", async () => {
    const file = await inArchive(await build());
    await assert.rejects(readSavedImage({ ...file, member: "elsewhere.tar" }), /lacks elsewhere\.tar/);
    await truncate(file.path, 200);
    await assert.rejects(readSavedImage(file), /is damaged \(unexpected end of file\); download it again/);
  });
});
