import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { emptyingScripts } from "../../components/platform/onprem/emptying";
import { openWorld } from "../../rehearsal/twins";
import { type ObjectStoreServer, startObjectStore } from "../../rehearsal/twins/minio/object-store";
import { buckets } from "../../rehearsal/twins/minio/tables";
import { scratchFolder } from "../support/scratch";

describe("The simulated MinIO that scripts talk to", () => {
  const folder = scratchFolder();
  let server: ObjectStoreServer | undefined;
  afterEach(() => server?.close());

  const ways = (["minio", "s3"] as const).flatMap((kind) => [true, false].map((tls) => ({ kind, tls })));
  for (const { kind, tls } of ways) {
    it(`lets the script for ${kind} empty a bucket ${tls ? "over TLS" : "without TLS"}, under whatever name it goes`, async () => {
      const world = openWorld(folder());
      server = await startObjectStore(world);
      world.change((state) => {
        const full = { acl: "private", objectLocking: false, objects: ["an-object"] };
        for (const name of ["full", "another"]) buckets.of(state).set(name, full);
      });
      const env = {
        // What the machine says of proxies must not lead around it.
        no_proxy: "*",
        HTTPS_PROXY: "http://proxy.invalid:1",
        ...server.env,
        BUCKET: "full",
        ENDPOINT: "minio.example.com:9000",
        TLS: String(tls),
        REGION: "us-east-1",
        ACCESS_KEY_ID: "minio",
        SECRET_ACCESS_KEY: "password",
      };
      const said = await new Promise<string>((done) => {
        const child = spawn(process.execPath, ["-"], { env });
        let text = "";
        child.stderr.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        child.once("close", (code) => {
          done(`${String(code)}: ${text}`);
        });
        child.stdin.end(emptyingScripts[kind]);
      });
      assert.equal(said, "0: ");
      const left = world.read((state) => buckets.of(state).entries());
      assert.deepEqual(left.map(([name, { objects }]) => [name, objects.length]).sort(), [
        ["another", 1],
        ["full", 0],
      ]);
    });
  }
});
