import assert from "node:assert/strict";
import { appendFile, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ArchiveError } from "../../../../config/files/archive";
import { readArchiveCached } from "../../../../config/files/archive-cache";
import { releaseImages, savedImage, writeArchive } from "../../../support/archives";
import { scratchFolder } from "../../../support/scratch";

describe("readArchiveCached", () => {
  const folder = scratchFolder();
  const cache = (): string => join(folder(), "cache");
  const archiveOf = async (id: string): Promise<string> =>
    writeArchive(folder(), "v3.0.0", {
      ...(await releaseImages("v3.0.0")),
      "spacelift-backend": await savedImage("spacelift-backend:v3.0.0", id.repeat(64)),
    });
  const idIn = async (path: string): Promise<string> =>
    (await readArchiveCached(path, cache())).images.backend.id.slice(0, 1);

  it("reads an unchanged archive once", async () => {
    const path = await archiveOf("b");
    const first = await readArchiveCached(path, cache());
    const [remembered = ""] = await readdir(cache());
    const file = join(cache(), remembered);
    await writeFile(file, (await readFile(file, "utf8")).replaceAll("b".repeat(64), "a".repeat(64)));
    assert.equal(first.images.backend.id, "b".repeat(64));
    assert.equal(await idIn(path), "a");
  });

  it("reads an archive that changed, whatever is done to its size, name and time", async () => {
    const path = await archiveOf("b");
    assert.equal(await idIn(path), "b");
    const { atime, mtime, size } = await stat(path);
    await archiveOf("c");
    // Compressed, they need not be of one length; what follows an archive is ignored.
    const now = await stat(path);
    if (now.size < size) await appendFile(path, Buffer.alloc(size - now.size));
    await utimes(path, atime, mtime);
    assert.equal(await idIn(path), "c");
    await rename(await archiveOf("d"), `${path}.new`);
    await rename(`${path}.new`, path);
    assert.equal(await idIn(path), "d");
  });

  it("rejects one that changes while it is read, and remembers nothing of it", async () => {
    const path = await archiveOf("b");
    const read = new AbortController();
    const reading = readArchiveCached(path, cache()).finally(() => {
      read.abort();
    });
    const writing = (async () => {
      while (!read.signal.aborted) await appendFile(path, Buffer.alloc(512));
    })();
    await assert.rejects(reading, /^Error: changed while it was read; run this again when it is complete$/);
    await writing;
    assert.equal(await idIn(path), "b");
  });

  it("reads an archive all the same where nothing can be remembered", async () => {
    await writeFile(cache(), "no folder can be made here");
    assert.equal(await idIn(await archiveOf("b")), "b");
  });

  it("rejects what is missing and remembers nothing of it", async () => {
    const path = join(folder(), "self-hosted-v3.0.0.tar.gz");
    await assert.rejects(readArchiveCached(path, cache()), ArchiveError);
    await archiveOf("b");
    assert.equal(await idIn(path), "b");
    await rm(path);
    await assert.rejects(readArchiveCached(path, cache()), ArchiveError);
  });
});
