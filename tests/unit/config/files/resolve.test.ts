import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ConfiguredFiles, resolveFiles } from "../../../../config/files/resolve";
import { parseConfig } from "../../../../config/parse";
import type { Problem } from "../../../../config/problems";
import { releaseImages, writeArchive, writeExtracted } from "../../../support/archives";
import { selfSigned } from "../../../support/certificates";
import { configured, raw } from "../../../support/configurations";
import { scratchFolder } from "../../../support/scratch";

describe("resolveFiles", () => {
  const folder = scratchFolder();
  const { certificate, privateKey } = selfSigned("Example CA");

  async function resolve(
    settings: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly files: ConfiguredFiles; readonly problems: readonly Problem[] }> {
    const parsed = parseConfig(raw(configured(settings)));
    assert.ok(parsed.settings, JSON.stringify(parsed.problems));
    return resolveFiles(parsed.settings, {
      projectDirectory: folder(),
      archiveCacheDirectory: join(folder(), "cache"),
    });
  }

  async function problemOf(settings: Readonly<Record<string, unknown>>): Promise<string> {
    const { problems } = await resolve(settings);
    const [problem] = problems;
    assert.ok(problem && problems.length === 1, JSON.stringify(problems));
    return `${problem.key}: ${problem.problem}`.replaceAll(folder(), "…");
  }

  const pushed = (images: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
    images: { push: true, archive: "./self-hosted-v3.0.0.tar.gz", ...images },
  });

  it("reads relative paths from the project", async () => {
    await writeArchive(folder(), "v3.0.0", await releaseImages("v3.0.0"));
    await writeFile(join(folder(), "ca.pem"), `# a comment\n${certificate}${certificate}`);
    await writeFile(join(folder(), "kubeconfig"), "clusters: []\nusers: []\n");
    const { files, problems } = await resolve({
      ...pushed(),
      rootCas: ["./ca.pem", certificate],
      onprem: {
        kubernetes: { kubeconfigPath: "kubeconfig" },
        objectStorage: { caCertificateFile: "ca.pem" },
      },
    });
    assert.deepEqual(problems, []);
    assert.equal(files.archive?.path, join(folder(), "self-hosted-v3.0.0.tar.gz"));
    assert.equal(files.kubeconfigPath, join(folder(), "kubeconfig"));
    assert.equal(files.minioCaPath, join(folder(), "ca.pem"));
    assert.equal(files.storageCa, certificate + certificate);
    assert.deepEqual(files.rootCas, [certificate + certificate, certificate, certificate + certificate]);
  });

  it("rejects more certificates than a ConfigMap takes", async () => {
    const many = certificate.repeat(Math.ceil(360_000 / certificate.length));
    assert.equal(
      await problemOf({ rootCas: [many] }),
      `rootCas: must hold at most 350 KB of certificates, got ${Math.ceil(many.length / 1000)} KB`,
    );
  });

  it("rejects an archive that is not there", async () => {
    assert.equal(
      await problemOf(pushed()),
      'images.archive: does not exist, got "…/self-hosted-v3.0.0.tar.gz"',
    );
  });

  it("rejects an archive of another release, and names it", async () => {
    await writeArchive(folder(), "v3.0.0", await releaseImages("v3.1.0"));
    assert.equal(
      await problemOf(pushed()),
      'version: must be the release in "…/self-hosted-v3.0.0.tar.gz" (v3.1.0), got "v3.0.0"',
    );
  });

  it("rejects an archive with another checksum", async () => {
    await writeArchive(folder(), "v3.0.0", await releaseImages("v3.0.0"));
    assert.match(
      await problemOf(pushed({ sha256: "0".repeat(64) })),
      /^images\.sha256: is not the checksum of "….self-hosted-v3\.0\.0\.tar\.gz", which is [0-9a-f]{64}$/,
    );
  });

  it("rejects a checksum for an extracted directory", async () => {
    await writeExtracted(join(folder(), "extracted"), await releaseImages("v3.0.0"));
    assert.equal(
      await problemOf(pushed({ archive: "./extracted", sha256: "0".repeat(64) })),
      "images.sha256: cannot be verified for an extracted directory",
    );
  });

  it("rejects a certificate that is not there", async () => {
    assert.equal(
      await problemOf({ rootCas: ["./none.pem"] }),
      'rootCas[0]: names a file that cannot be read (ENOENT), got "…/none.pem"',
    );
  });

  it("rejects a private key where a certificate is wanted, without showing it", async () => {
    const problem = await problemOf({ rootCas: [privateKey + certificate] });
    assert.equal(problem, "rootCas[0]: holds a private key: give the certificate alone");
  });

  it("rejects a certificate that is damaged, and says which", async () => {
    const damaged = certificate.replace(/\n[^-].{20}/, "\nAAAAAAAAAAAAAAAAAAAAA");
    assert.equal(
      await problemOf({ rootCas: [certificate + damaged] }),
      "rootCas[0]: holds a certificate that cannot be read, number 2",
    );
  });

  it("rejects a file without a certificate", async () => {
    await writeFile(join(folder(), "empty.pem"), "nothing");
    assert.equal(await problemOf({ rootCas: ["empty.pem"] }), "rootCas[0]: holds no PEM certificate");
  });

  it("rejects a kubeconfig that is not there", async () => {
    assert.equal(
      await problemOf({ onprem: { kubernetes: { kubeconfigPath: "./none" } } }),
      'onprem.kubernetes.kubeconfigPath: names a file that cannot be read (ENOENT), got "…/none"',
    );
  });

  it("rejects a local chart that is none", async () => {
    await mkdir(join(folder(), "chart"));
    assert.equal(
      await problemOf({ charts: { spacelift: { chart: "./chart" } } }),
      'charts.spacelift.chart: names no chart (ENOENT), got "…/chart"',
    );
  });

  it("reports the problems of all files at once", async () => {
    const { problems } = await resolve({
      ...pushed(),
      rootCas: ["./a.pem", "./b.pem"],
      onprem: { kubernetes: { kubeconfigPath: "./none" } },
    });
    assert.deepEqual(problems.map(({ key }) => key).sort(), [
      "images.archive",
      "onprem.kubernetes.kubeconfigPath",
      "rootCas[0]",
      "rootCas[1]",
    ]);
  });
});
