import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import packageFile from "../../package.json";
// Makes its types known.
import "../../rehearsal/twins/azure";
import { allDefinitions } from "../../rehearsal/twins/azure/arm/definition";
import { knownValues, mapperOf, parameterOf, unpack } from "../../rehearsal/twins/azure/contract/library";
import { packAgain, packed, packTimeout, repository, type Tarball } from "../support/packed";
import { scratchFolder } from "../support/scratch";

/** What may be in the package. */
const expected = [
  /^(package\.json|README\.md|CHANGELOG\.md)$/,
  /^docs\/(decisions\/)?[\w-]+\.md$/,
  /^docs\/(azure-role|minio-policy)\.json$/,
  /^dist\/(index|library)\.(js|d\.ts)$/,
  /^dist\/(automation|cli|components|config|engine|images|kubernetes|peers|preflight|program|rehearsal)\/.+\.(js|d\.ts)$/,
  /^dist\/sbom\.cdx\.json$/,
  /^dist\/Pulumi(\.aks|\.onprem)?\.yaml$/,
  /^dist\/engine\/build\/(cli|language-host)\/go\.(mod|sum)$/,
  // Programs that are started by themselves.
  /^dist\/components\/platform\/onprem\/empty-(?:s3-)?bucket\.cjs$/,
  /^dist\/images\/push-image\.cjs$/,
  /^dist\/engine\/build\/language-host\/front\.cjs$/,
  /^dist\/rehearsal\/twins\/[\w-]+\/bin\/[\w-]+$/,
  /^dist\/rehearsal\/twins\/kubernetes\/charts\/.+\.json$/,
  /^dist\/rehearsal\/twins\/azure\/contract\/descriptions\/[\w-]+\.json$/,
];

/** The name of the package that a module comes from; undefined for those of Node.js and of this package. */
function packageOf(module: string): string | undefined {
  if (/^(\.|node:)/.test(module) || builtinModules.includes(module)) return undefined;
  return module
    .split("/")
    .slice(0, module.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Packages that a file asks for, when it runs or for its types. */
function asksFor(text: string): string[] {
  const modules = text.matchAll(/(?:\b(?:require|import)\(|\bfrom |^import )\s*"([^"\n]+)"/gm);
  return [...modules].flatMap(([, module = ""]) => packageOf(module) ?? []);
}

describe("the packed package", function () {
  this.timeout(packTimeout);
  const folder = scratchFolder();
  let tarball: Tarball;
  const texts = (ending: RegExp): [path: string, text: string][] =>
    [...tarball.files]
      .filter(([path]) => ending.test(path))
      .map(([path, content]) => [path, content.toString("utf8")]);

  before(async () => {
    tarball = await packed();
  });

  it("holds what is compiled, its assets and the documentation, and nothing else", () => {
    const others = [...tarball.files.keys()].filter((path) => !expected.some((each) => each.test(path)));
    assert.deepEqual(others, []);
    for (const pattern of expected) {
      assert.ok(
        [...tarball.files.keys()].some((path) => pattern.test(path)),
        `nothing is ${pattern.source}`,
      );
    }
  });

  it("is small", () => {
    const unpacked = [...tarball.files.values()].reduce((sum, { length }) => sum + length, 0);
    assert.ok(tarball.size < 1_500_000, `${tarball.size} bytes packed`);
    assert.ok(unpacked < 6_000_000, `${unpacked} bytes unpacked`);
  });

  it("says nothing of the machine it was built on, and needs no source maps", () => {
    const bad = texts(/./).filter(
      ([, text]) => text.includes(repository) || /^\/\/# sourceMappingURL/m.test(text),
    );
    assert.deepEqual(
      bad.map(([path]) => path),
      [],
    );
  });

  it("has every file that its manifest names, types first", () => {
    const { bin, exports, main, types, typesVersions } = packageFile;
    const subpaths = Object.values(exports).filter((each) => typeof each === "object");
    for (const subpath of subpaths) assert.deepEqual(Object.keys(subpath), ["types", "default"]);
    const named = [
      main,
      types,
      ...Object.values(bin),
      ...subpaths.flatMap((each) => Object.values(each)),
      ...Object.values(typesVersions["*"]).flat(),
    ];
    const absent = named.filter((path) => !tarball.files.has(path.replace(/^\.\//, "")));
    assert.deepEqual(absent, []);
  });

  it("depends on every package it asks for, and on no other", () => {
    const allowed = Object.keys({ ...packageFile.dependencies, ...packageFile.peerDependencies });
    const asked = new Map<string, string>();
    for (const [path, text] of texts(/^dist\/.+\.(js|d\.ts)$/)) {
      for (const name of asksFor(text)) asked.set(name, path);
    }
    const undeclared = [...asked].filter(([name]) => !allowed.includes(name));
    assert.deepEqual(undeclared, []);
    // `pulumi up` in a clone asks for two more, to load the program.
    const loader = asksFor(readFileSync(join(repository, "program/register-typescript.cjs"), "utf8"));
    const idle = allowed.filter((name) => !asked.has(name) && !loader.includes(name));
    assert.deepEqual(idle, []);
  });

  it("holds what the simulated Azure looks up of libraries it does not depend on", () => {
    const described = allDefinitions();
    assert.ok(described.length > 20);
    for (const { contract } of described) {
      const { library, model } = contract;
      const path = `dist/rehearsal/twins/azure/contract/descriptions/${library}.json`;
      const { mappers, parameters, known } = unpack(tarball.files.get(path)?.toString("utf8") ?? "{}");
      assert.ok(Object.hasOwn(mappers, model), `${library}.${model}`);
      for (const [name, mapper] of Object.entries(mappers)) assert.deepEqual(mapper, mapperOf(library, name));
      for (const [name, parameter] of Object.entries(parameters))
        assert.deepEqual(parameter, { mapper: parameterOf(library, name) });
      for (const [place, values] of Object.entries(known)) {
        const [className = "", property = ""] = place.split(".");
        assert.deepEqual(values, knownValues(library, className, property), place);
      }
    }
  });

  it("has the same bytes when it is packed again, and a statement beside it that names them", async () => {
    const again = await packAgain(folder());
    const sha512 = (path: string): string => createHash("sha512").update(readFileSync(path)).digest("hex");
    assert.equal(sha512(again), sha512(tarball.path));
    const { subject } = JSON.parse(readFileSync(`${tarball.path}.intoto.json`, "utf8")) as {
      readonly subject: readonly { readonly digest: { readonly sha512: string } }[];
    };
    assert.deepEqual(
      subject.map(({ digest }) => digest.sha512),
      [sha512(tarball.path)],
    );
  });

  it("leaves the SDK and the providers to whoever installs it, and is developed with versions it allows", () => {
    const pulumi = (names: object): string[] =>
      Object.keys(names).filter((name) => name.startsWith("@pulumi/"));
    assert.deepEqual(pulumi(packageFile.dependencies), []);
    const developed: Readonly<Record<string, string>> = packageFile.devDependencies;
    for (const [name, range] of Object.entries(packageFile.peerDependencies)) {
      assert.equal(range, `^${developed[name] ?? "?"}`, name);
    }
  });
});
