import assert from "node:assert/strict";
import { access, lstat, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { ProjectCopy, type ProjectCopyOptions } from "../../../rehearsal/project-copy";
import { placeholderKubeconfig } from "../../../rehearsal/placeholders";
import { scratchFolder } from "../../support/scratch";

const PROJECT =
  "name: spacelift\nmain: index.ts\nruntime: { name: nodejs, options: { nodeargs: --no-warnings } }\n";

describe("ProjectCopy", () => {
  const folder = scratchFolder();
  const projectFolder = scratchFolder();
  let inits: string[] = [];
  beforeEach(async () => {
    inits = [];
    await writeFile(join(projectFolder(), "Pulumi.yaml"), PROJECT);
    await writeFile(join(projectFolder(), "Pulumi.lab.yaml"), "config: { spacelift:target: onprem }\n");
    await writeFile(join(projectFolder(), "package.json"), "{}");
    await writeFile(join(projectFolder(), "ca.pem"), "a certificate");
  });

  const open = async (more: Partial<ProjectCopyOptions> = {}): Promise<ProjectCopy> =>
    ProjectCopy.open(
      { stack: "lab", projectFolder: projectFolder(), ...more },
      {
        folder: join(folder(), "project"),
        placeholders: join(folder(), "placeholders"),
        real: [],
        kubeconfig: (context) => placeholderKubeconfig("PEM", context),
        initStack: async (place, stack) => {
          inits.push(stack);
          await writeFile(
            join(place, `Pulumi.${stack}.yaml`),
            "encryptionsalt: v1:AAECAwQFBgc=:v1:check:check\n",
          );
        },
      },
    );
  const copied = async ({ stackFile }: ProjectCopy): Promise<Readonly<Record<string, unknown>>> =>
    (parse(await readFile(stackFile, "utf8")) as { readonly config: Record<string, unknown> }).config;

  it("leads to the program and the files of the project, whose own files it never writes", async () => {
    const copy = await open();
    copy.setSecret("adminPassword", "planted");
    await copy.write();
    const { main, runtime } = parse(await readFile(join(copy.folder, "Pulumi.yaml"), "utf8")) as Record<
      string,
      unknown
    >;
    assert.equal(main, join(projectFolder(), "index.ts"));
    assert.deepEqual(runtime, { name: "nodejs", options: { nodeargs: "--no-warnings" } });
    assert.equal(await readFile(join(copy.folder, "ca.pem"), "utf8"), "a certificate");
    await assert.rejects(access(join(copy.folder, "package.json")));
    const text = await readFile(copy.stackFile, "utf8");
    assert.match(text, /spacelift:target: onprem/);
    assert.doesNotMatch(text, /planted/);
    assert.ok(copy.notes.some((note) => note.startsWith("licenseToken: ")));
    const source = await readFile(join(projectFolder(), "Pulumi.lab.yaml"), "utf8");
    assert.equal(source, "config: { spacelift:target: onprem }\n");
    assert.deepEqual((await readdir(projectFolder())).sort(), [
      "Pulumi.lab.yaml",
      "Pulumi.yaml",
      "ca.pem",
      "package.json",
    ]);
  });

  it("keeps what was changed in it until the stack file changes", async () => {
    const copy = await open();
    copy.set("domain", "one.example.com");
    await copy.write();
    const secret = (await copied(copy))["spacelift:licenseToken"];
    const again = await open();
    await again.write();
    assert.equal((await copied(again))["spacelift:domain"], "one.example.com");
    assert.deepEqual((await copied(again))["spacelift:licenseToken"], secret);
    assert.deepEqual(
      again.notes.filter((note) => note.startsWith("licenseToken")),
      [],
    );
    await writeFile(
      join(projectFolder(), "Pulumi.lab.yaml"),
      "config: { spacelift:domain: two.example.com }\n",
    );
    const anew = await open();
    await anew.write();
    assert.equal((await copied(anew))["spacelift:domain"], "two.example.com");
    assert.equal((await copied(anew))["spacelift:target"], undefined);
    assert.deepEqual(inits, ["lab"]);
  });

  it("begins anew when it was never finished", async () => {
    await open();
    const again = await open();
    await again.write();
    assert.equal((await copied(again))["spacelift:target"], "onprem");
  });

  it("follows the folder of the project, and leaves the files that commands made in it", async () => {
    const copy = await open();
    await writeFile(join(copy.folder, "plan.json"), "of a command");
    await writeFile(join(projectFolder(), "plan.json"), "of the project");
    await writeFile(join(projectFolder(), "new.pem"), "new");
    await open();
    assert.equal(await readFile(join(copy.folder, "plan.json"), "utf8"), "of a command");
    assert.ok((await lstat(join(copy.folder, "new.pem"))).isSymbolicLink());
  });

  it("takes the program of another folder", async () => {
    const copy = await open({ programFolder: projectFolder(), projectFolder: folder(), configText: "{}" });
    assert.match(await readFile(join(copy.folder, "Pulumi.yaml"), "utf8"), /main: .*index\.ts/);
  });

  it("rejects an unknown stack and names those there are", async () => {
    await assert.rejects(open({ stack: "nope" }), /there is no stack "nope": the project has lab/);
    await assert.rejects(open({ configFile: "/nowhere.yaml" }), /there is no stack file "\/nowhere\.yaml"/);
  });

  it("rejects a folder that is no project", async () => {
    await assert.rejects(open({ programFolder: folder() }), /Pulumi\.yaml" cannot be read/);
  });
});
