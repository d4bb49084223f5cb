import type { RequestListener } from "node:http";
import { objectStorageCheck } from "../../../preflight/object-storage";
import { registryCheck } from "../../../preflight/registry";
import { configured } from "../../support/configurations";
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
