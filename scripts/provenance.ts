import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { type Source, sourceOf } from "./source";

/** Where and from what a tarball was built. */
export interface Build {
  /** Of the tarball. */
  readonly fileName: string;
  readonly tarball: Buffer;
  readonly lockFile: Buffer;
  readonly source: Source | undefined;
  /** A URI that says who built it, and answers for it. */
  readonly builder: string;
}

/** Variable that names the builder: in CI, the URL of its workflow. */
export const BUILDER_VARIABLE = "SPACELIFT_BUILDER_ID";

const URN = "urn:spacelift-selfhosted-pulumi";
const hex = (algorithm: string, bytes: Buffer): string => createHash(algorithm).update(bytes).digest("hex");

/**
 * States what a tarball was built from and by whom, as SLSA 1.0 has it in a statement of in-toto. Nobody has signed it: it is
 * worth what the place is worth it was taken from.
 */
export function provenance({ fileName, tarball, lockFile, source, builder }: Build): object {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: fileName, digest: { sha256: hex("sha256", tarball), sha512: hex("sha512", tarball) } }],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: `${URN}:npm-pack:1`,
        externalParameters: { command: "npm pack" },
        internalParameters: { node: process.versions.node },
        resolvedDependencies: [
          ...(source === undefined
            ? []
            : [
                {
                  name: "source",
                  digest: { gitCommit: source.commit },
                  annotations: { changed: source.isChanged },
                },
              ]),
          { name: "package-lock.json", digest: { sha256: hex("sha256", lockFile) } },
        ],
      },
      runDetails: { builder: { id: builder } },
    },
  };
}

const manifest = z.object({ name: z.string(), version: z.string() });

/** Writes the statement beside the tarball that `npm pack` has just written. */
async function main(): Promise<void> {
  const root = resolve(__dirname, "..");
  const { name, version } = manifest.parse(JSON.parse(await readFile(join(root, "package.json"), "utf8")));
  const { npm_config_pack_destination: destination = "" } = process.env;
  const file = resolve(root, destination, `${name}-${version}.tgz`);
  // `npm publish` packs without a file.
  if (!existsSync(file)) return;
  const builder = process.env[BUILDER_VARIABLE];
  const statement = provenance({
    fileName: basename(file),
    tarball: await readFile(file),
    lockFile: await readFile(join(root, "package-lock.json")),
    source: sourceOf(root),
    builder: builder === undefined || builder === "" ? `${URN}:builder:unnamed` : builder,
  });
  await writeFile(`${file}.intoto.json`, `${JSON.stringify(statement, undefined, 2)}\n`);
}

if (require.main === module) void main();
