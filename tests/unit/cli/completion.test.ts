import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { complete } from "../../../cli/completion";
import { spaceliftProgram } from "../../../cli/program";
import { scratchFolder } from "../../support/scratch";

describe("completion", () => {
  const folder = scratchFolder();
  const values = (...words: readonly string[]): readonly string[] =>
    complete({ program: spaceliftProgram(), words, folder: folder() }).map(({ value }) => value);
  beforeEach(async () => {
    await writeFile(join(folder(), "Pulumi.aks.yaml"), "");
    await writeFile(join(folder(), "Pulumi.onprem.yaml"), "");
  });

  it("knows the commands, and hides its own", () => {
    assert.ok(values("").includes("rehearse") && !values("").includes("__complete"));
    assert.deepEqual(values("des"), ["destroy"]);
  });

  it("knows the options of a command", () => {
    assert.deepEqual(values("up", "--s"), ["--stack", "--skip-preflight"]);
    assert.deepEqual(values("completion", "--s"), []);
  });

  it("knows the stacks of the folder, or of the one that is named", () => {
    assert.deepEqual(values("up", "-s", ""), ["aks", "onprem"]);
    assert.deepEqual(values("up", "--yes", "--stack", "on"), ["onprem"]);
    assert.deepEqual(values("up", "-C", "/nowhere", "-s", ""), []);
  });

  it("knows the choices of an argument, and the options of a rehearsal", () => {
    assert.deepEqual(values("completion", ""), ["bash", "zsh", "fish"]);
    assert.ok(values("rehearse", "--").includes("--clock"));
    assert.deepEqual(values("rehearse", "-s", "on"), ["onprem"]);
  });

  it("offers nothing where anything may stand", () => {
    assert.deepEqual(values("up", "-C", ""), []);
    assert.deepEqual(values("outputs", "url", ""), []);
  });
});
