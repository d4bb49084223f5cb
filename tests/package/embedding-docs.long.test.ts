import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { type Rehearsal, startRehearsal } from "../../rehearsal/rehearsal";
import { operationTimeout, sharedEngine } from "../engine/support";
import { configured } from "../support/configurations";
import { packedProject, packTimeout, repository } from "../support/packed";

const execute = promisify(execFile);

/** What each program of the page prints; every program must be named here. */
const printed = {
  "stack.ts": /^$/,
  "deploy.ts": /^https:\/\/spacelift\.example\.com [^]*create: \d+[^]*\nkeeping \d{4,} characters$/,
  "preview.ts": /^{ [^]*update: \d+/,
  "follow.ts": /^configuration …\n[^]*\n(\d+)\/\1 /,
  "errors.ts": /^domain /,
  "check.ts": /^passed Pulumi CLI Pulumi 3\.[^]*\nno go$/,
  "rehearse.ts": /^https:\/\/spacelift\.example\.com$/,
  "destroy.ts": /^taking https:\/\/spacelift\.example\.com away\n\d+ \[/,
} as const;

describe("the page on embedding", function () {
  this.timeout(operationTimeout);
  const programs = new Map<string, string>();
  let folder = "";
  let world: Rehearsal;

  before(async function () {
    this.timeout(packTimeout);
    const page = await readFile(join(repository, "docs/embedding.md"), "utf8");
    for (const [, name = "", source = ""] of page.matchAll(/^```ts title="(.+?)"\n([^]*?)^```$/gm)) {
      programs.set(name, source);
    }
    folder = join((await packedProject()).folder, "embedding");
    await mkdir(folder);
    for (const [name, source] of programs) await writeFile(join(folder, name), source);
    world = await startRehearsal({ engine: await sharedEngine() });
  });

  after(() => world.close());

  /** Runs a program of the page in the simulated world, and gives what it prints. */
  async function run(name: string): Promise<string> {
    const { backend, secretsProvider, env = {} } = world.workspace;
    const { licenseToken, databaseUrl, registryPassword, minioAdminPassword } = configured().secrets;
    const { root } = await sharedEngine();
    const { stdout } = await execute(process.execPath, [name.replace(/ts$/, "js")], {
      cwd: folder,
      env: {
        ...process.env,
        ...env,
        PATH: [join(root, "bin"), env["PATH"]].join(delimiter),
        STATE_URL: backend,
        STATE_PASSPHRASE: (secretsProvider as { readonly passphrase: string }).passphrase,
        SPACELIFT_LICENSE: licenseToken,
        DATABASE_URL: databaseUrl,
        REGISTRY_PASSWORD: registryPassword,
        MINIO_PASSWORD: minioAdminPassword,
        KUBECONFIG_CONTENT: world.kubeconfig,
      },
    });
    return stdout.trimEnd();
  }

  it("has no block that is not run", async () => {
    const page = await readFile(join(repository, "docs/embedding.md"), "utf8");
    assert.equal(page.match(/^```ts/gm)?.length, programs.size);
    assert.deepEqual([...programs.keys()].sort(), Object.keys(printed).sort());
  });

  it("has programs that compile against the package", async () => {
    const compiler = join(folder, "../node_modules/typescript/bin/tsc");
    const options = ["--strict", "--target", "es2022", "--module", "nodenext", "--types", "node"];
    await execute(process.execPath, [compiler, ...options, ...programs.keys()], { cwd: folder });
  });

  for (const [name, output] of Object.entries(printed)) {
    it(`does what it says in ${name}`, async () => {
      assert.match(await run(name), output);
    });
  }
});
