import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { slow, slownessOf } from "../../../../automation/progress/slow";

describe("slow operations", () => {
  it("are those of resources the program makes", () => {
    const made = ["aks", "onprem"].flatMap((target) =>
      readFileSync(join(__dirname, `../../../program/${target}-identities.snapshot.txt`), "utf8")
        .split("\n")
        .map((line) => line.split(" ")[0]),
    );
    assert.deepEqual(
      Object.keys(slow).filter((type) => !made.includes(type)),
      // With `images.method: docker` alone.
      ["docker:index/registryImage:RegistryImage"],
    );
  });

  it("are told apart by what is done", () => {
    const cluster = "azure-native:containerservice:ManagedCluster";
    assert.match(slownessOf(cluster, "create-replacement")?.why ?? "", /control plane/);
    assert.match(slownessOf(cluster, "update")?.why ?? "", /node by node/);
    assert.match(slownessOf(cluster, "delete-replaced")?.why ?? "", /down/);
    assert.equal(slownessOf(cluster, "same"), undefined);
    assert.equal(slownessOf("kubernetes:core/v1:Secret", "create"), undefined);
  });
});
