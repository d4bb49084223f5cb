import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import packageFile from "../../package.json";
import packageLock from "../../package-lock.json";
import { type CommandResult, runCommand } from "../../peers/run-command";
import { type Rehearsal, startRehearsal } from "../../rehearsal/rehearsal";
import { engineTimeout, operationTimeout, sharedEngine } from "../engine/support";
import { describedBy, fillWorkingFolder, type ImageDescription } from "../support/operator/containerfile";
import {
  configDocument,
  exampleFolder,
  manifestsOf,
  mountedBelow,
  secretKeysOf,
  settingsOf,
  type StackObject,
  stackAmong,
  targets,
} from "../support/operator/stack-object";

const installed = z.object({
  packages: z.record(z.string(), z.looseObject({ version: z.string().optional() })),
});

describe("the example for the operator", function () {
  this.timeout(operationTimeout);
  let root = "";
  let folder = "";
  let image: ImageDescription;
  before(async function () {
    this.timeout(engineTimeout);
    root = await mkdtemp(join(tmpdir(), "spacelift-operator-"));
    folder = join(root, "image");
    image = await describedBy(join(exampleFolder, "Containerfile"));
    await fillWorkingFolder(image, folder);
  });
  after(() => rm(root, { recursive: true, force: true }));

  const packagesOf = async (): Promise<z.output<typeof installed>["packages"]> =>
    installed.parse(JSON.parse(await readFile(join(folder, "node_modules/.package-lock.json"), "utf8")))
      .packages;

  it("has every locked package that deploys, and none for development alone", async () => {
    const present = await packagesOf();
    const locked: Readonly<Record<string, { readonly version?: string }>> = packageLock.packages;
    for (const [path, { version }] of Object.entries(present)) {
      assert.equal(version, locked[path]?.version, path);
    }
    const wanted = Object.keys({ ...packageFile.dependencies, ...packageFile.peerDependencies });
    assert.deepEqual(
      wanted.filter((name) => !Object.hasOwn(present, `node_modules/${name}`)),
      [],
    );
    for (const name of ["typescript", "mocha", "eslint", "tsx"]) {
      assert.ok(!Object.hasOwn(present, `node_modules/${name}`), name);
    }
  });

  it("has the engine of its SDK, no stack file, and neither root nor Docker", async () => {
    assert.equal(image.args["PULUMI_VERSION"], packageFile.devDependencies["@pulumi/pulumi"]);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => /^Pulumi\..+\.yaml$/.test(name)),
      [],
    );
    // The user that the operator's profile `restricted` demands.
    assert.equal(image.user, "1000:1000");
    const programs = [...image.bases, ...image.instructions.map(({ rest }) => rest)];
    assert.deepEqual(
      programs.filter((line) => /docker/i.test(line)),
      [],
    );
    for (const target of targets) {
      const { local } = stackAmong(await manifestsOf(target)).spec.workspaceTemplate.spec;
      assert.equal(local.dir, image.folder, target);
    }
  });

  describe("in a pod", () => {
    /** Runs `pulumi` as the agent of the operator does, with the variables of the image. */
    async function pulumi(rehearsal: Rehearsal, ...args: readonly string[]): Promise<CommandResult> {
      const env = { ...rehearsal.env, ...image.env };
      const result = await runCommand("pulumi", [...args, "--non-interactive"], { cwd: folder, env });
      // What is set holds secrets, which are not to be told.
      assert.equal(result.code, 0, `pulumi ${args.slice(0, 2).join(" ")}:\n${result.stdout}${result.stderr}`);
      return result;
    }

    async function rehearsed<T>(name: string, work: (rehearsal: Rehearsal) => Promise<T>): Promise<T> {
      const directory = join(root, name);
      const rehearsal = await startRehearsal({ directory, engine: await sharedEngine() });
      try {
        return await work(rehearsal);
      } finally {
        await rehearsal.close();
      }
    }

    it("starts without asking the registry of packages for anything", async () => {
      const before = await packagesOf();
      await rehearsed("install", async (rehearsal) => {
        const env = { ...rehearsal.env, NPM_CONFIG_CACHE: join(root, "empty-cache") };
        await pulumi({ ...rehearsal, env }, "install", "--no-plugins");
      });
      assert.deepEqual(await packagesOf(), before);
    });

    for (const target of targets) {
      describe(`with the Stack of ${target}`, () => {
        let stack: StackObject;
        let secrets: Readonly<Record<string, string>>;

        /** What the operator does with a fresh pod, up to `pulumi up`. */
        async function start(rehearsal: Rehearsal, select: readonly string[]): Promise<CommandResult> {
          const named = ["--stack", stack.spec.stack];
          const stackFile = join(folder, `Pulumi.${stack.spec.stack}.yaml`);
          await rm(stackFile, { force: true });
          await pulumi(rehearsal, "stack", ...select);
          await pulumi(rehearsal, "config", "set-all", "--json", configDocument(stack, secrets), ...named);
          const text = await readFile(stackFile, "utf8");
          for (const secret of Object.values(secrets)) assert.ok(!text.includes(secret));
          return pulumi(rehearsal, "up", "--yes", "--skip-preview", ...named);
        }

        before(async () => {
          stack = await mountedBelow(join(root, `volumes-${target}`), await manifestsOf(target));
        });

        it("deploys, and a pod that comes later has nothing to change", async () => {
          await rehearsed(target, async (rehearsal) => {
            // The kubeconfig is a file of the pod.
            const { kubeconfig, ...made } = rehearsal.secretsFor(settingsOf(stack));
            assert.equal(kubeconfig !== undefined, target === "onprem");
            assert.deepEqual(Object.keys(made).sort(), secretKeysOf(stack));
            secrets = made;
            const first = await start(rehearsal, ["init", stack.spec.stack]);
            assert.match(first.stdout, /^Resources:\n +\+ \d+ created$/m);
            const later = await start(rehearsal, ["select", "--stack", stack.spec.stack]);
            assert.match(later.stdout, /^Resources:\n +\d+ unchanged$/m);
          });
        });
      });
    }
  });
});
