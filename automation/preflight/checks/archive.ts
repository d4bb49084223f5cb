import { stat, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { setCommand } from "../../../config/problems";
import { type Check, type Finding, type FindingName, failed, passed, skipped, warning } from "../check";

const GIB = 1 << 30;

/** An image of the archive is unpacked next to it at a time: what is compressed grows. */
const UNPACKED_RATIO = 3;

const release: FindingName = { id: "archive.release", title: "Archive of the release" };
const checksum: FindingName = { id: "archive.checksum", title: "Checksum of the archive" };
const room: FindingName = { id: "archive.space", title: "Room to unpack the archive" };

/** Where images are unpacked, and how much is free there, in bytes. */
export interface ArchivePorts {
  readonly freeBytes: (folder: string) => Promise<number>;
}

const ports: ArchivePorts = {
  freeBytes: async (folder) => {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  },
};

/** Looks at the archive that images are pushed from. What it holds was read with the configuration already. */
export const archiveCheck = ({ freeBytes }: ArchivePorts = ports): Check => ({
  id: "archive",
  title: "Archive of the release",
  skip: ({ settings }) =>
    settings.images.push ? undefined : "images are in the registry already (`images.push: false`)",
  run: async ({ settings, files, env }) => {
    const { archive } = files;
    if (archive === undefined) {
      const fix = setCommand("images.archive", `./self-hosted-${settings.version}.tar.gz`);
      return [failed(release, "no archive was read", fix)];
    }
    const { path, extracted, sha256 } = archive;
    const findings = [passed(release, `${path} holds both images of ${settings.version}`)];
    if (extracted || sha256 === undefined) {
      const reason = "a directory has no checksum; the images are taken as they are";
      return [...findings, skipped(checksum, reason), skipped(room, "nothing is unpacked")];
    }
    const folder = env["TMPDIR"] ?? tmpdir();
    const [{ size }, free] = await Promise.all([stat(path), freeBytes(folder)]);
    return [...findings, verified(settings.images.sha256, sha256), space(folder, free, size)];
  },
});

const verified = (wanted: string | undefined, found: string): Finding =>
  wanted === found
    ? passed(checksum, found)
    : warning(
        checksum,
        "`images.sha256` is not set, so that nothing says whether the archive is the vendor's",
        `compare ${found} with the vendor's, then ${setCommand("images.sha256", found)}`,
      );

function space(folder: string, free: number, size: number): Finding {
  const wanted = size * UNPACKED_RATIO;
  const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;
  return free < wanted
    ? warning(
        room,
        `${folder} has ${gib(free)} free, and unpacking may take ${gib(wanted)}`,
        "make room there, or let the variable TMPDIR name a folder that has it",
      )
    : passed(room, `${gib(free)} free in ${folder}`);
}
