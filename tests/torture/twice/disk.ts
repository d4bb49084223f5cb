import { mkdir, mkdtemp, rm, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "../../../engine";
import { type CommandResult, runCommand } from "../../../peers/run-command";
import { shuffled } from "../experiment";
import type { Reference } from "../steps/chain";
import type { Case } from "../steps/cases";
import { Installation, type Phase, type Runner } from "../steps/installation";
import { brokenState, call, lastWords, lingering, notDone } from "./commands";
import { type Family, runs, spread, tryOf } from "./family";
import { wayOn } from "./recovery";

/** What is on a disk of its own, and how a command is led to it. */
const places = {
  "the state": { folder: "state", variable: undefined },
  "temporary files": { folder: "temporary", variable: "TMPDIR" },
  "the engine's home": { folder: "home", variable: undefined },
  "the cache": { folder: "cache", variable: "XDG_CACHE_HOME" },
} as const;
type Place = keyof typeof places;

/** Bytes that are left: nothing, what takes a lock, what takes a small state, and what ends on the way. */
const rooms: Readonly<Record<string, number>> = {
  nothing: 0,
  "8 kB": 8 << 10,
  "64 kB": 64 << 10,
  "300 kB": 300 << 10,
  "1 MB": 1 << 20,
};

/** Room enough when it is freed: an operation is not begun where there is hardly any. */
const DISK_MB = 48;

/** A disk that is full but for some bytes. */
class FullDisk {
  private constructor(private readonly folder: string) {}

  /** @throws Error when this machine lets nobody mount one */
  static async mount(folder: string): Promise<FullDisk> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const size = `size=${DISK_MB}m,mode=0700`;
    const { code, stderr } = await runCommand("mount", ["-t", "tmpfs", "-o", size, "tmpfs", folder]);
    if (code !== 0) throw new Error(stderr.trim());
    return new FullDisk(folder);
  }

  async leave(bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.folder);
    await writeFile(this.filler, Buffer.alloc(Math.max(0, bavail * bsize - bytes)));
  }

  /** Makes room. */
  async free(): Promise<void> {
    await rm(this.filler, { force: true });
  }

  async unmount(): Promise<void> {
    await runCommand("umount", ["--lazy", this.folder]);
  }

  private get filler(): string {
    return join(this.folder, ".filler");
  }
}

interface Full {
  readonly subject: Case;
  readonly phase: Phase;
  readonly runner: Runner;
  readonly place: Place;
  readonly room: number;
}

/** Runs a phase where a disk is full, and again when there is room; says what was not as it must be. */
async function runOnFullDisk(
  { subject, phase, runner, place, room }: Full,
  reference: Reference,
  engine: Engine,
): Promise<string | undefined> {
  const dir = await mkdtemp(join(tmpdir(), "spacelift-torture-"));
  const { folder, variable } = places[place];
  const disk = await FullDisk.mount(join(dir, folder));
  const env: Readonly<Record<string, string>> =
    variable === undefined ? {} : { [variable]: join(dir, folder) };
  let installation: Installation | undefined;
  try {
    installation = await Installation.open(subject, phase, engine, { dir, env });
    // Makes the stack, which a phase begins with.
    await installation.stack.exportState();
    await disk.leave(room);
    const full = await call(installation, runner, phase);
    const wrong =
      (await lingering(installation)) ?? brokenState(installation) ?? notClear(full, join(dir, folder));
    await disk.free();
    if (wrong !== undefined) return wrong;
    const next = await wayOn(installation, runner);
    if (typeof next === "string") return next;
    const again = notDone("the next run", await call(installation, next.runner, phase, { args: next.args }));
    return again ?? (await installation.complaint(reference.inventory));
  } finally {
    await installation?.stack.close();
    await disk.unmount();
    await installation?.close();
  }
}

// Bucket.WriteAll of gocloud.dev closes a writer that failed, and fileblob renames upon that.
const cutOff = (failure: string): string | undefined =>
  /is no state any more/.test(failure)
    ? "Where the disk is full, Pulumi puts what it could write of a state in the place of the whole; `spacelift` begins nothing where there is hardly any room, and docs/operations.md says how to go back."
    : undefined;

/** Who fails for want of room says so, and where. */
function notClear(result: CommandResult, folder: string): string | undefined {
  if (result.timedOut) return "does not end";
  if (result.code === 0) return undefined;
  const words = lastWords(result);
  return /no space left|hardly any space left/i.test(words) && words.includes(folder)
    ? undefined
    : `fails, and does not say that the disk is full, and which: ${words}`;
}

/** Whether this machine lets disks be mounted; says why not. */
async function whyNoDisks(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "spacelift-disk-"));
  try {
    await (await FullDisk.mount(folder)).unmount();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs with a disk that is full. */
export const fullDisks: Family = (trial, ground) => {
  const all = runs.flatMap((run) =>
    (Object.keys(places) as Place[]).flatMap((place) =>
      Object.entries(rooms).map(([left, room]) => ({ ...run, place, room, left })),
    ),
  );
  let why: Promise<string | undefined> | undefined;
  const tries = spread(shuffled(all, trial.seed)).flatMap(({ left, ...full }) => {
    const { subject, phase, runner, place } = full;
    const kind = `disk of ${place} full`;
    return tryOf(
      trial,
      kind,
      `${subject.name}, ${phase}, ${runner}, ${left} left`,
      async () => runOnFullDisk(full, await ground.reference(subject, phase), trial.engine),
      cutOff,
    ).map(
      (attempt) =>
        async function* () {
          const first = why === undefined;
          why ??= whyNoDisks();
          const reason = await why;
          if (reason === undefined) yield* attempt();
          else if (first) trial.say(`  left out: full disks, as none can be mounted here: ${reason}`);
        },
    );
  });
  return trial.scope === "short" ? [] : tries;
};
