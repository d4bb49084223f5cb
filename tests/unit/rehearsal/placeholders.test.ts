import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { extract } from "tar-stream";
import { parse } from "yaml";
import { addPlaceholders, placeholderArchive, placeholderKubeconfig } from "../../../rehearsal/placeholders";
import { StackFile } from "../../../rehearsal/stack-file";

const ONPREM = `
config:
  spacelift:target: onprem
  spacelift:version: v3.0.0
  spacelift:images: { archive: ./self-hosted-v3.0.0.tar.gz, sha256: abc }
  spacelift:onprem:
    kubernetes: { kubeconfigPath: ./kubeconfig, context: lab }
    registry: { address: registry.example.com, username: pusher }
    objectStorage: { endpoint: minio.example.com, adminUser: admin }
`;

/** Unpacks a tar into its files by path. */
async function untar(bytes: Buffer): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for await (const entry of Readable.from([bytes]).pipe(extract())) {
    const content = await buffer(entry);
    if (entry.header.type === "file") files.set(entry.header.name, content);
  }
  return files;
}

/** Reads a string of a configuration. */
function text(config: StackFile, path: string): string {
  const value = config.get(path);
  return typeof value === "string" ? value : assert.fail(`\`${path}\` is no string`);
}

describe("addPlaceholders", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "stand-ins-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const source = new StackFile(ONPREM, "spacelift");
  const fill = async (config: StackFile, real: string[] = []): Promise<string[]> =>
    addPlaceholders(config, {
      folder: join(folder, "placeholders"),
      source,
      projectFolder: folder,
      real,
      kubeconfig: (context) => placeholderKubeconfig("PEM", context),
    });

  it("gives a fresh clone every secret, the archive and a kubeconfig", async () => {
    const config = new StackFile(ONPREM, "spacelift");
    const notes = await fill(config);
    for (const key of ["licenseToken", "databaseUrl", "minioAdminPassword", "registryPassword"]) {
      const value = text(config, key);
      assert.ok(notes.some((note) => note.startsWith(`${key}: `)));
      assert.ok(!notes.join().includes(value), "a note never holds the value");
    }
    assert.equal(config.get("images.sha256"), undefined);
    const kubeconfig: unknown = parse(
      await readFile(text(config, "onprem.kubernetes.kubeconfigPath"), "utf8"),
    );
    assert.equal(Reflect.get(Object(kubeconfig), "current-context"), "lab");
    assert.ok((await readFile(text(config, "images.archive"))).length > 0);
  });

  it("gives the same values on every run", async () => {
    const values = async (): Promise<unknown[]> => {
      const config = new StackFile(ONPREM, "spacelift");
      await fill(config);
      return ["licenseToken", "databaseUrl", "minioAdminPassword", "images.archive"].map((key) =>
        config.get(key),
      );
    };
    assert.deepEqual(await values(), await values());
  });

  it("makes others when the configuration changes, and gives way to the real thing", async () => {
    const config = new StackFile(ONPREM, "spacelift");
    await fill(config);
    config.set("version", "v3.1.0");
    await fill(config);
    assert.match(text(config, "images.archive"), /placeholders\/self-hosted-v3\.1\.0\.tar\.gz$/);
    await writeFile(join(folder, "self-hosted-v3.0.0.tar.gz"), "");
    assert.deepEqual(await fill(config), []);
    assert.equal(config.get("images.archive"), "./self-hosted-v3.0.0.tar.gz");
    assert.equal(config.get("images.sha256"), "abc");
  });

  it("leaves what exists as it is", async () => {
    await writeFile(join(folder, "self-hosted-v3.0.0.tar.gz"), "");
    const config = new StackFile(ONPREM, "spacelift");
    config.setSecret("licenseToken", "mine");
    const notes = await fill(config);
    assert.equal(config.get("licenseToken"), "mine");
    assert.equal(config.get("images.archive"), "./self-hosted-v3.0.0.tar.gz");
    assert.equal(config.get("images.sha256"), "abc");
    assert.deepEqual(notes.map((note) => note.split(":")[0]).sort(), [
      "databaseUrl",
      "minioAdminPassword",
      "onprem.kubernetes.kubeconfigPath",
      "registryPassword",
    ]);
  });

  it("keeps the operator's own cluster out, unless Kubernetes is real", async () => {
    await writeFile(join(folder, "kubeconfig"), "");
    const config = new StackFile(ONPREM, "spacelift");
    await fill(config);
    assert.match(text(config, "onprem.kubernetes.kubeconfigPath"), /placeholders\/kubeconfig\.yaml$/);
    const real = new StackFile(ONPREM, "spacelift");
    await fill(real, ["kubernetes"]);
    assert.equal(real.get("onprem.kubernetes.kubeconfigPath"), "./kubeconfig");
  });

  it("makes nothing up for a provider that is real", async () => {
    const config = new StackFile(ONPREM, "spacelift");
    await fill(config, ["minio", "docker", "kubernetes"]);
    assert.equal(config.get("minioAdminPassword"), undefined);
    assert.equal(config.get("registryPassword"), undefined);
  });

  it("makes up only what the stack needs", async () => {
    const config = new StackFile("config: { spacelift:target: other }", "spacelift");
    assert.deepEqual(
      (await fill(config)).map((note) => note.split(":")[0]),
      ["licenseToken"],
    );
  });

  it("says which encrypted secrets it left out", async () => {
    const config = new StackFile("config: { spacelift:adminPassword: { secure: 'v1:a:b' } }", "spacelift");
    assert.ok((await fill(config)).some((note) => note.startsWith("adminPassword: left out")));
  });
});

describe("placeholderArchive", () => {
  it("has the vendor's layout around images as `docker image save` writes them", async () => {
    const files = await untar(gunzipSync(await placeholderArchive("v3.0.0")));
    assert.deepEqual(
      [...files.keys()],
      [
        "self-hosted-v3.0.0/container-images/spacelift-backend.tar",
        "self-hosted-v3.0.0/container-images/spacelift-launcher.tar",
      ],
    );
    const image = await untar(files.get("self-hosted-v3.0.0/container-images/spacelift-backend.tar")!);
    const manifest: unknown = JSON.parse(image.get("manifest.json")!.toString());
    assert.ok(Array.isArray(manifest));
    const { RepoTags, Config, Layers } = Object(manifest[0]) as Record<string, string | string[]>;
    assert.deepEqual(RepoTags, ["spacelift-backend:v3.0.0"]);
    assert.ok(image.has(String(Config)));
    assert.ok(image.has(String(Layers?.[0])));
  });

  it("has the same bytes every time", async () => {
    assert.ok((await placeholderArchive("v3.0.0")).equals(await placeholderArchive("v3.0.0")));
  });
});
