import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parse } from "yaml";
import { z } from "zod";
import { assertRegular, FileError, readText } from "../../peers/files";
import { gunzip } from "./gunzip";
import { ENOUGH, walkTar } from "./tar";

/** Not even unpacked may a chart be larger to Helm (`MaxDecompressedChartSize` of pkg/chart/loader, since 3.17.3). */
const MOST_PACKAGED = 100 * 1024 * 1024;
const MOST_DESCRIPTION = 64 * 1024;

// https://helm.sh/docs/topics/charts/#the-chartyaml-file: these three are required.
const descriptionSchema = z.object({
  apiVersion: z.enum(["v1", "v2"]),
  name: z.string().min(1),
  version: z.string().min(1),
});

/**
 * What is wrong with a local chart: a folder, or a package of one.
 *
 * @throws FileError, or the system's error when there is nothing
 */
export async function chartProblem(path: string): Promise<string | undefined> {
  const stats = await stat(path);
  if (stats.isDirectory())
    return descriptionProblem(await readText(join(path, "Chart.yaml"), MOST_DESCRIPTION));
  await assertRegular(path);
  if (stats.size > MOST_PACKAGED) throw new FileError(`has more than ${MOST_PACKAGED / 1024 / 1024} MB`);
  const description = await readPackaged(path);
  return description === undefined ? "it holds no Chart.yaml" : descriptionProblem(description);
}

async function readPackaged(path: string): Promise<string | undefined> {
  let description: string | undefined;
  await walkTar(createReadStream(path), gunzip(), async (entry) => {
    if (!/^(?:\.\/)?[^/]+\/Chart\.yaml$/.test(entry.header.name)) return undefined;
    if (entry.header.size > MOST_DESCRIPTION) throw new FileError("its Chart.yaml is too large");
    description = await text(entry);
    return ENOUGH;
  }).catch((error: unknown) => {
    // The system's errors have a code that says it all; zlib's and tar's have words.
    if (!(error instanceof Error) || error instanceof FileError || "syscall" in error) throw error;
    throw new FileError(`it is no package: ${error.message}`, { cause: error });
  });
  return description;
}

function descriptionProblem(description: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = parse(description, { logLevel: "error", uniqueKeys: false });
  } catch {
    // The parser's words take several lines.
    return "its Chart.yaml is not YAML";
  }
  return descriptionSchema.safeParse(parsed).success
    ? undefined
    : "its Chart.yaml has no apiVersion, name and version";
}
