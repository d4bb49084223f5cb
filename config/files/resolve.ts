import { X509Certificate } from "node:crypto";
import { kubeconfigProblem } from "../../kubernetes/kubeconfig-text";
import { readProblem, readText } from "../../peers/files";
import { findOnPath } from "../../peers/run-command";
import { concealed } from "../concealed";
import { expandPath, isLocalChart } from "../formats";
import { type Problem, removeCommand, setCommand } from "../problems";
import type { Settings } from "../settings";
import { ArchiveError, imageRoles, type ReleaseArchive } from "./archive";
import { archiveCacheDirectory, readArchiveCached } from "./archive-cache";
import { chartProblem } from "./chart";

/** What the files named in the configuration hold. */
export interface ConfiguredFiles {
  /** The vendor's archive, when images are pushed. */
  readonly archive?: ReleaseArchive;
  /** Certificate of `tls.certificate`, PEM. */
  readonly tlsCertificate?: string;
  /** Certificates of `rootCas` and of MinIO, PEM, one chain per entry. */
  readonly rootCas: readonly string[];
  /** Certificate of `onprem.database.caCertificate`, PEM. */
  readonly databaseCa?: string;
  /** Absolute path of `onprem.objectStorage.caCertificateFile`. */
  readonly minioCaPath?: string;
  /** The same, PEM. */
  readonly storageCa?: string;
  /** Absolute path of `onprem.kubernetes.kubeconfigPath`. */
  readonly kubeconfigPath?: string;
}

export interface FileLocations {
  /** Folder that relative paths start from: that of Pulumi.yaml. */
  readonly projectDirectory: string;
  /** Folder that remembers what archives hold. @default - `~/.cache/spacelift-selfhosted-pulumi/archives` */
  readonly archiveCacheDirectory?: string;
  /** Folders in which programs are looked for. @default - the variable `PATH` */
  readonly searchPath?: string;
}

/** What a ConfigMap of 1 MiB takes twice, beside the public authorities: runs get one file with and one without them. */
const maxRootCaBytes = 350_000;

/** More than the certificates of every public authority take, with comments. */
const maxCertificateBytes = 1024 * 1024;

/** Slightly more than a kubeconfig may have, which then says so itself. */
const maxKubeconfigBytes = 1024 * 1024;

/** A path as messages show it: in whole, unless it is none. */
const shown = (path: string): string => concealed(path, 400);

/** Reads every file the settings name and reports every problem with them. */
export async function resolveFiles(
  settings: Settings,
  locations: FileLocations,
): Promise<{ readonly files: ConfiguredFiles; readonly problems: readonly Problem[] }> {
  const problems: Problem[] = [];
  const { projectDirectory } = locations;
  const take = <T>(result: FileResult<T> | undefined): T | undefined => {
    if (result && "problem" in result) problems.push(result.problem);
    return result && "value" in result ? result.value : undefined;
  };
  const certificates = async (key: string, source: string | undefined): Promise<string | undefined> =>
    source === undefined ? undefined : take(await readCertificates(key, source, projectDirectory));
  const { tls, onprem, rootCas } = settings;
  const minioCa = onprem?.objectStorage.caCertificateFile;

  const [archive, tlsCertificate, databaseCa, minioCaPem, kubeconfigPath, ...rootCaPems] = await Promise.all([
    resolveArchive(settings, locations).then(take),
    certificates("tls.certificate", "certificate" in tls ? tls.certificate : undefined),
    certificates("onprem.database.caCertificate", onprem?.database.caCertificate),
    certificates("onprem.objectStorage.caCertificateFile", minioCa),
    resolveKubeconfig(onprem?.kubernetes.kubeconfigPath, projectDirectory).then(take),
    ...rootCas.map((source, index) => certificates(`rootCas[${index}]`, source)),
    kubeloginProblem(settings, locations.searchPath ?? process.env["PATH"] ?? "").then((problem) => {
      if (problem) problems.push(problem);
      return undefined;
    }),
    ...Object.entries(settings.charts).map(async ([name, chart]) => {
      const problem =
        typeof chart === "object" ? await localChart(name, chart.chart, projectDirectory) : undefined;
      if (problem) problems.push(problem);
      return undefined;
    }),
  ]);
  const trusted = [...rootCaPems, minioCaPem].filter((pem) => pem !== undefined);
  const bytes = trusted.reduce((sum, pem) => sum + Buffer.byteLength(pem), 0);
  if (bytes > maxRootCaBytes) {
    problems.push({
      key: "rootCas",
      problem: `must hold at most ${maxRootCaBytes / 1000} KB of certificates, got ${Math.ceil(bytes / 1000)} KB`,
      fix: "give the roots that your own servers need alone: the public ones are trusted anyway",
    });
  }
  const files: ConfiguredFiles = {
    ...(archive && { archive }),
    ...(tlsCertificate !== undefined && { tlsCertificate }),
    ...(databaseCa !== undefined && { databaseCa }),
    ...(minioCaPem !== undefined && { storageCa: minioCaPem }),
    ...(minioCa !== undefined && { minioCaPath: expandPath(minioCa, projectDirectory) }),
    ...(kubeconfigPath !== undefined && { kubeconfigPath }),
    rootCas: trusted,
  };
  return { files, problems };
}

