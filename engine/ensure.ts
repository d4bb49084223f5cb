import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { buildEngine } from "./build";
import { engineCacheFolder, engineInCache, engineOnPath } from "./installed";
import { downloadEngine } from "./download";
import {
  type Attempt,
  type Engine,
  ENGINE_FOLDER,
  EngineUnavailableError,
  MINIMUM_ENGINE_VERSION,
  MINIMUM_GO_VERSION,
  type Progress,
} from "./engine";
import { withLock } from "./lock";

/** The ways to an engine, replaceable one by one. */
export interface EngineWays {
  /** Looks for an engine of the machine. */
  readonly onPath: (linkRoot: string) => Promise<Attempt>;
  /** Looks into the cache. */
  readonly inCache: (root: string) => Promise<Attempt>;
  /** Puts the official release into an empty folder. */
  readonly download: (target: string, progress: Progress) => Promise<Attempt>;
  /** Compiles the engine into an empty folder. */
  readonly build: (target: string, progress: Progress) => Promise<Attempt>;
}

/** How an engine is looked for. */
export interface EnsureEngineOptions {
  /** Receives a line for people whenever something slow begins or goes on. @default - nothing is told */
  readonly onProgress?: Progress;
  /** Folder that keeps engines between runs. @default - see {@link engineCacheFolder} */
  readonly cacheFolder?: string;
  /** Ways to use instead of the real ones. */
  readonly ways?: Partial<EngineWays>;
}

const REMEDY =
  `install the Pulumi CLI >= ${MINIMUM_ENGINE_VERSION}, ` +
  `or Go >= ${MINIMUM_GO_VERSION} with access to Go modules, and run this again`;

/**
 * Gives a Pulumi engine: the one of the machine, one kept from an earlier run, the official download, or a build.
 * Two runs at the same moment share one download or build. Rejects with {@link EngineUnavailableError}.
 */
export async function ensureEngine(options: EnsureEngineOptions = {}): Promise<Engine> {
  const ways: EngineWays = {
    onPath: (linkRoot) => engineOnPath({ linkRoot }),
    inCache: engineInCache,
    download: downloadEngine,
    build: (target, progress) => buildEngine(target, progress),
    ...options.ways,
  };
  const progress = options.onProgress ?? ((): void => undefined);
  const folder = options.cacheFolder ?? engineCacheFolder();
  const root = join(folder, ENGINE_FOLDER);

  const onPath = await ways.onPath(join(folder, "path"));
  if ("engine" in onPath) return onPath.engine;
  const cached = await ways.inCache(root);
  if ("engine" in cached) return cached.engine;

  const onWait = (): void => {
    progress("another run is preparing the Pulumi engine; waiting for it");
  };
  return withLock(join(folder, `${ENGINE_FOLDER}.obtain`), { onWait }, async () => {
    // Whoever held the lock before may have finished the work.
    const meanwhile = await ways.inCache(root);
    if ("engine" in meanwhile) return meanwhile.engine;
    const tried = [
      { way: "`pulumi` of this machine", refused: onPath.refused },
      { way: "cache", refused: meanwhile.refused },
    ];
    for (const way of ["download", "build"] as const) {
      const attempt = await obtain(ways[way], root, progress);
      if ("engine" in attempt) return attempt.engine;
      progress(`${way}: ${attempt.refused}`);
      tried.push({ way, refused: attempt.refused });
    }
    throw new EngineUnavailableError(tried, REMEDY);
  });
}

/** Lets one way fill a scratch folder and moves the result into the cache in one step. */
async function obtain(way: EngineWays["download"], root: string, progress: Progress): Promise<Attempt> {
  const scratch = `${root}.new-${process.pid}`;
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  try {
    const attempt = await way(scratch, progress);
    if ("refused" in attempt) return attempt;
    // A cached engine that does not answer was refused above; it makes room for the fresh one.
    await rm(root, { recursive: true, force: true });
    await rename(scratch, root);
    return { engine: { ...attempt.engine, root } };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
