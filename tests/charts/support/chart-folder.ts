import { access, mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { charts, type ChartPin, chartsOf } from "../../../config/versions";
import { archiveCacheDirectory } from "../../../config/files/archive-cache";
import { runCommand } from "../../../peers/run-command";
import { goBuildTimeout, goProgram } from "../../live/ground/go-programs";
import { helmPrograms } from "../../live/ground/programs";

/** Variable that names a folder of charts, each extracted to `<name>-<version>`. */
export const CHARTS_VARIABLE = "SPACELIFT_CHARTS";

const ANSWER_LIMIT_MS = 15_000;
const PULL_LIMIT_MS = 5 * 60_000;

/**
 * The folder of a chart: in `SPACELIFT_CHARTS`, else in the cache, else fetched from its repository.
 * Undefined where the first is not set and the last cannot be reached.
 */
export async function chartFolder(pin: ChartPin): Promise<string | undefined> {
  const name = `${pin.chart}-${pin.version}`;
  const supplied = process.env[CHARTS_VARIABLE];
  if (supplied !== undefined && supplied !== "") {
    const folder = join(supplied, name);
    if (await exists(folder)) return folder;
    throw new Error(
      `${CHARTS_VARIABLE} (${supplied}) has no folder "${name}": ${(await readdir(supplied)).join(", ")}`,
    );
  }
  const cached = join(dirname(archiveCacheDirectory()), "charts", name);
  if (await exists(cached)) return cached;
  if (!(await answers(pin))) return undefined;
  await pull(pin, cached);
  return cached;
}

/** Whether the repository of a chart answers from here. */
async function answers({ repository }: ChartPin): Promise<boolean> {
  try {
    return (await fetch(`${repository}/index.yaml`, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) })).ok;
  } catch {
    // Why it does not answer makes no difference: a machine without the way there skips these tests, and says so.
    return false;
  }
}

/** Fetches a chart from its repository. */
async function pull(pin: ChartPin, target: string): Promise<void> {
  const fresh = `${target}.new-${process.pid}`;
  await mkdir(fresh, { recursive: true });
  try {
    const source = [pin.chart, "--repo", pin.repository, "--version", pin.version];
    const { code, stderr } = await runCommand(
      await goProgram(helmPrograms),
      ["pull", ...source, "--untar", "--untardir", fresh],
      { timeoutMs: PULL_LIMIT_MS },
    );
    if (code !== 0) throw new Error(`helm pull ${source.join(" ")}: ${stderr}`);
    await rename(join(fresh, pin.chart), target);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** Skips the tests of a suite, and says why, where a chart that they need is nowhere. */
export function needsCharts(): void {
  before(async function () {
    this.timeout(goBuildTimeout);
    for (const pin of [...Object.values(charts), ...Object.values(chartsOf("v3.0.0"))]) {
      if ((await chartFolder(pin)) !== undefined) continue;
      process.stderr.write(
        `    skipped: ${pin.chart} ${pin.version} cannot be fetched; set ${CHARTS_VARIABLE} to a folder of charts\n`,
      );
      this.skip();
    }
  });
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
