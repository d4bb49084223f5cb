import { createDecipheriv, createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { parse } from "yaml";
import type { StackState } from "../../engine/protocol";
import { passphraseKey, sealerFor } from "../../rehearsal/stack-file";
import { slots } from "../../rehearsal/twins/azure/registry/servers";
import { repository } from "./packed";
import type { RehearsedStack } from "./rehearsed-stack";

/** A stack as one version of the program left it, with the simulated world it is in. Every secret is encrypted. */
export interface RecordedState {
  readonly stack: string;
  /** Text of the stack file. */
  readonly stackFile: string;
  readonly state: StackState;
  /** Objects and their secrets, sealed as a whole by the passphrase of rehearsals. */
  readonly world: string;
}

/** Where the parts of a rehearsal are that a state names. */
interface Places {
  /** Folder of the rehearsal. */
  readonly dir: string;
}

const marks = ({ dir }: Places): readonly (readonly [place: string, mark: string])[] => [
  [dir, "@rehearsal@"],
  [repository, "@repository@"],
  [process.execPath, "@node@"],
];

const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);

/** A text without places of this machine. */
const portable = (text: string, places: Places): string =>
  marks(places).reduce(
    // A path is followed by more of it or by nothing; a repository in `/app` is not in `/apps`.
    (all, [place, mark]) => all.replace(new RegExp(`${literally(escaped(place))}(?=[/"\\s]|$)`, "g"), mark),
    text,
  );

const located = (text: string, places: Places): string =>
  marks(places).reduce((all, [place, mark]) => all.replaceAll(mark, escaped(place)), text);

interface WorldFiles {
  readonly objects: string;
  readonly key: string;
}

const worldFiles = (dir: string): WorldFiles => ({
  objects: join(dir, "world", "world", "world.json"),
  key: join(dir, "world", "world", "world.key"),
});

/** Describes a stack for {@link restore} to bring it back, on whatever machine. */
export async function record(stack: string, rehearsed: RehearsedStack, dir: string): Promise<RecordedState> {
  const stackFile = await readFile(rehearsed.folders.configFile, "utf8");
  const state = JSON.parse(
    JSON.stringify(await rehearsed.exportState(), (key, value: unknown) =>
      // Lines of the program that a resource was made by: half of the state, and other ones with the next edit.
      key === "sourcePosition" || key === "stackTrace" ? undefined : value,
    ),
  ) as StackState;
  const files = worldFiles(dir);
  const tables = JSON.parse(await readFile(files.objects, "utf8")) as Record<string, Record<string, object>>;
  // Ports that no registry has are those of this machine.
  tables[slots.name] = Object.fromEntries(
    Object.entries(tables[slots.name] ?? {}).filter(([, slot]) => "registry" in slot),
  );
  const world: Record<keyof WorldFiles, string> = {
    objects: JSON.stringify(tables),
    key: await readFile(files.key, "utf8"),
  };
  const seal = await sealerFor(saltOf(stackFile));
  return {
    stack,
    stackFile: portable(stackFile, { dir }),
    state: JSON.parse(portable(JSON.stringify(state), { dir })) as StackState,
    world: seal(gzipSync(portable(JSON.stringify(world), { dir })).toString("base64")),
  };
}

/** Brings a recorded stack back in the folder of a rehearsal that has not begun; gives the text of its stack file. */
export async function restore(recorded: RecordedState, dir: string): Promise<string> {
  const { stack } = recorded;
  const stackFile = located(recorded.stackFile, { dir });
  const sealed = gunzipSync(Buffer.from(await opened(recorded.world, saltOf(stackFile)), "base64"));
  const world = JSON.parse(located(sealed.toString(), { dir })) as WorldFiles;
  const files = worldFiles(dir);
  // The copy of a project takes a stack file for its own, with its secrets, by the digest of what it was made from.
  const project = join(dir, "project");
  await write(files.objects, world.objects);
  await write(files.key, world.key);
  await write(join(project, `Pulumi.${stack}.yaml`), stackFile);
  await write(join(project, ".source"), createHash("sha256").update(stackFile).digest("hex"));
  return stackFile;
}

/** The state of a recorded stack, in the folder of a rehearsal. */
export const stateIn = ({ state }: RecordedState, dir: string): StackState =>
  JSON.parse(located(JSON.stringify(state), { dir })) as StackState;

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, text, { mode: 0o600 });
}

const saltOf = (stackFile: string): string => {
  // Written by the engine, which puts it there.
  const { encryptionsalt } = parse(stackFile) as { readonly encryptionsalt: string };
  return encryptionsalt;
};

const TAG_BYTES = 16;

/** The reverse of what `sealerFor` gives. */
async function opened(sealed: string, salt: string): Promise<string> {
  const [, nonce = "", content = ""] = sealed.split(":");
  const bytes = Buffer.from(content, "base64");
  const decipher = createDecipheriv("aes-256-gcm", await passphraseKey(salt), Buffer.from(nonce, "base64"));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString();
}
