import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { inspect } from "node:util";
import { z } from "zod";
import { ArchiveError } from "../../../config/files/archive";
import { PushError } from "../../../images/errors";
import type { PushVariables } from "../../../images/main";
import { pushImage, type PushOptions } from "../../../images/push";
import type { SavedImageFile } from "../../../images/saved-image";
import { runCommand } from "../../../peers/run-command";
import { openWorld } from "../../../rehearsal/twins";
import { type BuiltImage, buildImage, incompressible } from "../../support/images";
import { type RunningRegistry, startLoopbackRegistry } from "../../support/peers/loopback-registry";
import { archivedImage, IMAGE, LARGE, pushOptions } from "../../support/pushed-image";
import type { ArchiveChange } from "./archive-changes";

/** So many that a registry which comes back in between is met again. */
const PAUSES = [10, 20, 40, 80, 160];
const BACK_MS = 50;

/** An archive with one image, and a registry that takes it. */
export interface PushGround {
  readonly folder: string;
  readonly registry: RunningRegistry;
  readonly options: PushOptions;
}

const images = new Map<number, Promise<BuiltImage>>();

/** Layers that are kept in memory, and one that is read again to be sent; another seed gives another image of the same size. */
async function writeImage(folder: string, seed: number): Promise<SavedImageFile> {
  const layers = [`the base of ${seed}`, incompressible(LARGE, seed), `the top of ${seed}`];
  const built = images.get(seed) ?? buildImage(IMAGE, layers);
  images.set(seed, built);
  return archivedImage(folder, await built);
}

/** Makes a place to push in; it goes with the work. */
export async function onPushGround<T>(work: (ground: PushGround) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "spacelift-push-"));
  const registry = await startLoopbackRegistry(folder);
  try {
    const options = pushOptions(await writeImage(folder, 1), {
      address: registry.address(),
      plainHttp: true,
      pauses: PAUSES,
    });
    return await work({ folder, registry, options });
  } finally {
    await registry.stop().catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  }
}

/** How it is said that the archive is not what it was, or not whole. */
export const CLEAR = /changed (?:while it was read|since)|is damaged|does not exist|lacks /;

/** How a push is interrupted at one of its requests. */
export const interruptions = ["registry gone", "answer lost", "registry back soon", "push killed"] as const;
export type Interruption = (typeof interruptions)[number];

/** Interrupts a push at a request and pushes again; says what was not as it must be. */
export const interruptPush = (how: Interruption, request: number): Promise<string | undefined> =>
  onPushGround(async (ground) => {
    const { registry, options } = ground;
    let count = 0;
    let kill = (): void => undefined;
    registry.mishap = () => {
      count += 1;
      if (count < request) return undefined;
      if (how === "answer lost" && count === request) return "answer lost";
      if (how === "push killed") {
        kill();
        return undefined;
      }
      if (count === request + (how === "answer lost" ? 1 : 0)) {
        void registry.stop();
        if (how === "registry back soon") setTimeout(() => void registry.start(), BACK_MS);
      }
      return undefined;
    };
    const first =
      how === "push killed"
        ? await pushInProcess(options, (end) => (kill = end))
        : await pushImage(options).then(
            () => undefined,
            (error: unknown) => error,
          );
    if (how === "registry back soon" && first !== undefined)
      return `is not pushed to a registry that is back after ${BACK_MS} ms: ${inspect(first)}`;
    if (first !== undefined && first !== "killed" && !(first instanceof PushError))
      return `says ${inspect(first)}`;
    registry.mishap = () => undefined;
    if (how !== "push killed") {
      await registry.stop().catch(() => undefined);
      await registry.start();
    }
    const before = blobsOf(ground);
    registry.seen.length = 0;
    const { digest } = await pushImage(options);
    const sent = registry.seen.filter((each) => each.startsWith("POST ")).length;
    const lacked = [...blobsOf(ground)].filter((blob) => !before.has(blob)).length;
    if (sent > lacked) return `${sent} uploads were begun for ${lacked} blobs that the registry lacked`;
    return halfOf(ground, digest, [options.image.id]);
  });

/** Pushes in a process of its own, as a deployment does, which may be killed. */
async function pushInProcess(
  { address, repository, image, tag }: PushOptions,
  onKill: (kill: () => void) => void,
): Promise<"killed" | undefined> {
  const variables: PushVariables = {
    ARCHIVE: image.path,
    MEMBER: image.member,
    IMAGE_ID: image.id,
    ROLE: "backend",
    TARGET: `${address}/${repository}:${tag}`,
    REGISTRY_USERNAME: "",
    REGISTRY_PASSWORD: "",
    INSECURE: "false",
    PLAIN_HTTP: "true",
  };
  const { killedBy } = await runCommand(
    process.execPath,
    [resolve(__dirname, "../../../images/push-image.cjs")],
    {
      env: { ...process.env, NODE_OPTIONS: "", ...variables },
      onStart: (pid) => {
        onKill(() => {
          process.kill(pid, "SIGKILL");
          onKill(() => undefined);
        });
      },
    },
  );
  return killedBy === null ? undefined : "killed";
}

const tablesOf = ({ folder }: PushGround): Readonly<Record<string, Readonly<Record<string, unknown>>>> =>
  openWorld(join(folder, "world")).read(({ tables }) => tables);

const blobsOf = (ground: PushGround): ReadonlySet<string> =>
  new Set(Object.keys(tablesOf(ground)["docker/blob"] ?? {}).map((key) => key.split(" ")[1] ?? ""));

const pushed = z.object({ digest: z.string(), manifest: z.string() });
const manifestSchema = z.object({
  config: z.object({ digest: z.string() }),
  layers: z.array(z.object({ digest: z.string() })),
});

/** Says how the tag is not one whole image of those that it may be; undefined when it is, or when there is none. */
export function halfOf(
  ground: PushGround,
  digest: string | undefined,
  ids: readonly string[],
): string | undefined {
  const entry = Object.values(tablesOf(ground)["docker/pushed-image"] ?? {})[0];
  if (entry === undefined) return digest === undefined ? undefined : "the registry has no such tag";
  const found = pushed.parse(entry);
  if (digest !== undefined && found.digest !== digest)
    return `the registry has ${found.digest}, and ${digest} was told`;
  const { config, layers } = manifestSchema.parse(JSON.parse(found.manifest));
  if (!ids.includes(config.digest.replace("sha256:", "")))
    return `the tag is another image, ${config.digest}`;
  const blobs = blobsOf(ground);
  const missing = [config, ...layers].filter((each) => !blobs.has(each.digest));
  return missing.length === 0 ? undefined : `the tag lacks ${missing.map((each) => each.digest).join(", ")}`;
}

/** Changes the archive at a request of a push; says what was not as it must be. */
export const changeUnderPush = (change: ArchiveChange, request: number): Promise<string | undefined> =>
  onPushGround(async (ground) => {
    const { registry, options, folder } = ground;
    const elsewhere = await mkdtemp(join(folder, "other-"));
    const other = await writeImage(elsewhere, 2);
    let count = 0;
    let changed: Promise<void> | undefined;
    registry.mishap = () => {
      count += 1;
      if (count === request) changed = change(options.image.path, other.path);
      return undefined;
    };
    const told = await pushImage(options).then(
      ({ digest }) => digest,
      (error: unknown) => error,
    );
    await changed;
    if (typeof told === "string") return halfOf(ground, told, [options.image.id]);
    const isClear = (told instanceof PushError || told instanceof ArchiveError) && CLEAR.test(told.message);
    if (!isClear) return `says ${inspect(told)}`;
    return halfOf(ground, undefined, [options.image.id]);
  });
