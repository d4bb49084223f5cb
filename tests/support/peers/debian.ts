import { findOnPath } from "../../../peers/run-command";

/**
 * The path of a program that a Debian package brings. A machine without it must not pass for one where its tests passed:
 * rejects with the way to get it.
 */
export async function debianProgram(
  name: string,
  debianPackage: string,
  folders: readonly string[] = [],
): Promise<string> {
  const path = await findOnPath(name, [...folders, process.env["PATH"] ?? ""].join(":"));
  if (path === undefined) {
    throw new Error(
      `these tests need \`${name}\`, which is not on this machine; run \`apt-get install ${debianPackage}\` as root`,
    );
  }
  return path;
}
