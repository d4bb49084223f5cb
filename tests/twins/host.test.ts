import { strict as assert } from "node:assert";
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { startTwins, type TwinHost } from "../../rehearsal/twins";

describe("The host of the twins", () => {
  let folder: string;
  let host: TwinHost | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "host-"));
  });
  afterEach(async () => {
    await host?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const ports = (): Map<string, number> =>
    new Map(
      (host?.env["PULUMI_DEBUG_PROVIDERS"] ?? "").split(",").map((entry) => {
        const [name = "", port] = entry.split(":");
        return [name, Number(port)];
      }),
    );
  const answers = (port: number): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => {
        resolve(false);
      });
    });

  it("serves every package on a port of its own until it is closed", async () => {
    host = await startTwins({ stateDir: folder });
    const served = ports();
    assert.deepEqual([...served.keys()].sort(), [
      "azure-native",
      "command",
      "docker",
      "kubernetes",
      "minio",
      "random",
      "tls",
    ]);
    assert.equal(new Set(served.values()).size, served.size);
    for (const port of served.values()) assert.equal(await answers(port), true);
    await host.close();
    host = undefined;
    for (const port of served.values()) assert.equal(await answers(port), false);
  });

  it("sets no variable that the SDKs of providers read: a program in this process would not see it", async () => {
    host = await startTwins({ stateDir: folder });
    const read = /^(?:DOCKER_HOST|DOCKER_CERT_PATH|KUBECONFIG|MINIO_.*|PULUMI_K8S_.*|AZURE_.*)$/;
    assert.deepEqual(
      Object.keys(host.env).filter((name) => read.test(name)),
      [],
    );
  });

  it("leaves packages to the real providers when asked", async () => {
    host = await startTwins({ stateDir: folder, real: ["kubernetes", "docker"] });
    assert.deepEqual([...ports().keys()].sort(), ["azure-native", "command", "minio", "random", "tls"]);
    assert.deepEqual(host.path, []);
  });

  it("puts a docker client on the path that talks to the simulated daemon", async () => {
    host = await startTwins({ stateDir: folder });
    const env = { ...process.env, ...host.env, PATH: [...host.path, process.env["PATH"]].join(delimiter) };
    const { stdout } = await promisify(execFile)("docker", ["version"], { env });
    assert.match(stdout, /^Client: simulated/);
    assert.throws(
      () => execFileSync("docker", ["version"], { env: { PATH: env.PATH }, stdio: "pipe" }),
      /Cannot connect to the Docker daemon/,
    );
  });
});
