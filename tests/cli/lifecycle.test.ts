import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inOrder, operationTimeout } from "../engine/support";
import { writeArchive } from "../support/archives";
import { configured } from "../support/configurations";
import { buildImage } from "../support/images";
import { answersOf, cliWorld, type Ended, objects, run, spaceliftCommand } from "./support";

const ok = (ended: Ended): Ended => {
  assert.equal(ended.code, 0, ended.stdout + ended.stderr);
  return ended;
};

describe("spacelift: the life of a stack", function () {
  this.timeout(operationTimeout);
  const cli = cliWorld();
  inOrder();
  const planted = "planted-";

  it("init writes a stack file that holds every secret encrypted", async () => {
    const { spacelift, folder, world } = cli();
    const config = configured({}, { kubeconfig: world.kubeconfig });
    const { stdout } = ok(
      await spacelift(["init", "-s", "onprem", "--answers", "-"], { input: answersOf(config) }),
    );
    assert.match(stdout, /wrote Pulumi\.onprem\.yaml and Pulumi\.yaml/);
    assert.match(stdout, /spacelift up -s onprem/);
    const text = await readFile(join(folder, "Pulumi.onprem.yaml"), "utf8");
    assert.match(text, /^encryptionsalt: v1:/);
    assert.match(
      text,
      /^ {2}# Host name of the Spacelift UI and API\.\n {2}spacelift:domain: spacelift\.example\.com$/m,
    );
    assert.match(text, /spacelift:databaseUrl:\n {4}secure: v1:/);
    assert.ok(!text.includes(planted), "a secret stands in clear");
  });

  it("init refuses to overwrite it", async () => {
    const { spacelift, folder } = cli();
    const before = await readFile(join(folder, "Pulumi.onprem.yaml"), "utf8");
    const { code, stderr } = await spacelift(["init", "-s", "onprem", "--set", "target=onprem"]);
    assert.equal(code, 2);
    assert.match(stderr, /Pulumi\.onprem\.yaml" is there already/);
    assert.equal(await readFile(join(folder, "Pulumi.onprem.yaml"), "utf8"), before);
  });

  it("outputs says that nothing was deployed", async () => {
    const { code, stderr } = await cli().spacelift(["outputs"]);
    assert.equal(code, 5, stderr);
    assert.match(stderr, /has no stack "onprem"/);
  });

  it("up refuses to change things unasked", async () => {
    const { code, stderr } = await cli().spacelift(["up", "-s", "onprem"]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /fix: give `--yes`/);
  });

  it("up installs, tells what it does in plain lines, and ends with what is left to do", async () => {
    const { stdout } = ok(await cli().spacelift(["up", "-s", "onprem", "--yes", "--skip-preflight"]));
    assert.match(stdout, /\[ +[\d.]+ s\] making the plan/);
    assert.match(stdout, /plan: \d\d to create/);
    assert.match(stdout, /\d+\/\d+ {2}\+ created \S+ {2}kubernetes:core\/v1:Namespace/);
    assert.match(stdout, /^url: https:\/\/spacelift\.example\.com$/m);
    assert.match(stdout, /^next steps:\n {2}1\. /m);
    assert.ok(!stdout.includes(planted) && !stdout.includes("\u001b"));
  });

  it("an update goes on when nobody reads its output any longer", async () => {
    const { folder, env, spacelift } = cli();
    const file = join(folder, "Pulumi.onprem.yaml");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace("spacelift:domain: spacelift.", "spacelift:domain: ci."));
    const up = [...spaceliftCommand, "up", "--yes", "--skip-preflight"].map((word) => `'${word}'`).join(" ");
    const ended = await run(["bash", "-o", "pipefail", "-c"], [`${up} | head -n 1`], { cwd: folder, env });
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal(ok(await spacelift(["outputs", "url"])).stdout, "https://ci.example.com\n");
    await writeFile(file, text);
    ok(await spacelift(["up", "--yes", "--skip-preflight"]));
  });

  it("up has nothing to do the second time, and tells a program so in JSON alone", async () => {
    const ended = ok(await cli().spacelift(["up", "--yes", "--skip-preflight", "--json"]));
    const lines = objects(ended);
    assert.deepEqual(Object.keys(lines.at(-1)?.["changes"] as object), ["same"]);
    assert.equal(lines.at(-1)?.["kind"], "result");
    assert.ok(lines.some(({ kind, phase }) => kind === "phase" && phase === "update"));
    assert.equal(ended.stderr, "");
  });

  it("sbom lists charts and images", async () => {
    const { stdout } = ok(await cli().spacelift(["sbom"]));
    const { components } = JSON.parse(stdout) as {
      readonly components: readonly { readonly purl: string }[];
    };
    const purls = components.map(({ purl }) => purl.replace(/[@?].*/, ""));
    for (const wanted of ["pkg:helm/spacelift-self-hosted", "pkg:oci/spacelift-backend"])
      assert.ok(purls.includes(wanted), stdout);
  });

  it("outputs gives one value as it is, and secrets only when asked", async () => {
    const { spacelift } = cli();
    assert.equal(ok(await spacelift(["outputs", "url"])).stdout, "https://spacelift.example.com\n");
    assert.equal(ok(await spacelift(["outputs", "adminPassword"])).stdout, "[secret]\n");
    const shown = ok(await spacelift(["outputs", "adminPassword", "--show-secrets"])).stdout;
    assert.match(shown, /^\w{32}\n$/);
    const result = objects(ok(await spacelift(["outputs", "--json"]))).at(-1);
    assert.equal((result?.["outputs"] as Record<string, unknown>)["adminPassword"], undefined);
    assert.ok((result?.["withheld"] as string[]).includes("adminPassword"));
    const unknown = await spacelift(["outputs", "nothing"]);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /choose one of .*url/);
  });

  it("preview shows what a change would do, property by property", async () => {
    const { spacelift, folder } = cli();
    const file = join(folder, "Pulumi.onprem.yaml");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace("spacelift:domain: spacelift.", "spacelift:domain: ci."));
    const { stdout } = ok(await spacelift(["preview"]));
    assert.match(stdout, /^~ .*spacelift-release.*\(.*values.*\)$/m);
    assert.match(stdout, /\d+ to update/);
    await writeFile(file, text);
  });

  it("upgrade tells what is new, deploys the release and writes it into the stack file", async () => {
    const { spacelift, folder } = cli();
    const file = join(folder, "Pulumi.onprem.yaml");
    const images = `images:\n    push: true\n    archive: ./self-hosted-v3.0.0.tar.gz\n`;
    const text = (await readFile(file, "utf8")).replace(/images:\n {4}push: false\n/, images);
    await writeFile(file, text);
    await mkdir(join(folder, "archives"));
    const built = ["spacelift-backend", "spacelift-launcher"].map(
      async (name) => [name, (await buildImage(`${name}:v3.4.0`, ["a layer"])).tar] as const,
    );
    await writeArchive(join(folder, "archives"), "v3.4.0", Object.fromEntries(await Promise.all(built)));
    const upgrade = (to: string, ...more: readonly string[]): Promise<Ended> =>
      spacelift(["upgrade", "--to", to, "--yes", "--skip-preflight", ...more]);

    const without = await upgrade("v3.4.0");
    assert.equal(without.code, 2);
    assert.match(without.stderr, /fix: give `--archive \.\/self-hosted-v3\.4\.0\.tar\.gz`/);
    const far = await upgrade("v5.1.1", "--archive", "archives/self-hosted-v3.4.0.tar.gz");
    assert.equal(far.code, 2, far.stderr);
    assert.equal(await readFile(file, "utf8"), text);

    const { stdout } = ok(await upgrade("v3.4.0", "--archive", "archives/self-hosted-v3.4.0.tar.gz"));
    assert.match(
      stdout,
      /from v3\.0\.0 to v3\.4\.0.*\n {2}v3\.1\.0 {2}Sensitive outputs.*\n {2}v3\.4\.0 {2}VCS agents/,
    );
    assert.equal(
      await readFile(file, "utf8"),
      text
        .replace("spacelift:version: v3.0.0", "spacelift:version: v3.4.0")
        .replace("./self-hosted-v3.0.0.tar.gz", "./archives/self-hosted-v3.4.0.tar.gz"),
    );
    assert.equal(ok(await spacelift(["outputs", "version"])).stdout, "v3.4.0\n");
    const again = objects(ok(await spacelift(["up", "--yes", "--skip-preflight", "--json"]))).at(-1);
    assert.deepEqual(Object.keys(again?.["changes"] as object), ["same"]);
  });

  it("refresh finds everything as it was", async () => {
    assert.match(ok(await cli().spacelift(["refresh"])).stdout, /^\d+ unchanged, /m);
  });

  it("destroy keeps what is protected and says so", async () => {
    const { stdout } = ok(await cli().spacelift(["destroy", "-s", "onprem", "--yes"]));
    assert.match(stdout, /deleted/);
    assert.match(stdout, /^retained \(protected\):\n(?: {2}.*\n)*? {2}.*states/m);
  });

  it("no command leaves a file behind in the folder for temporary files", async () => {
    const temporary = await mkdtemp(join(tmpdir(), "spacelift-tmpdir-"));
    try {
      const { code, stderr } = await cli().spacelift(["preview"], { env: { TMPDIR: temporary } });
      assert.equal(code, 0, stderr);
      const left = await readdir(temporary);
      // tsx, which a compiled program does without, caches there.
      assert.deepEqual(
        left.filter((name) => !name.startsWith("tsx-") && !name.startsWith("node-compile-cache")),
        [],
      );
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  });
});
