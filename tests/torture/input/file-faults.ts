import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveFiles } from "../../../config/files/resolve";
import { parseConfig } from "../../../config/parse";
import { formatProblems } from "../../../config/problems";
import { connectCluster } from "../../../kubernetes/kube-client";
import { KubeError } from "../../../kubernetes/kube-error";
import { configured, raw } from "../../support/configurations";
import type { Outcome } from "../experiment";
import { archives } from "./archives";
import { MOST_MB, MOST_MS } from "./judge";
import { certificates, charts, kubeconfigs, plugins } from "./small-files";

/** Makes what is wrong, in a folder of its own. */
export type Make = (folder: string) => Promise<unknown>;

interface FileFault {
  readonly kind: string;
  readonly subject: string;
  readonly make: Make;
  /** What it is answered with, which must be a refusal. */
  readonly look: (folder: string) => Promise<string | undefined>;
}

/** What the program says of the files of a configuration; undefined when it takes them. */
async function ofFiles(
  folder: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<string | undefined> {
  const parsed = parseConfig(raw(configured(settings)));
  if (!parsed.settings)
    throw new Error(`the configuration itself is wrong: ${formatProblems(parsed.problems)}`);
  const { problems } = await resolveFiles(parsed.settings, {
    projectDirectory: folder,
    archiveCacheDirectory: join(folder, "cache"),
  });
  return problems.length === 0 ? undefined : formatProblems(problems);
}

/** What is said of a kubeconfig when the cluster is entered by it. */
async function ofCluster(path: string): Promise<string | undefined> {
  try {
    await connectCluster({ path, env: { PATH: process.env["PATH"] }, signal: AbortSignal.timeout(500) });
    return undefined;
  } catch (error) {
    if (error instanceof KubeError)
      return `1 problem\n  \`spacelift:onprem.kubernetes\`: ${error.message}; ${error.kind}`;
    throw error;
  }
}

const named = (
  kind: string,
  makes: Readonly<Record<string, Make>>,
  look: (folder: string) => Promise<string | undefined>,
): readonly FileFault[] =>
  Object.entries(makes).map(([what, make]) => ({
    kind,
    subject: `${kind}: ${what}`,
    make,
    look,
  }));

export const fileFaults: readonly FileFault[] = [
  ...named("an archive", archives, (folder) =>
    ofFiles(folder, { images: { push: true, archive: "./given" } }),
  ),
  ...named("a certificate", certificates, (folder) => ofFiles(folder, { rootCas: ["./given"] })),
  ...named("a kubeconfig", kubeconfigs, (folder) =>
    ofFiles(folder, { onprem: { kubernetes: { kubeconfigPath: "./given" } } }),
  ),
  ...named("a kubeconfig, to the cluster", { ...kubeconfigs, ...plugins }, (folder) =>
    ofCluster(join(folder, "given")),
  ),
  ...named("a chart", charts, (folder) => ofFiles(folder, { charts: { spacelift: { chart: "./given" } } })),
];

const rss = (): number => process.memoryUsage.rss() / 1024 / 1024;

/** What went wrong with a refusal, or undefined. */
function failureOf(refusal: string | undefined, tookMs: number, grewMb: number): string | undefined {
  if (refusal === undefined) return "it is accepted";
  if (tookMs > MOST_MS) return `it took ${tookMs.toFixed(0)} ms`;
  if (grewMb > MOST_MB) return `it took ${grewMb.toFixed(0)} MB`;
  if (/planted/.test(refusal)) return `it shows a secret:\n${refusal}`;
  const isLine = /^1 problem.*\n {2}`spacelift:.+`: .+; .+$/.test(refusal) && !/[^\P{Cc}\n]/u.test(refusal);
  return isLine ? undefined : `it is no line with key, problem and remedy:\n${refusal}`;
}

/** Tries a file, and measures what it takes. */
export async function tryFile({ kind, subject, make, look }: FileFault): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "spacelift-torture-"));
  await make(folder);
  const before = rss();
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, rss())), 20);
  const began = performance.now();
  try {
    const said = await look(folder);
    const failure = failureOf(said, performance.now() - began, most - before);
    return failure === undefined ? { kind, subject } : { kind, subject, failure };
  } catch (error) {
    return {
      kind,
      subject,
      failure: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  } finally {
    clearInterval(watch);
    await rm(folder, { recursive: true, force: true });
  }
}
