import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findOnPath, runCommand } from "../../peers/run-command";
import { writeArchive } from "../support/archives";
import { type BuiltImage, buildImage, programLike } from "../support/images";
import { startRegistry } from "../support/peers/registry-server";
import { peakOf } from "./memory";
import { table, verdict } from "./table";

const VERSION = "v9.9.9";
const ROLES = ["backend", "launcher"] as const;
const LAYERS = 4;
const LAYER_BYTES = 50_000_000;

/** Aims: our time against that of the guide's steps and of skopeo, our memory, and what is sent when nothing changed. */
const AIM_OF_GUIDE = 0.5;
const AIM_OF_SKOPEO = 1.2;
const AIM_MB = 150;

interface Release {
  readonly folder: string;
  readonly archive: string;
  readonly images: Readonly<Record<(typeof ROLES)[number], BuiltImage>>;
}

/** One way to get both images from the archive into a registry on loopback. */
interface Way {
  readonly name: string;
  /** Why it cannot be measured here; undefined: it can. */
  readonly missing: () => Promise<string | undefined>;
  readonly push: (release: Release, registry: string, onStart: (pid: number) => void) => Promise<void>;
  /** Forgets what it keeps of the images itself. */
  readonly forget?: () => Promise<void>;
}

async function run(
  command: string,
  args: readonly string[],
  more: { readonly env?: NodeJS.ProcessEnv; readonly onStart?: (pid: number) => void } = {},
): Promise<string> {
  const { code, stdout, stderr } = await runCommand(command, args, more);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
  return stdout;
}

const memberOf = (role: string): string => `self-hosted-${VERSION}/container-images/spacelift-${role}.tar`;
const unpack = ({ archive, folder }: Release): Promise<string> => run("tar", ["-xzf", archive, "-C", folder]);
const referenceOf = (role: string): string => `spacelift-${role}:${VERSION}`;

const guide: Way = {
  name: "the guide: tar, docker load, tag, push",
  missing: async () =>
    (await runCommand("docker", ["version"]).catch(() => ({ code: 1 }))).code === 0
      ? undefined
      : "no Docker daemon",
  push: async (release, registry, onStart) => {
    await unpack(release);
    for (const role of ROLES) {
      await run("docker", ["load", "--quiet", "--input", join(release.folder, memberOf(role))], { onStart });
      const target = `${registry}/${referenceOf(role)}`;
      await run("docker", ["tag", referenceOf(role), target]);
      await run("docker", ["push", "--quiet", target], { onStart });
    }
  },
  forget: async () => {
    await run("docker", ["system", "prune", "--all", "--force"]);
  },
};

const skopeo: Way = {
  name: "tar, skopeo copy",
  missing: async () => ((await findOnPath("skopeo", process.env["PATH"] ?? "")) ? undefined : "no skopeo"),
  push: async (release, registry, onStart) => {
    await unpack(release);
    for (const role of ROLES) {
      const source = `docker-archive:${join(release.folder, memberOf(role))}`;
      const target = `docker://${registry}/${referenceOf(role)}`;
      await run(
        "skopeo",
        ["copy", "--quiet", "--insecure-policy", "--dest-tls-verify=false", source, target],
        { onStart },
      );
    }
  },
};

const direct: Way = {
  name: "images.method: direct",
  missing: () => Promise.resolve(undefined),
  push: async ({ archive, images }, registry, onStart) => {
    await Promise.all(
      ROLES.map((role) =>
        run(process.execPath, [join(__dirname, "..", "..", "images", "push-image.cjs")], {
          onStart,
          env: {
            ...process.env,
            NODE_OPTIONS: "",
            ARCHIVE: archive,
            MEMBER: memberOf(role),
            IMAGE_ID: images[role].id,
            ROLE: role,
            TARGET: `${registry}/${referenceOf(role)}`,
            PLAIN_HTTP: "true",
          },
        }),
      ),
    );
  },
};

