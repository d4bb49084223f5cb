import assert from "node:assert/strict";
import { stateUrl } from "../../../engine/state-url";

describe("the URL of a state backend", () => {
  it("asks for no files of attributes where states are files", () => {
    assert.equal(stateUrl("file:///var/lib/pulumi"), "file:///var/lib/pulumi?metadata=skip");
    assert.equal(stateUrl("file://~?no_tmp_dir=false"), "file://~?no_tmp_dir=false&metadata=skip");
  });

  it("is left alone otherwise, and where it says so itself", () => {
    for (const url of [
      "s3://acme-state?region=eu-west-1",
      "https://api.pulumi.com",
      "file:///var?metadata=skip",
    ])
      assert.equal(stateUrl(url), url);
  });
});
