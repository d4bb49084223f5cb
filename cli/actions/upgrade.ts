import { isAbsolute, relative, resolve } from "node:path";
import { type DeploymentOptions, SpaceliftError } from "../../automation";
import { changeStackFile } from "../../automation/stack-file/change";
import { defined } from "../../components/json";
import { notesBetween } from "../../config/release-notes";
import { run } from "../run";
import { carryOut, type UpFlags } from "./changes";

export interface UpgradeFlags extends UpFlags {
  readonly to: string;
  readonly archive?: string;
  readonly sha256?: string;
}

/**
 * Brings an installation to another release: shows what the vendor says of those in between, checks, plans and asks like
 * `up`, and writes the release into the stack file once the plan is approved.
 */
export const upgrade = (flags: UpgradeFlags): Promise<void> =>
  run(flags, async (session) => {
    const ask = session.askUnless(flags.yes ?? false, "upgrade");
    const options = await session.deploymentOptions();
    const { settings } = options;
    const images = imagesOf(settings, flags, session.folder);
    session.reporter.say(...noteLines(settings.version, flags.to));
    const upgraded = { ...settings, version: flags.to, images: { ...settings.images, ...images } };
    return carryOut(session, { ...options, settings: upgraded }, flags, {
      command: "upgrade",
      ask,
      onApproved: () =>
        changeStackFile(session.stackFile, [
          [["version"], flags.to],
          ...Object.entries(images).map(([field, value]) => [["images", field], value] as const),
        ]),
    });
  });

/**
 * What changes of `images`.
 *
 * @throws SpaceliftError `SPACELIFT_OPTIONS_INVALID` when the archive, or the checksum it must have, is not given
 */
function imagesOf(
  { images }: DeploymentOptions["settings"],
  { to, archive, sha256 }: UpgradeFlags,
  folder: string,
): Readonly<Record<string, string>> {
  const isPushed = images?.push ?? true;
  if (isPushed && archive === undefined)
    throw missing(
      "the images of another release are in another archive",
      `--archive ./self-hosted-${to}.tar.gz`,
    );
  if (images?.sha256 !== undefined && sha256 === undefined)
    throw missing(
      "`images.sha256` has the checksum of the archive of before, and the other one has another",
      "--sha256 <sum>",
    );
  return defined({ archive: archive && asWritten(archive, folder), sha256 });
}

const missing = (why: string, option: string): SpaceliftError =>
  new SpaceliftError("SPACELIFT_OPTIONS_INVALID", why, { fix: `give \`${option}\`` });

/** A path that was given where the command runs, as the stack file has it: from the project folder. */
function asWritten(path: string, folder: string): string {
  if (isAbsolute(path)) return path;
  const below = relative(folder, resolve(path));
  return isAbsolute(below) || below.startsWith("..") ? below : `./${below}`;
}

function noteLines(from: string, to: string): readonly string[] {
  const notes = notesBetween(from, to).map(({ release, note }) => `  ${release}  ${note}`);
  return notes.length === 0
    ? []
    : [`from ${from} to ${to}; the vendor's changelog has the rest:`, ...notes, ""];
}