interface Measured {
  readonly seconds: number;
  /** Highest memory of a process of the way, MB; of Docker's, the command alone. */
  readonly peakMb: number;
  readonly sentMb: number;
}

/** Lets bytes through to a port and counts them. */
async function startCounter(
  port: number,
): Promise<{ readonly port: number; sent: number; readonly stop: () => void }> {
  const server = createServer((socket) => {
    const onward = connect(port, "127.0.0.1");
    socket.on("data", (chunk) => (counter.sent += chunk.length));
    socket.pipe(onward).pipe(socket);
    socket.on("error", () => onward.destroy());
    onward.on("error", () => socket.destroy());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const counter = { port: (server.address() as AddressInfo).port, sent: 0, stop: () => void server.close() };
  return counter;
}

async function measure(way: Way, release: Release): Promise<readonly [first: Measured, again: Measured]> {
  const registry = await startRegistry(undefined, { kind: "open" });
  const counter = await startCounter(registry.port);
  try {
    const once = async (): Promise<Measured> => {
      counter.sent = 0;
      const pids = new Set<number>();
      let peakMb = 0;
      const watch = setInterval(() => {
        peakMb = Math.max(peakMb, ...[...pids].map((pid) => peakOf(pid) ?? 0));
      }, 20);
      const began = performance.now();
      await way.push(release, `127.0.0.1:${counter.port}`, (pid) => pids.add(pid));
      const seconds = (performance.now() - began) / 1000;
      clearInterval(watch);
      return { seconds, peakMb, sentMb: counter.sent / 1_000_000 };
    };
    await way.forget?.();
    return [await once(), await once()];
  } finally {
    counter.stop();
    await registry.stop();
    await way.forget?.();
  }
}

/** Measures how both images of a release, of 400 MB, get from the archive into a registry on loopback. */
export async function benchPush(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "spacelift-bench-push-"));
  try {
    const build = (role: string, seed: number): Promise<BuiltImage> =>
      buildImage(
        referenceOf(role),
        Array.from({ length: LAYERS }, (_, index) => programLike(LAYER_BYTES, seed + index)),
      );
    const images = { backend: await build("backend", 1), launcher: await build("launcher", 100) };
    const archive = await writeArchive(folder, VERSION, {
      "spacelift-backend": images.backend.tar,
      "spacelift-launcher": images.launcher.tar,
    });
    const found = new Map<Way, readonly [Measured, Measured]>();
    const rows = [["", "first", "memory", "sent", "again", "sent"]];
    for (const way of [guide, skopeo, direct]) {
      const missing = await way.missing();
      if (missing !== undefined) {
        rows.push([way.name, `not measured: ${missing}`, "", "", "", ""]);
        continue;
      }
      const [first, again] = await measure(way, { folder, archive, images });
      found.set(way, [first, again]);
      rows.push([
        way.name,
        `${first.seconds.toFixed(1)} s`,
        `${first.peakMb.toFixed(0)} MB`,
        `${first.sentMb.toFixed(1)} MB`,
        `${again.seconds.toFixed(1)} s`,
        `${again.sentMb.toFixed(3)} MB`,
      ]);
    }
    console.log(
      "\nboth images, 400 MB, from the archive to a registry on loopback, and once more without a change",
    );
    console.log(table(rows));
    const [first, again] = found.get(direct) ?? [];
    if (!first || !again) return;
    for (const [way, aim] of [
      [guide, AIM_OF_GUIDE],
      [skopeo, AIM_OF_SKOPEO],
    ] as const) {
      const other = found.get(way)?.[0].seconds;
      if (other === undefined) continue;
      const ratio = first.seconds / other;
      console.log(`time against ${way.name}: ${ratio.toFixed(2)}, aim <= ${aim}: ${verdict(ratio <= aim)}`);
    }
    console.log(
      `memory ${first.peakMb.toFixed(0)} MB, aim <= ${AIM_MB} MB: ${verdict(first.peakMb <= AIM_MB)}`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
