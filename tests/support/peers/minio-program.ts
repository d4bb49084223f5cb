import { access, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { archiveCacheDirectory } from "../../../config/files/archive-cache";
import { BuildMeter } from "../../../engine/build-meter";
import { runCommand } from "../../../engine/command";
import { findOnPath } from "../../../engine/inspect";
import { withLock } from "../../../engine/lock";

/** Version of the module; the one that `minio/go.mod` requires. */
const VERSION = "v0.0.0-20260212201848-7aac2a2c5b7c";

const IMPORT_PATH = "github.com/minio/minio";
const BUILD_LIMIT_MS = 20 * 60_000;

/** Time to obtain the program when it has to be built. */
export const minioBuildTimeout = BUILD_LIMIT_MS + 60_000;

/**
 * The path of MinIO's server. There is no Debian package of it: it is built from its Go module, minutes the first time, and
 * kept in the cache of this project. Two runs at the same moment share one build.
 */
export async function minioProgram(): Promise<string> {
  const folder = join(dirname(archiveCacheDirectory()), "minio", VERSION);
  const program = join(folder, "minio");
  if (await exists(program)) return program;
  const onWait = (): void => {
    say("another run is building MinIO; waiting for it");
  };
  return withLock(`${folder}.obtain`, { onWait }, async () => {
    // Whoever held the lock before may have built it.
    if (await exists(program)) return program;
    const fresh = `${folder}.new-${process.pid}`;
    try {
      await mkdir(fresh, { recursive: true });
      await build(join(fresh, "minio"));
      await rename(fresh, folder);
      return program;
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  });
}

async function build(output: string): Promise<void> {
  const go = await findOnPath("go", process.env["PATH"] ?? "");
  if (go === undefined) throw new Error("these tests need MinIO, which is built with Go: no `go` on PATH");
  const meter = new BuildMeter("minio", say);
  meter.stage("fetching modules and compiling, once");
  try {
    const { code, stderr, timedOut } = await runCommand(
      go,
      ["build", "-v", "-ldflags", "-s -w", "-o", output, IMPORT_PATH],
      {
        cwd: join(__dirname, "minio"),
        env: { ...process.env, GOFLAGS: "-mod=readonly -buildvcs=false", GOWORK: "off" },
        timeoutMs: BUILD_LIMIT_MS,
        onLine: (line) => {
          meter.line(line);
        },
      },
    );
    if (code === 0) return;
    const said = stderr.split("\n").filter((line) => !line.startsWith("go: downloading"));
    throw new Error(`MinIO could not be built${timedOut ? " in time" : ""}: ${said.slice(-3).join("; ")}`);
  } finally {
    meter.stop();
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

function say(line: string): void {
  process.stderr.write(`    ${line}\n`);
}
