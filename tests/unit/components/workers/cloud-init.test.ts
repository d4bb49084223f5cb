import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parse } from "yaml";
import { workerCloudInit } from "../../../../components/workers/cloud-init";
import { runCommand } from "../../../../peers/run-command";
import { selfSigned } from "../../../support/certificates";
import { scratchFolder } from "../../../support/scratch";

interface CloudConfig {
  readonly packages: readonly string[];
  readonly ca_certs?: { readonly trusted: readonly string[] };
  readonly write_files: readonly {
    readonly path: string;
    readonly permissions: string;
    readonly content: string;
  }[];
  readonly runcmd: readonly string[];
}

const options = { version: "v4.0.0", url: "https://spacelift.example.com", authorities: [] };
const content = ({ write_files: files }: CloudConfig, name: RegExp): string =>
  files.find(({ path }) => name.test(path))?.content ?? assert.fail(`no file ${name}`);

describe("the cloud-init of a worker", () => {
  const folder = scratchFolder();

  it("is a cloud-config with what the machine runs, and the authorities one by one", () => {
    const [first, second] = [selfSigned("First"), selfSigned("Second")].map(({ certificate }) =>
      certificate.trim(),
    );
    const text = workerCloudInit({ ...options, authorities: [first ?? "", second ?? ""] });
    assert.match(text, /^#cloud-config\n/);
    const config = parse(text) as CloudConfig;
    assert.deepEqual(
      config.ca_certs?.trusted.map((pem) => pem.trim()),
      [first, second],
    );
    assert.deepEqual(config.packages, ["ca-certificates", "curl", "docker.io"]);
    assert.match(content(config, /service$/), /^ExecStart=\/usr\/local\/sbin\/spacelift-worker$/m);
    assert.equal(config.runcmd[0], "install -d -m 0700 /etc/spacelift/pool");
    assert.equal((parse(workerCloudInit(options)) as CloudConfig).ca_certs, undefined);
  });

  // The script itself, with the paths of the machine moved into a folder: a real shell, curl and base64.
  it("starts the launcher with the token and the key of the files, and waits while they are missing", async () => {
    const script = content(parse(workerCloudInit(options)) as CloudConfig, /sbin/)
      .replace("/etc/spacelift/pool", join(folder(), "pool"))
      .replace("/usr/local/bin/spacelift-launcher", join(folder(), "launcher"));
    const path = join(folder(), "start");
    writeFileSync(path, script);
    chmodSync(path, 0o755);
    mkdirSync(join(folder(), "pool"));
    const start = async (): Promise<string> => {
      const { stdout, stderr } = await runCommand("sh", [path]);
      return stdout + stderr;
    };
    const put = (name: string, text: string): void => {
      writeFileSync(join(folder(), "pool", name), text);
    };
    assert.match(await start(), /waiting for .*pool\/token/);
    put("token", "dG9rZW4=\n");
    assert.match(await start(), /waiting for .*pool\/private\.key/);
    put("private.key", "-----BEGIN PRIVATE KEY-----\nplanted\n-----END PRIVATE KEY-----\n");
    assert.match(await start(), /waiting for .*launcher, or .*launcher-url/);
    const launcher = '#!/bin/sh\necho "$SPACELIFT_TOKEN"\necho "$SPACELIFT_POOL_PRIVATE_KEY" | base64 -d\n';
    const server = createServer((request, response) => {
      response.writeHead(request.url === "/spacelift-launcher?sig=a%2Fb" ? 200 : 404).end(launcher);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = server.address() as AddressInfo;
      put("launcher-url", `http://127.0.0.1:${port}/spacelift-launcher?sig=a%2Fb\n`);
      assert.match(await start(), /^dG9rZW4=\n-----BEGIN PRIVATE KEY-----\nplanted\n/);
    } finally {
      server.close();
    }
    // It is there now, and needs no server.
    assert.match(await start(), /^dG9rZW4=\n/);
  });
});
