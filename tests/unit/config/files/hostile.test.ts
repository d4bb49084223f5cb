import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { resolveFiles } from "../../../../config/files/resolve";
import { parseConfig } from "../../../../config/parse";
import { releaseImages, savedImage, tar, writeArchive } from "../../../support/archives";
import { selfSigned } from "../../../support/certificates";
import { configured, raw, samples } from "../../../support/configurations";
import { scratchFolder } from "../../../support/scratch";

describe("files that are not what they should be", () => {
  const folder = scratchFolder();
  const { certificate } = selfSigned("Example CA");

  async function problemOf(settings: Readonly<Record<string, unknown>>): Promise<string> {
    const parsed = parseConfig(raw(configured(settings)));
    assert.ok(parsed.settings, JSON.stringify(parsed.problems));
    const began = performance.now();
    const { problems } = await resolveFiles(parsed.settings, {
      projectDirectory: folder(),
      archiveCacheDirectory: join(folder(), "cache"),
    });
    assert.ok(performance.now() - began < 5_000);
    return problems
      .map(({ key, problem }) => `${key}: ${problem}`.replaceAll(folder(), "…"))
      .sort()
      .join("\n");
  }

  const archive = { images: { push: true, archive: "./a.tar.gz" } };
  const ca = { rootCas: ["./ca.pem"] };
  const kubeconfig = { onprem: { kubernetes: { kubeconfigPath: "./kubeconfig" } } };
  const chart = { charts: { spacelift: { chart: "./chart" } } };
  const pipe = (name: string): string => execFileSync("mkfifo", [join(folder(), name)], { encoding: "utf8" });
  const packed = async (files: Parameters<typeof tar>[0]): Promise<void> => {
    await writeFile(join(folder(), "a.tar.gz"), gzipSync(await tar(files)));
  };

  it("does not wait for a pipe", async () => {
    for (const name of ["a.tar.gz", "ca.pem", "kubeconfig", "chart"]) pipe(name);
    assert.equal(
      await problemOf({ ...archive, ...ca, ...kubeconfig, ...chart }),
      [
        'onprem.kubernetes.kubeconfigPath: names a file that cannot be read (is no regular file), got "…/kubeconfig"',
        'rootCas[0]: names a file that cannot be read (is no regular file), got "…/ca.pem"',
        'charts.spacelift.chart: names no chart (is no regular file), got "…/chart"',
        'images.archive: is no regular file, got "…/a.tar.gz"',
      ]
        .sort()
        .join("\n"),
    );
  });

  it("does not read without end", async () => {
    assert.equal(
      await problemOf({ rootCas: ["/dev/zero"] }),
      'rootCas[0]: names a file that cannot be read (is no regular file), got "/dev/zero"',
    );
    await writeFile(join(folder(), "ca.pem"), "#".repeat(2_000_000));
    assert.equal(
      await problemOf(ca),
      'rootCas[0]: names a file that cannot be read (has more than 1024 KB), got "…/ca.pem"',
    );
  });

  it("gives up on an archive that unpacks without end", async () => {
    await packed({ "a/container-images/spacelift-backend.tar": Buffer.alloc(200_000_000) });
    assert.equal(
      await problemOf(archive),
      'images.archive: is damaged (it unpacks to more than 50 times its size); download it again, got "…/a.tar.gz"',
    );
  });

  it("rejects images outside of the archive's folder, and two of one kind", async () => {
    const image = await savedImage("spacelift-backend:v3.0.0", "b".repeat(64));
    for (const at of ["../", "/", "--to-command=sh/", "a/../../"]) {
      const name = `${at}container-images/spacelift-backend.tar`;
      await packed({ [name]: image });
      assert.equal(
        await problemOf(archive),
        `images.archive: holds "${name}", which leads out of it, got "…/a.tar.gz"`,
      );
    }
    const names = ["a", "b"].map((each) => `${each}/container-images/spacelift-backend.tar`);
    await packed(Object.fromEntries(names.map((name) => [name, image])));
    assert.equal(
      await problemOf(archive),
      'images.archive: holds two files container-images/spacelift-backend.tar, got "…/a.tar.gz"',
    );
  });

  it("quotes nothing of a manifest that is none", async () => {
    const id = "b".repeat(64);
    const layout = { Config: `blobs/sha256/${id}`, RepoTags: ["spacelift-backend:v3.0.0"] };
    const manifests = {
      planted: "has a manifest.json that is not understood",
      "[]": "has a manifest.json that is not understood",
      [JSON.stringify([{ ...layout, Config: "../../planted" }])]:
        "has a manifest.json that is not understood",
      [JSON.stringify([{ ...layout, RepoTags: null }])]: "holds an image without a tag",
      [JSON.stringify([{ ...layout, RepoTags: ["localhost:5000/planted"] }])]: "holds an image without a tag",
    };
    for (const [manifest, message] of Object.entries(manifests)) {
      const image = await tar({ "manifest.json": manifest });
      await writeArchive(folder(), "v3.0.0", {
        ...(await releaseImages("v3.0.0")),
        "spacelift-backend": image,
      });
      const problem = await problemOf({ images: { push: true, archive: "./self-hosted-v3.0.0.tar.gz" } });
      assert.match(
        problem,
        new RegExp(`^images.archive: is damaged \\(.*spacelift-backend.tar ${message}\\); `),
      );
      assert.doesNotMatch(problem, /planted|\n/);
    }
    const large = await tar({ "manifest.json": "[".repeat(2_000_000) });
    await packed({ "a/container-images/spacelift-backend.tar": large });
    assert.match(await problemOf(archive), /manifest\.json of .*spacelift-backend\.tar is too large/);
  });

  it("forgets what it remembers of an archive and cannot read", async () => {
    await writeArchive(folder(), "v3.0.0", await releaseImages("v3.0.0"));
    const settings = { images: { push: true, archive: "./self-hosted-v3.0.0.tar.gz" } };
    assert.equal(await problemOf(settings), "");
    const [file = ""] = execFileSync("ls", [join(folder(), "cache")], { encoding: "utf8" }).split("\n");
    await writeFile(join(folder(), "cache", file), '{"path":');
    assert.equal(await problemOf(settings), "");
  });

  it("rejects a certificate without an end, however often one begins", async () => {
    await writeFile(join(folder(), "ca.pem"), "-----BEGIN CERTIFICATE-----\n".repeat(35_000));
    assert.equal(await problemOf(ca), "rootCas[0]: holds a certificate that has no end");
    await writeFile(join(folder(), "ca.pem"), certificate.replace(/-----END.*/, "") + certificate);
    assert.equal(await problemOf(ca), "rootCas[0]: holds a certificate that has no end");
    await writeFile(join(folder(), "ca.pem"), certificate.replaceAll("\n", "\r\n"));
    assert.equal(await problemOf(ca), "");
  });

  it("shows no key that stands where a path is wanted", async () => {
    const base64 = Buffer.from(samples.rsaPem).toString("base64");
    const problem = await problemOf({ rootCas: [base64] });
    assert.match(problem, /^rootCas\[0\]: names a file that cannot be read \(ENAMETOOLONG\)/);
    assert.ok(!problem.includes(base64.slice(20, 40)), problem);
  });

  it("rejects a kubeconfig that is none", async () => {
    for (const [text, message] of [
      ["", "holds no `clusters` and `users`"],
      ["clusters: [", "is not YAML"],
      ["clusters:\n\t- name: a\nusers: []\n", "is not YAML"],
      ["clusters: []\nusers: []\nusers: []\n", "has a key twice"],
      ["[".repeat(300_000), "is nested more than 64 levels deep"],
    ] as const) {
      await writeFile(join(folder(), "kubeconfig"), text);
      assert.equal(
        await problemOf(kubeconfig),
        `onprem.kubernetes.kubeconfigPath: names a file that ${message}, got "…/kubeconfig"`,
      );
    }
  });

  it("rejects a chart that Helm would not read", async () => {
    const right = "apiVersion: v2\nname: spacelift-self-hosted\nversion: 0.62.0\n";
    await mkdir(join(folder(), "chart"));
    for (const [text, message] of [
      ["name: [", "its Chart.yaml is not YAML"],
      ["name: spacelift", "its Chart.yaml has no apiVersion, name and version"],
      ["#".repeat(100_000), "has more than 64 KB"],
    ] as const) {
      await writeFile(join(folder(), "chart", "Chart.yaml"), text);
      assert.equal(
        await problemOf(chart),
        `charts.spacelift.chart: names no chart (${message}), got "…/chart"`,
      );
    }
    await writeFile(join(folder(), "chart", "Chart.yaml"), right);
    assert.equal(await problemOf(chart), "");
    await rm(join(folder(), "chart"), { recursive: true });
    await writeFile(join(folder(), "chart"), "no package");
    assert.match(await problemOf(chart), /names no chart \(it is no package: incorrect header check\)/);
    await writeFile(join(folder(), "chart"), gzipSync(await tar({ "values.yaml": "a: 1" })));
    assert.match(await problemOf(chart), /names no chart \(it holds no Chart.yaml\)/);
    await writeFile(join(folder(), "chart"), gzipSync(await tar({ "a/Chart.yaml": right, "a/b": "c" })));
    assert.equal(await problemOf(chart), "");
  });
});
