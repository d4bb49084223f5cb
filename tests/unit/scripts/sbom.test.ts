import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import packageFile from "../../../package.json";
import { packageSbom } from "../../../scripts/sbom";

const lock = readFileSync(join(resolve(__dirname, "../../.."), "package-lock.json"), "utf8");

describe("The bill of materials of the package", () => {
  const sbom = packageSbom(lock, "2026-01-02T03:04:05.000Z");
  const names = sbom.components.map(({ name }) => name);

  it("has every package that this one brings along, and no other", () => {
    const below = new Map(sbom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
    const reached = new Set<string>();
    const reach = (ref: string): void => {
      if (reached.has(ref)) return;
      reached.add(ref);
      for (const each of below.get(ref) ?? assert.fail(`${ref} is not described`)) reach(each);
    };
    reach(sbom.metadata.component["bom-ref"]);
    assert.deepEqual(
      [...reached].sort(),
      [sbom.metadata.component, ...sbom.components].map((each) => each["bom-ref"]).sort(),
    );
    for (const name of Object.keys(packageFile.dependencies)) assert.ok(names.includes(name), name);
    assert.ok(!names.includes("mocha"));
    assert.ok(!names.includes("@pulumi/pulumi"), "chosen by whoever installs the package");
  });

  it("says version, hash and licence of each", () => {
    for (const { name, version, hashes, licenses, purl } of sbom.components) {
      assert.match(version, /^\d+\.\d+\.\d+/, name);
      assert.match(hashes?.[0]?.content ?? "", /^[0-9a-f]{128}$/, name);
      assert.ok(licenses, `${name} says no licence`);
      assert.match(purl, /^pkg:npm\/(%40[^/]+\/)?[^/@]+@/);
    }
  });

  it("is the same whenever it is written", () => {
    assert.deepEqual(packageSbom(lock, "2026-01-02T03:04:05.000Z"), sbom);
    assert.equal(sbom.metadata.timestamp, "2026-01-02T03:04:05.000Z");
    assert.ok(!("timestamp" in packageSbom(lock).metadata));
  });
});
