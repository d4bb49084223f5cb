import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { provenance } from "../../../scripts/provenance";

const tarball = Buffer.from("tarball");
const build = {
  fileName: "package-1.0.0.tgz",
  tarball,
  lockFile: Buffer.from("{}"),
  source: { commit: "0123456789abcdef0123456789abcdef01234567", date: "", isChanged: false },
  builder: "https://ci.example.com/workflows/release",
};

describe("The provenance of a tarball", () => {
  it("names the bytes, the commit, the lock file and the builder", () => {
    const digest = (algorithm: string, bytes: Buffer): string =>
      createHash(algorithm).update(bytes).digest("hex");
    assert.deepEqual(provenance(build), {
      _type: "https://in-toto.io/Statement/v1",
      subject: [
        {
          name: "package-1.0.0.tgz",
          digest: { sha256: digest("sha256", tarball), sha512: digest("sha512", tarball) },
        },
      ],
      predicateType: "https://slsa.dev/provenance/v1",
      predicate: {
        buildDefinition: {
          buildType: "urn:spacelift-selfhosted-pulumi:npm-pack:1",
          externalParameters: { command: "npm pack" },
          internalParameters: { node: process.versions.node },
          resolvedDependencies: [
            {
              name: "source",
              digest: { gitCommit: build.source.commit },
              annotations: { changed: false },
            },
            { name: "package-lock.json", digest: { sha256: digest("sha256", build.lockFile) } },
          ],
        },
        runDetails: { builder: { id: build.builder } },
      },
    });
  });

  it("names no commit where there is none", () => {
    assert.doesNotMatch(JSON.stringify(provenance({ ...build, source: undefined })), /gitCommit/);
  });
});
