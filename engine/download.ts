import { extname, join } from "node:path";
import { type Attempt, ENGINE_VERSION, type Progress } from "./engine";
import { runCommand } from "../peers/run-command";
import { hasEngineCommands } from "./installed";

/** Where the official installer comes from, and how long a download may take. */
export interface DownloadOptions {
  /** Address that answers when a download can succeed. @default - the site of the official installer */
  readonly probeUrl?: string;
  /** How long the address may take to answer. @default 4000 */
  readonly probeMs?: number;
  /** How long the whole installation may take. @default 300000 */
  readonly installMs?: number;
}

const INSTALLER = "https://get.pulumi.com/install.sh";

/** Installs the official release into a folder, when the network lets it. A blocked network is given up on in seconds. */
export async function downloadEngine(
  target: string,
  progress: Progress,
  options: DownloadOptions = {},
): Promise<Attempt> {
  const blocked = await whyUnreachable(options.probeUrl ?? INSTALLER, options.probeMs ?? 4_000);
  if (blocked !== undefined) return { refused: blocked };
  progress(`downloading the Pulumi CLI ${ENGINE_VERSION}`);
  // As source in the repository, compiled in the package.
  const extension = extname(__filename);
  const child = join(__dirname, `install-child${extension}`);
  const loader = extension === ".ts" ? ["--import", "tsx"] : [];
  const result = await runCommand(process.execPath, [...loader, child, target, ENGINE_VERSION], {
    cwd: __dirname,
    timeoutMs: options.installMs ?? 300_000,
  });
  if (result.timedOut) return { refused: "the download took too long and was given up" };
  if (result.code !== 0) return { refused: `the installer failed: ${lastLine(result.stderr)}` };
  if (!(await hasEngineCommands(target)))
    return { refused: "the downloaded release lacks the Node.js language host" };
  return { engine: { root: target, version: ENGINE_VERSION, source: "download" } };
}

/** Says why an address does not answer in time; undefined when it does. */
export async function whyUnreachable(url: string, limitMs: number): Promise<string | undefined> {
  const host = new URL(url).host;
  try {
    const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(limitMs) });
    return response.ok ? undefined : `"${host}" answers with status ${response.status}`;
  } catch (error) {
    // The refusal is the answer asked for; it is reported together with the other ways.
    return `"${host}" cannot be reached (${reason(error)})`;
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) ?? "";
}
