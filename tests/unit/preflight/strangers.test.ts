import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { objectStorageCheck } from "../../../preflight/object-storage";
import { registryCheck } from "../../../preflight/registry";
import { configured, configuredS3 } from "../../support/configurations";
import { assertBad, look, type Looked } from "../../support/peers/look";
import { withHttpServer } from "../../support/peers/loopback";

// What answers may be something else: a portal, a proxy, another service.
describe("checks of peers that are something else", () => {
  let answer: RequestListener = () => undefined;
  const server = withHttpServer((request, response) => {
    answer(request, response);
  });
  const registry = (): Promise<Looked> =>
    look(registryCheck, configured({ onprem: { registry: { address: server.address(), plainHttp: true } } }));
  const minio = (): Promise<Looked> =>
    look(
      objectStorageCheck,
      configured({ onprem: { objectStorage: { endpoint: server.address(), tls: false } } }),
    );
  const s3 = (): Promise<Looked> =>
    look(
      objectStorageCheck,
      configuredS3({ onprem: { objectStorage: { endpoint: server.address(), tls: false } } }),
    );
  const page: RequestListener = (_, response) => response.end("<!DOCTYPE html><p>Accept our terms</p>");

  it("do not take a portal's page for a registry, nor anything for a manifest", async () => {
    answer = page;
    assertBad((await registry()).finding("registry.reachable"), "failed", /web page.*: that is no registry$/);
    answer = (_, response) => response.writeHead(200, { "content-type": "application/json" }).end("[1]");
    assertBad((await registry()).finding("registry.images"), "failed", /something else than a manifest/);
  });

  it("do not take a portal's page for MinIO, nor anything for a list of buckets", async () => {
    answer = page;
    assertBad((await minio()).finding("object-storage.reachable"), "failed", /: that is not MinIO$/);
    answer = (_, response) => response.end();
    assertBad((await minio()).finding("object-storage.credentials"), "failed", /no list of buckets/);
    answer = ({ url }, response) =>
      response.end(url?.includes("accountinfo") ? "[]" : "<ListAllMyBucketsResult></ListAllMyBucketsResult>");
    assertBad((await minio()).finding("object-storage.admin"), "failed", /does not tell what .* may do/);
  });

  it("do not take a portal's page for S3, and nothing but the right XML for an answer of it", async () => {
    answer = page;
    assertBad((await s3()).finding("object-storage.reachable"), "failed", /: that is not the API of S3$/);
    answer = (_, response) => response.writeHead(403).end("<Error><Code>AccessDenied</Code></Error>");
    const denied = await s3();
    assert.equal(denied.finding("object-storage.versioning").status, "skipped");
    assert.equal(denied.finding("object-storage.lifecycle").status, "skipped");
    assertBad(
      denied.finding("object-storage.objects"),
      "failed",
      /cannot write to spacelift-states: AccessDenied/,
    );
    // A server that takes every question for the one about its buckets, and every object.
    answer = (_, response) => response.end("<ListAllMyBucketsResult></ListAllMyBucketsResult>");
    const deaf = await s3();
    assertBad(deaf.finding("object-storage.versioning"), "failed", /has no versions of objects/);
    assertBad(deaf.finding("object-storage.lifecycle"), "failed", /has no lifecycle rules/);
    assertBad(deaf.finding("object-storage.objects"), "failed", /cannot list versions in spacelift-states/);
  });

  it("say that what they wrote to S3 cannot be deleted", async () => {
    let written = "";
    answer = ({ method, url = "" }, response) => {
      const list = (root: string, content = ""): void => {
        response.end(`<${root}>${content}</${root}>`);
      };
      if (method === "PUT") written = url;
      if (method === "DELETE") response.writeHead(403).end("<Error><Code>AccessDenied</Code></Error>");
      else if (url === "/") list("ListAllMyBucketsResult");
      else if (url.includes("versions="))
        list(
          "ListVersionsResult",
          "<Version><VersionId>1</VersionId></Version><Version><VersionId>2</VersionId></Version>",
        );
      else if (url.includes("versioning=")) list("VersioningConfiguration", "<Status>Enabled</Status>");
      else if (url.includes("lifecycle=")) list("LifecycleConfiguration");
      else response.end("second");
    };
    const { status, reason, fix } = (await s3()).finding("object-storage.objects");
    assert.equal(status, "warning", reason);
    assert.equal(
      reason,
      `${written.replace("/spacelift-states/", "")} stays in spacelift-states: AccessDenied`,
    );
    assert.match(fix, /delete it with all versions, and let spacelift-access-key delete/);
  });

  it("say who stops to answer after a good beginning", async () => {
    answer = ({ url, socket }, response) => (url === "/v2/" ? response.end("{}") : socket.destroy());
    assertBad(
      (await registry()).finding("registry.login"),
      "failed",
      /^127\.0\.0\.1:\d+ answers once, and then closes the connection$/,
    );
    answer = ({ url, socket }, response) =>
      url === "/minio/health/live" ? response.end() : socket.destroy();
    assertBad((await minio()).finding("object-storage.credentials"), "failed", /then closes the connection$/);
  });
});
