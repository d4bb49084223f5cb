import { z } from "zod";

const entry = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  integrity: z.string().optional(),
  license: z.string().optional(),
  dev: z.boolean().optional(),
  optional: z.boolean().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
type Entry = z.infer<typeof entry>;
const lockSchema = z.object({ lockfileVersion: z.literal(3), packages: z.record(z.string(), entry) });

/** What a bill of materials in the format of CycloneDX has to say here. */
export interface Sbom {
  readonly bomFormat: "CycloneDX";
  readonly specVersion: "1.5";
  readonly version: 1;
  readonly metadata: { readonly timestamp?: string; readonly component: SbomComponent };
  readonly components: readonly SbomComponent[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

interface SbomComponent {
  readonly "bom-ref": string;
  readonly type: "library";
  readonly name: string;
  readonly version: string;
  readonly scope?: "required" | "optional";
  readonly purl: string;
  readonly hashes?: readonly { readonly alg: "SHA-512"; readonly content: string }[];
  readonly licenses?: readonly { readonly expression: string }[];
}

/**
 * The packages that come with this one, from its lock file: the same text for the same lock file, whatever npm is at hand and
 * whatever is installed. Peers are left out, as whoever installs the package chooses them.
 */
export function packageSbom(lockText: string, timestamp?: string): Sbom {
  const { packages } = lockSchema.parse(JSON.parse(lockText));
  const { "": root, ...others } = packages;
  if (root === undefined) throw new Error("package-lock.json has no entry for the package itself");
  const shipped = Object.entries(others).filter(([, each]) => each.dev !== true);
  const described = (path: string, each: Entry): SbomComponent => component(nameOf(path, each), each);
  const refAt = (path: string): string => described(path, packages[path] ?? {})["bom-ref"];
  const dependsOn = (path: string, { dependencies, optionalDependencies }: Entry): string[] =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .flatMap((name) => resolved(packages, path, name) ?? [])
      .map(refAt)
      .sort();
  const self = described("", root);
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: { ...(timestamp !== undefined && { timestamp }), component: self },
    components: shipped
      .map(([path, each]): SbomComponent => ({
        ...described(path, each),
        scope: each.optional === true ? "optional" : "required",
      }))
      // One package may be there in two places.
      .filter((each, index, all) => all.findIndex(({ purl }) => purl === each.purl) === index)
      .sort((a, b) => (a.purl < b.purl ? -1 : 1)),
    dependencies: [["", root] as const, ...shipped]
      .map(([path, each]) => ({ ref: refAt(path), dependsOn: dependsOn(path, each) }))
      .filter(({ ref }, index, all) => all.findIndex((each) => each.ref === ref) === index)
      .sort((a, b) => (a.ref < b.ref ? -1 : 1)),
  };
}

const nameOf = (path: string, { name }: Entry): string => name ?? path.replace(/^.*node_modules\//, "");

function component(name: string, { version = "", integrity, license }: Entry): SbomComponent {
  const [algorithm, hash] = integrity?.split("-") ?? [];
  return {
    "bom-ref": `${name}@${version}`,
    type: "library",
    name,
    version,
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
    ...(algorithm === "sha512" &&
      hash !== undefined && {
        hashes: [{ alg: "SHA-512", content: Buffer.from(hash, "base64").toString("hex") }],
      }),
    ...(license !== undefined && license !== "UNLICENSED" && { licenses: [{ expression: license }] }),
  };
}

/** Where Node.js finds a package that the one at a path asks for; undefined for an optional one that is not there. */
function resolved(packages: Readonly<Record<string, Entry>>, path: string, name: string): string | undefined {
  for (let folder = path; ; folder = folder.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, "")) {
    const candidate = `${folder}${folder === "" ? "" : "/"}node_modules/${name}`;
    if (packages[candidate] !== undefined) return candidate;
    if (folder === "") return undefined;
  }
}
