import assert from "node:assert/strict";
import { PushError } from "../../../images/errors";
import type { PushOptions, PushResult } from "../../../images/push";
import { type Mishap, withLoopbackRegistry } from "../../support/peers/loopback-registry";
import { pushLargeImage } from "../../support/pushed-image";
import { scratchFolder } from "../../support/scratch";

const QUICK = [5, 5, 5];

describe("pushing an image to a registry that fails now and then", () => {
  const folder = scratchFolder();
  const registry = withLoopbackRegistry();

  const push = (more: Partial<PushOptions> = {}): Promise<PushResult> =>
    pushLargeImage(folder(), { address: registry.address(), plainHttp: true, pauses: QUICK, ...more });

  /** Lets a thing happen to requests of a method, the first time or the first times. */
  const befall = (wanted: string, what: Mishap, times = 1): void => {
    let left = times;
    registry.mishap = ({ method }) => (method === wanted && left-- > 0 ? what : undefined);
  };
  const asked = (begin: RegExp): number => registry.seen.filter((each) => begin.test(each)).length;

  it("waits as long as a busy registry asks for, at least", async () => {
    befall("POST", { status: 429, headers: { "retry-after": "1" } });
    const began = performance.now();
    assert.match((await push()).digest, /^sha256:/);
    assert.ok(performance.now() - began >= 1_000);
  });

  it("tries again what a registry is not ready for, and tells how often it did", async () => {
    befall("GET", { status: 503 }, 3);
    assert.match((await push()).digest, /^sha256:/);
    befall("GET", { status: 503 }, Number.POSITIVE_INFINITY);
    await assert.rejects(
      push(),
      /^PushError: the registry 127\.0\.0\.1:\d+ does not take the tag v3\.0\.0 \(status 503\); gave up after 4 attempts$/,
    );
  });

  it("takes an upload up again whose connection is reset", async () => {
    befall("PATCH", "reset", 2);
    assert.match((await push()).digest, /^sha256:/);
    assert.ok(asked(/^PATCH/) >= 3, registry.seen.join("\n"));
  });

  it("finds that an upload is there whose end it did not hear of", async () => {
    befall("PUT", "answer lost", 2);
    assert.match((await push()).digest, /^sha256:/);
    // Nothing was sent a second time for it.
    assert.equal(asked(/^POST/), 4);
  });

  it("uploads a layer again that the registry lost before its end", async () => {
    befall("PUT", { status: 404, body: '{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN","message":"gone"}]}' });
    assert.match((await push()).digest, /^sha256:/);
    befall("PUT", { status: 404 }, Number.POSITIVE_INFINITY);
    await assert.rejects(
      push({ tag: "v3.0.1", repository: "another" }),
      /^PushError: the registry 127\.0\.0\.1:\d+ lost the upload of the layer sha256:\w{64}; gave up after 4 attempts$/,
    );
  });

  it("gives the end of an upload longer than other answers", async () => {
    const patience = { usualMs: 300, commitMs: 5_000 };
    befall("PUT", { delayMs: 600 });
    assert.match((await push({ patience, pauses: [] })).digest, /^sha256:/);
    befall("GET", { delayMs: 600 });
    await assert.rejects(push({ patience, pauses: [] }), (error: unknown) => {
      assert.ok(error instanceof PushError);
      return /does not answer in time; gave up after 1 attempt$/.test(error.message);
    });
  });

  it("does not wait for days, nor for an answer that drips", async () => {
    befall("POST", { status: 429, headers: { "retry-after": "999999" } });
    await assert.rejects(push(), /\(status 429\); it asks to be tried again in 16667 min$/);
    registry.mishap = ({ method }) => (method === "GET" ? "drip" : undefined);
    const patience = { usualMs: 300, commitMs: 1_000 };
    await assert.rejects(push({ patience, pauses: [] }), /does not answer in time/);
    registry.mishap = ({ method }) => (method === "PATCH" ? "drip" : undefined);
    await assert.rejects(push({ patience, pauses: [] }), /does not answer in time/);
  });

  it("does not take anything for a registry", async () => {
    befall("GET", { status: 200, body: "<html>Accept our terms</html>" });
    await assert.rejects(push(), /answers with a web page: that is no registry/);
    befall("GET", { status: 200, body: "[1]" });
    await assert.rejects(push(), /something else than a manifest for the tag v3\.0\.0: that is no registry/);
    befall("POST", { status: 307, headers: { location: "https://elsewhere.example.com" } });
    await assert.rejects(push(), /with a way to something else \(status 307\)/);
  });
});
