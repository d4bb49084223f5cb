import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ArchiveError, readArchive, readArchiveCached } from "../../../../config/files/archive";
import { releaseImages, savedImage, tar, writeArchive, writeExtracted } from "../../../support/archives";
import { scratchFolder } from "../../../support/scratch";

describe("readArchive", () => {
  const folder = scratchFolder();
  const rejects = async (path: string, message: RegExp): Promise<void> => {
    await assert.rejects(
      readArchive(path),
      (error) => error instanceof ArchiveError && message.test(error.message),
    );
  };

  it("reads images and checksum of the vendor's archive", async () => {
    const path = await writeArchive(folder(), "v3.0.0", await releaseImages("v3.0.0"));
    const archive = await readArchive(path);
    assert.deepEqual(archive, {
      path,
      extracted: false,
      sha256: createHash("sha256")
        .update(await readFile(path))
        .digest("hex"),
      images: {
        backend: {
          member: "self-hosted-v3.0.0/container-images/spacelift-backend.tar",
          reference: "spacelift-backend:v3.0.0",
          tag: "v3.0.0",
          id: "b".repeat(64),
        },
        launcher: {
          member: "self-hosted-v3.0.0/container-images/spacelift-launcher.tar",
          reference: "spacelift-launcher:v3.0.0",
          tag: "v3.0.0",
          id: "1".repeat(64),
        },
      },
    });
  });

  it("reads an extracted directory", async () => {
    const path = await writeExtracted(join(folder(), "self-hosted-v3.0.0"), await releaseImages("v3.0.0"));
    const archive = await readArchive(path);
    assert.equal(archive.extracted, true);
    assert.equal(archive.sha256, undefined);
    assert.equal(archive.images.backend.member, join(path, "container-images", "spacelift-backend.tar"));
    assert.equal(archive.images.launcher.tag, "v3.0.0");
  });

  it("rejects an archive that does not exist", async () => {
    await rejects(join(folder(), "none.tar.gz"), /^does not exist$/);
  });

  it("rejects a file that is no archive", async () => {
    const path = join(folder(), "text.tar.gz");
    await writeFile(path, "not an archive at all");
    await rejects(path, /^is damaged \(incorrect header check\); download it again$/);
  });

  it("rejects an archive that was cut off", async () => {
    const path = await writeArchive(folder(), "v3.0.0", await releaseImages("v3.0.0"));
    await truncate(path, (await stat(path)).size - 40);
    await rejects(path, /^is damaged \(.+\); download it again$/);
  });

  it("rejects an archive with a damaged image", async () => {
    const images = await releaseImages("v3.0.0");
    const path = await writeArchive(folder(), "v3.0.0", {
      ...images,
      "spacelift-launcher": Buffer.from("junk"),
    });
    await rejects(path, /^is damaged/);
  });

  it("rejects an archive without the launcher", async () => {
    const { "spacelift-backend": backend } = await releaseImages("v3.0.0");
    const path = await writeArchive(folder(), "v3.0.0", { "spacelift-backend": backend ?? Buffer.alloc(0) });
    await rejects(path, /^lacks container-images\/spacelift-launcher\.tar$/);
  });

  it("rejects an image without a manifest", async () => {
    const images = await releaseImages("v3.0.0");
    const path = await writeArchive(folder(), "v3.0.0", {
      ...images,
      "spacelift-backend": await tar({ a: "b" }),
    });
    await rejects(path, /no saved image: it has no manifest\.json/);
  });

  it("rejects a directory that is something else", async () => {
    await rejects(folder(), /^has no folder container-images$/);
  });
});

describe("readArchiveCached", () => {
  const folder = scratchFolder();

  it("reads an unchanged archive once", async () => {
    const path = await writeArchive(folder(), "v3.0.0", await releaseImages("v3.0.0"));
    const cache = join(folder(), "cache");
    await utimes(path, 1000, 1000);
    const first = await readArchiveCached(path, cache);
    // Damage that leaves size, time and inode alone is only seen by reading.
    await writeFile(path, Buffer.alloc((await stat(path)).size));
    await utimes(path, 1000, 1000);
    assert.deepEqual(await readArchiveCached(path, cache), first);
  });

  it("reads an archive that changed", async () => {
    const cache = join(folder(), "cache");
    const path = await writeArchive(folder(), "v3.0.0", await releaseImages("v3.0.0"));
    await readArchiveCached(path, cache);
    const images = await releaseImages("v3.0.0");
    await rm(path);
    const other = {
      ...images,
      "spacelift-backend": await savedImage("spacelift-backend:v3.0.0", "c".repeat(64)),
    };
    await writeArchive(folder(), "v3.0.0", other);
    assert.equal((await readArchiveCached(path, cache)).images.backend.id, "c".repeat(64));
  });

  it("rejects what is missing and remembers nothing of it", async () => {
    const path = join(folder(), "self-hosted-v3.0.0.tar.gz");
    const cache = join(folder(), "cache");
    await assert.rejects(readArchiveCached(path, cache), ArchiveError);
    await writeArchive(folder(), "v3.0.0", await releaseImages("v3.0.0"));
    assert.equal((await readArchiveCached(path, cache)).images.backend.tag, "v3.0.0");
  });
});
