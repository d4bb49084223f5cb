import assert from "node:assert/strict";
import { readArchive, type ReleaseArchive } from "../../../config/files/archive";
import { archiveCheck } from "../../../preflight/release";
import { releaseImages, writeArchive, writeExtracted } from "../../support/archives";
import { configured } from "../../support/configurations";
import { assertBad, look, type Looked } from "../../support/peers/look";
import { scratchFolder } from "../../support/scratch";

describe("archive check", () => {
  const folder = scratchFolder();

  const written = async (): Promise<ReleaseArchive> =>
    readArchive(await writeArchive(folder(), "v3.0.0", await releaseImages("v3.0.0")));

  const lookAt = (
    archive: ReleaseArchive | undefined,
    images: Readonly<Record<string, unknown>> = {},
    check = archiveCheck(),
    env: Readonly<Record<string, string>> = {},
  ): Promise<Looked> =>
    look(
      check,
      configured({ images: { push: true, archive: archive?.path ?? "./archive.tar.gz", ...images } }),
      { files: archive ? { rootCas: [], archive } : { rootCas: [] }, env },
    );

  it("is content with an archive whose checksum is set", async () => {
    const archive = await written();
    const looked = await lookAt(archive, { sha256: archive.sha256 });
    assert.deepEqual(looked.summary, [
      "archive.release passed",
      "archive.checksum passed",
      "archive.space skipped",
    ]);
  });

  it("asks for room when Docker loads the images", async () => {
    const looked = await lookAt(await written(), { method: "docker" });
    assert.equal(looked.finding("archive.space").status, "passed");
  });

  it("warns when no checksum is set, with the command that sets it", async () => {
    const archive = await written();
    const looked = await lookAt(archive);
    assertBad(
      looked.finding("archive.checksum"),
      "warning",
      /`images\.sha256` is not set/,
      new RegExp(`images\\.sha256 ${archive.sha256 ?? "?"}`),
    );
  });

  it("warns when there is too little room where it is unpacked", async () => {
    const asked: string[] = [];
    const tight = archiveCheck((where) => {
      asked.push(where);
      return Promise.resolve(1);
    });
    const looked = await lookAt(await written(), { method: "docker" }, tight, { TMPDIR: "/elsewhere" });
    assertBad(looked.finding("archive.space"), "warning", /^\/elsewhere has 0\.0 GiB free/, /TMPDIR/);
    assert.deepEqual(asked, ["/elsewhere"]);
  });

  it("unpacks nothing of a directory", async () => {
    const archive = await readArchive(await writeExtracted(folder(), await releaseImages("v3.0.0")));
    const looked = await lookAt(archive);
    assert.deepEqual(looked.summary, [
      "archive.release passed",
      "archive.checksum skipped",
      "archive.space skipped",
    ]);
  });

  it("fails when there is none to push from", async () => {
    const looked = await lookAt(undefined);
    assertBad(looked.finding("archive.release"), "failed", /no archive/, /images\.archive/);
  });

  it("is not needed when nothing is pushed", async () => {
    const looked = await look(archiveCheck(), configured());
    assert.deepEqual(looked.summary, ["archive skipped"]);
  });
});
