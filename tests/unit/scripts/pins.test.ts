import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Pin, objection, pinsOf, readAnswer } from "../../../scripts/pins";

// What npm 11 printed for these on 2026-11-24.
const recorded = {
  stray: `{
  "version": "4.5.0",
  "dist-tags": {
    "latest": "1.2.1"
  },
  "deprecated": "npm marks this version deprecated."
}`,
  latest: `{
  "version": "1.2.1",
  "dist-tags": {
    "latest": "1.2.1"
  }
}`,
  none: `{
  "error": {
    "code": "E404",
    "summary": "No match found for version 9.9.9",
    "detail": "The requested resource '@pulumi/command@9.9.9' could not be found or you do not have permission to access it."
  }
}`,
  offline: `{
  "error": {
    "code": "ECONNREFUSED",
    "summary": "FetchError: request to http://127.0.0.1:9/@pulumi%2fcommand failed, reason: connect ECONNREFUSED 127.0.0.1:9",
    "detail": "If you are behind a proxy, please make sure that the 'proxy' config is set properly.  See: 'npm help config'"
  }
}`,
};

const command = (version: string): Pin => ({ name: "@pulumi/command", version });
const judge = (version: string, printed: string): string | undefined =>
  objection(command(version), readAnswer(printed));

describe("The check of the pinned Pulumi packages", () => {
  it("asks for every Pulumi package of package.json once, for the lowest version of a range", () => {
    const manifest = JSON.stringify({
      dependencies: { pg: "8.0.0" },
      devDependencies: { "@pulumi/command": "1.2.1", "@pulumi/minio": "0.17.1" },
      peerDependencies: { "@pulumi/command": "^1.2.1", "@pulumi/minio": ">=0.16.0 <1" },
    });
    assert.deepEqual(
      pinsOf(manifest).map(({ name, version }) => `${name}@${version}`),
      ["@pulumi/command@1.2.1", "@pulumi/minio@0.17.1", "@pulumi/minio@0.16.0"],
    );
    const own = pinsOf(readFileSync(resolve(__dirname, "../../../package.json"), "utf8"));
    assert.ok(own.some(({ name }) => name === "@pulumi/pulumi"));
  });

  it("accepts the release that `latest` names, and an older one", () => {
    assert.equal(judge("1.2.1", recorded.latest), undefined);
    assert.equal(judge("1.2.0", recorded.latest), undefined);
  });

  it("refuses a deprecated release and names the one to pin", () => {
    assert.equal(
      judge("4.5.0", recorded.stray),
      "@pulumi/command 4.5.0: deprecated (npm marks this version deprecated.); pin 1.2.1, the release that `latest` names",
    );
  });

  it("refuses a release that is newer than `latest`", () => {
    assert.equal(
      judge("1.3.0-alpha.1", recorded.latest),
      "@pulumi/command 1.3.0-alpha.1: newer than `latest`; pin 1.2.1, the release that `latest` names",
    );
  });

  it("refuses a release that the registry does not have", () => {
    assert.match(judge("9.9.9", recorded.none) ?? "", /^@pulumi\/command 9\.9\.9: the registry has no such/);
  });

  it("says why the registry could not be asked, and refuses nothing then", () => {
    assert.deepEqual(readAnswer(recorded.offline), { unanswered: "ECONNREFUSED" });
    assert.deepEqual(readAnswer(""), { unanswered: "npm printed no answer" });
    assert.equal(judge("4.5.0", recorded.offline), undefined);
  });
});
