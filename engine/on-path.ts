import { mkdir, rename, rm, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { gte } from "semver";
import type { Attempt } from "./engine";
import { versionOf } from "./inspect";
import { findOnPath, isExecutable } from "../peers/run-command";
import { MINIMUM_ENGINE_VERSION } from "./versions";

/** Where an engine on PATH is looked for, and where its two commands are brought together. */
export interface OnPathOptions {
  /** The search path. @default - PATH of this process */
  readonly searchPath?: string;
  /** Folder that may hold links to commands installed apart from each other. */
  readonly linkRoot: string;
}

/** Uses the `pulumi` of the machine when it is recent enough and has its Node.js language host. */
export async function engineOnPath(options: OnPathOptions): Promise<Attempt> {
  const searchPath = options.searchPath ?? process.env["PATH"] ?? "";
  const pulumi = await findOnPath("pulumi", searchPath);
  if (pulumi === undefined) return { refused: "no `pulumi` on PATH" };
  const version = await versionOf(pulumi);
  if (version === undefined) return { refused: `"${pulumi}" does not tell its version` };
  if (!gte(version, MINIMUM_ENGINE_VERSION)) {
    return { refused: `"${pulumi}" is ${version}, older than ${MINIMUM_ENGINE_VERSION}` };
  }
  const beside = join(dirname(pulumi), "pulumi-language-nodejs");
  const host = (await isExecutable(beside)) ? beside : await findOnPath("pulumi-language-nodejs", searchPath);
  if (host === undefined)
    return { refused: `"${pulumi}" has no \`pulumi-language-nodejs\` beside it or on PATH` };
  if (host === beside && basename(dirname(pulumi)) === "bin") {
    return { engine: { root: dirname(dirname(pulumi)), version, source: "path" } };
  }
  await linkTogether(options.linkRoot, { pulumi, "pulumi-language-nodejs": host });
  return { engine: { root: options.linkRoot, version, source: "path" } };
}

/** Makes `root/bin` hold links to commands that live in different folders. */
async function linkTogether(root: string, commands: Readonly<Record<string, string>>): Promise<void> {
  const bin = join(root, "bin");
  await mkdir(bin, { recursive: true });
  for (const [name, target] of Object.entries(commands)) {
    // Renamed into place, so that a run at the same moment never finds the link missing.
    const fresh = join(bin, `.${name}-${process.pid}`);
    await rm(fresh, { force: true });
    await symlink(target, fresh);
    await rename(fresh, join(bin, name));
  }
}
