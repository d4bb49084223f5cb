import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ArchiveError, readArchive } from "../../../../config/files/archive";
import { releaseImages, tar, writeArchive, writeExtracted } from "../../../support/archives";
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
