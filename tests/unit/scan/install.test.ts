import assert from "node:assert/strict";
import { copyFile, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { ensurePython, pythonFolder } from "../../live/ground/python-programs";
import { checkov } from "../../live/scan/checkov/install";
import { scratchFolder } from "../../support/scratch";

describe("programs from PyPI", () => {
  const folder = scratchFolder();
  const path = process.env["PATH"];
  afterEach(() => {
    process.env["PATH"] = path;
  });

  it("keeps one installation for each version below the user's cache", () => {
    const below = join("spacelift-selfhosted-pulumi", "checkov", checkov.version);
    assert.equal(pythonFolder(checkov, { XDG_CACHE_HOME: "/cache" }), join("/cache", below));
    assert.ok(pythonFolder(checkov, { XDG_CACHE_HOME: "" }).endsWith(join(".cache", below)));
  });

  it("uses a finished installation as it is", async () => {
    process.env["PATH"] = folder();
    const installed = join(folder(), "checkov");
    await mkdir(installed);
    await copyFile(checkov.constraintsFile, join(installed, "installed-constraints.txt"));
    assert.match(await ensurePython(checkov, installed), /python(\.exe)?$/);
    assert.deepEqual(await readdir(installed), ["installed-constraints.txt"]);
  });

  it("rejects a machine without Python, saying what to install", async () => {
    process.env["PATH"] = folder();
    await assert.rejects(
      ensurePython(checkov, join(folder(), "checkov")),
      /`python3` cannot be started; checkov needs Python 3\.11 or newer with venv/,
    );
  });
});
