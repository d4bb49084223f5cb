import assert from "node:assert/strict";
import { cp, mkdir, readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { runCommand } from "../../../peers/run-command";
import { repository } from "../packed";

/** An instruction of a Containerfile: its name, and the rest of its line. */
export interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** What a Containerfile says of the image that comes out of it. */
export interface ImageDescription {
  /** Values of `ARG` before the first stage. */
  readonly args: Readonly<Record<string, string>>;
  /** Images that the stages begin with. */
  readonly bases: readonly string[];
  /** Instructions of the last stage. */
  readonly instructions: readonly Instruction[];
  readonly user: string;
  /** Working folder at the end. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

const assignments = (rest: string): [name: string, value: string][] =>
  rest.split(/\s+/).map((word) => {
    const [, name = "", value = ""] = /^(\w+)=(.*)$/.exec(word) ?? assert.fail(`${word} assigns nothing`);
    return [name, value];
  });

/** Reads a Containerfile, as far as the example goes: no heredocs, no quoted words. */
export async function describedBy(path: string): Promise<ImageDescription> {
  const text = (await readFile(path, "utf8")).replace(/^#.*\n/gm, "").replaceAll(/\\\n\s*/g, "");
  const all = [...text.matchAll(/^([A-Z]+) +(.+)$/gm)].map(([, name = "", rest = ""]) => ({ name, rest }));
  const stages = all.filter(({ name }) => name === "FROM");
  const first = all.findIndex(({ name }) => name === "FROM");
  const instructions = all.slice(all.findLastIndex(({ name }) => name === "FROM") + 1);
  const saidOf = (wanted: string): string[] =>
    instructions.filter(({ name }) => name === wanted).map(({ rest }) => rest);
  return {
    args: Object.fromEntries(all.slice(0, first).flatMap(({ rest }) => assignments(rest))),
    bases: stages.map(({ rest }) => rest.split(" ")[0] ?? ""),
    instructions,
    user: saidOf("USER").at(-1) ?? "root",
    folder: saidOf("WORKDIR").at(-1) ?? "/",
    env: Object.fromEntries(saidOf("ENV").flatMap(assignments)),
  };
}

// What makes the system around the working folder; the machine that tests has a system of its own.
const OF_THE_SYSTEM = /^(apt-get|install --directory) /;
// Plugins come from the download site, and a rehearsal has none.
const OF_PLUGINS = "pulumi install";

/**
 * Carries out what fills the working folder of an image, in an empty folder and without a container: `COPY` from the
 * context, which is the repository, and `RUN` of Node.js and npm. Throws at whatever it does not know, so that nothing is
 * left out by mistake.
 */
export async function fillWorkingFolder({ instructions }: ImageDescription, folder: string): Promise<void> {
  for (const { name, rest } of instructions) {
    if (name === "COPY" && !rest.startsWith("--from=")) await copy(rest, folder);
    else if (name === "RUN" && /^(node|npm) /.test(rest)) await run(rest, folder);
    else {
      const isLeftOut = name === "RUN" && (OF_THE_SYSTEM.test(rest) || rest === OF_PLUGINS);
      const isKnown = isLeftOut || ["COPY", "ENV", "USER", "WORKDIR"].includes(name);
      assert.ok(isKnown, `${name} ${rest}: what does it do to the working folder?`);
    }
  }
}

/** A folder brings what is in it; a file goes into a target that ends with a slash. */
async function copy(rest: string, folder: string): Promise<void> {
  const words = rest.split(/\s+/).filter((word) => !word.startsWith("--"));
  const target = words.pop() ?? "";
  for (const source of words) {
    const place = resolve(folder, target, target.endsWith("/") ? basename(source) : "");
    await mkdir(resolve(place, ".."), { recursive: true });
    await cp(join(repository, source), place, { recursive: true });
  }
}

async function run(command: string, cwd: string): Promise<void> {
  // Where the repository was installed, npm has the packages at hand.
  const env = { ...process.env, NPM_CONFIG_PREFER_OFFLINE: "true" };
  const { code, stdout, stderr } = await runCommand("sh", ["-c", command], { cwd, env });
  assert.equal(code, 0, `${command}:\n${stdout}${stderr}`);
}
