import assert from "node:assert/strict";
import { operationTimeout } from "../engine/support";
import { exampleOf, start } from "./support";

describe("the example of an own program", function () {
  this.timeout(operationTimeout);
  const folder = exampleOf("own-program");

  /** Rehearses the program, and gives its lines. */
  async function rehearse(): Promise<string> {
    const { ended, printed } = start(folder(), ["rehearse.ts"]);
    assert.equal(await ended, 0, printed());
    return printed();
  }

  it("makes its components and its own resources, and has nothing to change afterwards", async () => {
    const first = await rehearse();
    const made = [...first.matchAll(/^ *\+ +(\S+) (\S+) creat/gm)].map(([, type, name]) => `${type} ${name}`);
    for (const each of [
      "spacelift:onprem:ObjectStorage storage",
      "spacelift:spacelift:Spacelift spacelift",
      "minio:index:S3Bucket storage-states",
      "kubernetes:helm.sh/v3:Release spacelift-release",
      "random:index:RandomPassword admin-password",
    ]) {
      assert.ok(made.includes(each), `${each} is not among ${made.join(", ")}`);
    }
    assert.ok(!made.some((each) => /azure-native|docker|worker/.test(each)), "made more than it uses");
    assert.match(first, /url +: "https:\/\/spacelift\.example\.com"/);
    assert.match(await rehearse(), /^Resources:\n +\d+ unchanged$/m);
  });
});