async function resolveArchive(
  { images, version }: Settings,
  locations: FileLocations,
): Promise<FileResult<ReleaseArchive> | undefined> {
  if (!images.push || images.archive === undefined) return undefined;
  const path = expandPath(images.archive, locations.projectDirectory);
  const fail = (key: string, problem: string, fix: string): FileResult<ReleaseArchive> => ({
    problem: { key, problem, fix },
  });
  const another = setCommand("images.archive", `./self-hosted-${version}.tar.gz`);
  try {
    const archive = await readArchiveCached(path, locations.archiveCacheDirectory ?? archiveCacheDirectory());
    if (images.sha256 !== undefined && archive.extracted) {
      return fail(
        "images.sha256",
        "cannot be verified for an extracted directory",
        removeCommand("images.sha256"),
      );
    }
    if (images.sha256 !== undefined && images.sha256 !== archive.sha256) {
      const problem = `is not the checksum of ${shown(path)}, which is ${archive.sha256 ?? ""}`;
      return fail("images.sha256", problem, "download the archive again, or correct the checksum");
    }
    const wrong = imageRoles.filter((role) => archive.images[role].tag !== version);
    const found = wrong[0] && archive.images[wrong[0]].tag;
    return found === undefined
      ? { value: archive }
      : fail(
          "version",
          `must be the release in ${shown(path)} (${found}), got "${version}"`,
          `${setCommand("version", found)}, or ${another}`,
        );
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    return fail("images.archive", `${error.message}, got ${shown(path)}`, another);
  }
}

async function resolveKubeconfig(
  source: string | undefined,
  projectDirectory: string,
): Promise<FileResult<string> | undefined> {
  if (source === undefined) return undefined;
  const path = expandPath(source, projectDirectory);
  const key = "onprem.kubernetes.kubeconfigPath";
  const fail = (what: string): FileResult<string> => ({
    problem: {
      key,
      problem: `names a file that ${what}, got ${shown(path)}`,
      fix: setCommand(key, "~/.kube/config"),
    },
  });
  let text: string;
  try {
    text = await readText(path, maxKubeconfigBytes);
  } catch (error) {
    return fail(`cannot be read (${readProblem(error)})`);
  }
  const problem = kubeconfigProblem(text);
  return problem === undefined ? { value: path } : fail(problem);
}

async function localChart(
  name: string,
  chart: string | undefined,
  projectDirectory: string,
): Promise<Problem | undefined> {
  if (chart === undefined || !isLocalChart(chart)) return undefined;
  const path = expandPath(chart, projectDirectory);
  const key = `charts.${name}.chart`;
  const fix = `${setCommand(key, "./charts/spacelift-self-hosted")}, or ${removeCommand(key)}`;
  const fail = (why: string): Problem => ({
    key,
    problem: `names no chart (${why}), got ${shown(path)}`,
    fix,
  });
  try {
    const problem = await chartProblem(path);
    return problem === undefined ? undefined : fail(problem);
  } catch (error) {
    return fail(readProblem(error));
  }
}

const pemBegin = /-----BEGIN CERTIFICATE-----/g;
const pemCertificates = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** What reading a file gives: the value, or the problem to report. */
type FileResult<T> = { readonly value: T } | { readonly problem: Problem };

/**
 * Reads a certificate (chain) that is given in line or as the path of a file.
 *
 * @returns the PEM text with one certificate after another and a final line break, without anything around them.
 */
async function readCertificates(
  key: string,
  source: string,
  projectDirectory: string,
): Promise<FileResult<string>> {
  const fail = (problem: string): FileResult<string> => ({
    problem: { key, problem, fix: setCommand(key, "./certificate.pem") },
  });
  const inline = source.includes("-----BEGIN");
  let text = source;
  if (!inline) {
    const path = expandPath(source, projectDirectory);
    try {
      text = await readText(path, maxCertificateBytes);
    } catch (error) {
      return fail(`names a file that cannot be read (${readProblem(error)}), got ${shown(path)}`);
    }
  }
  if (text.includes("PRIVATE KEY-----")) return fail("holds a private key: give the certificate alone");
  const certificates = text.match(pemCertificates);
  const begun = text.match(pemBegin)?.length ?? 0;
  if (begun === 0) return fail("holds no PEM certificate");
  if (certificates?.length !== begun) return fail("holds a certificate that has no end");
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch {
      // OpenSSL's words name byte offsets; which certificate it is helps more.
      return fail(`holds a certificate that cannot be read, number ${index + 1}`);
    }
  }
  return { value: `${certificates.join("\n")}\n` };
}

/**
 * The problem of a cluster that is entered with Entra ID when the binary for it is missing. Found out here, it costs
 * nothing; later, a cluster would be there that nothing can be installed into.
 *
 * @param searchPath folders as in the variable `PATH`
 */
async function kubeloginProblem(
  { target, aks }: Pick<Settings, "target" | "aks">,
  searchPath: string,
): Promise<Problem | undefined> {
  if (target !== "aks" || aks?.cluster.entra === undefined) return undefined;
  if ((await findOnPath("kubelogin", searchPath)) !== undefined) return undefined;
  return {
    key: "aks.cluster.entra",
    problem: "needs kubelogin, which is not on the PATH",
    fix: `install it with \`az aks install-cli\`, or ${removeCommand("aks.cluster.entra")}`,
  };
}
