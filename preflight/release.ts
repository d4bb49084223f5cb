import { stat, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { chartsOf } from "../config/versions";
import { isLocalChart } from "../config/formats";
import { setCommand } from "../config/problems";
import { untriedVersions } from "../config/rules/releases";
import { stepProblems } from "../config/rules/upgrade";
import { type Check, type Finding, finding } from "./check";

const chartsCheck = finding("release.charts", "Charts of the release");
const archiveContentCheck = finding("archive.release", "Archive of the release");
const checksumCheck = finding("archive.checksum", "Checksum of the archive");
const spaceCheck = finding("archive.space", "Room to unpack the archive");

const stepFinding = finding("release.step", "Step from the deployed release");

const GIB = 1 << 30;

/** To start the engine, and for it to read a state far away. */
const BACKEND_MS = 60_000;

/** Before Docker loads an image, it is unpacked: what is compressed grows. */
const UNPACKED_RATIO = 3;

/** Which charts a release gets, and what of it nobody here has tried. What does not fit is refused before. */
export const releaseCheck: Check = {
  id: "release",
  title: "Release and charts",
  run: ({ settings }) => {
    const { version, charts } = settings;
    const untried = untriedVersions(settings);
    if (untried.length > 0) {
      const fix = "try it on a stack that may fail first, or take versions that are known here";
      return [chartsCheck.warning(untried.join("; "), fix)];
    }
    const fitting = chartsOf(version);
    const used = (["spacelift", "workerController"] as const).map((name) => {
      const { chart = fitting[name].chart, version: pinned = fitting[name].version } = charts[name];
      return isLocalChart(chart) ? chart : `${chart} ${pinned}`;
    });
    return [chartsCheck.passed(`${version} gets ${used.join(" and ")}`)];
  },
};

/** Reads the release that the last deployment ended with; undefined when there was none. */
export type ReadDeployedRelease = (signal: AbortSignal) => Promise<string | undefined>;

/** Whether the release can follow the one that is deployed. The deployment itself refuses a step that is not supported. */
export const stepCheck = (readDeployed: ReadDeployedRelease): Check => ({
  id: stepFinding.id,
  title: stepFinding.title,
  timeoutMs: BACKEND_MS,
  run: async ({ settings, signal }) => {
    const deployed = await readDeployed(signal);
    if (deployed === undefined) return [stepFinding.skipped("nothing is deployed yet")];
    const [problem] = stepProblems(deployed, settings);
    const { version } = settings;
    if (problem) return [stepFinding.failed(`\`version\` ${problem.problem}`, problem.fix)];
    return [
      stepFinding.passed(deployed === version ? `${version} is deployed` : `${version} follows ${deployed}`),
    ];
  },
});

const freeSpace = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/**
 * The archive that images are pushed from. What it holds was read with the configuration already.
 *
 * @param freeBytes how much is free in a folder
 */
export const archiveCheck = (freeBytes: (folder: string) => Promise<number> = freeSpace): Check => ({
  id: "archive",
  title: "Archive of the release",
  skip: ({ settings }) =>
    settings.images.push ? undefined : "images are in the registry already (`images.push: false`)",
  run: async ({ settings, files, env }) => {
    const { archive } = files;
    if (archive === undefined) {
      const fix = setCommand("images.archive", `./self-hosted-${settings.version}.tar.gz`);
      return [archiveContentCheck.failed("no archive was read", fix)];
    }
    const { path, extracted, sha256 } = archive;
    const content = archiveContentCheck.passed(`${path} holds both images of ${settings.version}`);
    if (extracted || sha256 === undefined) {
      const reason = "a directory has no checksum; the images are taken as they are";
      return [content, checksumCheck.skipped(reason), spaceCheck.skipped("nothing is unpacked")];
    }
    if (settings.images.method === "direct") {
      const reason = "nothing is unpacked: images are pushed straight from the archive";
      return [content, checksumFinding(settings.images.sha256, sha256), spaceCheck.skipped(reason)];
    }
    const folder = env["TMPDIR"] ?? tmpdir();
    const [{ size }, free] = await Promise.all([stat(path), freeBytes(folder)]);
    return [content, checksumFinding(settings.images.sha256, sha256), spaceFinding(folder, free, size)];
  },
});

const checksumFinding = (wanted: string | undefined, found: string): Finding =>
  wanted === found
    ? checksumCheck.passed(found)
    : checksumCheck.warning(
        "`images.sha256` is not set, so that nothing says whether the archive is the vendor's",
        `compare ${found} with the vendor's, then ${setCommand("images.sha256", found)}`,
      );

function spaceFinding(folder: string, free: number, size: number): Finding {
  const wanted = size * UNPACKED_RATIO;
  const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;
  return free < wanted
    ? spaceCheck.warning(
        `${folder} has ${gib(free)} free, and unpacking may take ${gib(wanted)}`,
        "free some space there, or let the variable TMPDIR name a folder that has it",
      )
    : spaceCheck.passed(`${gib(free)} free in ${folder}`);
}
