import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chooseStack, requireStackFile, stackFileOf, stacksIn } from "../../../../cli/project/stacks";
import { scratchFolder } from "../../../support/scratch";

describe("stacks of a folder", () => {
  const folder = scratchFolder();
  const put = (...names: readonly string[]): Promise<unknown> =>
    Promise.all(names.map((name) => writeFile(join(folder(), name), "")));

  it("are those that have a file", async () => {
    await put("Pulumi.onprem.yaml", "Pulumi.aks.yml", "Pulumi.yaml", "notes.yaml");
    assert.deepEqual(stacksIn(folder()), ["aks", "onprem"]);
    assert.deepEqual(stacksIn(join(folder(), "nowhere")), []);
    assert.equal(stackFileOf(folder(), "aks"), join(folder(), "Pulumi.aks.yml"));
    assert.equal(stackFileOf(folder(), "acme/spacelift/new"), join(folder(), "Pulumi.new.yaml"));
  });

  it("need not be named when there is one, and must be when there are more or none", async () => {
    assert.throws(() => chooseStack(folder(), undefined), /no stack file/);
    await put("Pulumi.onprem.yaml");
    assert.equal(chooseStack(folder(), undefined), "onprem");
    await put("Pulumi.aks.yaml");
    assert.throws(() => chooseStack(folder(), undefined), /several stacks: aks, onprem/);
    assert.equal(chooseStack(folder(), "acme/aks"), "acme/aks");
  });

  it("a missing file is refused with the ones that are there", async () => {
    await put("Pulumi.onprem.yaml");
    assert.throws(
      () => requireStackFile(folder(), "aks"),
      /no stack file .*Pulumi\.aks\.yaml"; the folder has onprem/,
    );
    assert.equal(requireStackFile(folder(), "acme/onprem"), join(folder(), "Pulumi.onprem.yaml"));
  });
});
