import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Engine } from "../../../engine";
import type { JsonValue } from "../../../engine/protocol";
import { openWorld } from "../../../rehearsal/twins";
import { writeArchive } from "../../support/archives";
import { buildImage } from "../../support/images";
import { shuffled } from "../experiment";
import type { Reference } from "../steps/chain";
import type { Case } from "../steps/cases";
import { Installation, type Runner } from "../steps/installation";
import { call, lastWords, lingering, notDone } from "./commands";
import { cases, type Family, runners, spread, tryOf } from "./family";
import { type Moment, MomentWatch } from "./moments";
import { type ArchiveChange, archiveChanges } from "./archive-changes";
import { CLEAR } from "./pushes";

const ROLES = ["backend", "launcher"] as const;

/** An archive of the release of a case, whose images have a mark of their own. */
async function releaseArchive(
  folder: string,
  { stack }: Case,
  mark: string,
): Promise<{ path: string; ids: readonly string[] }> {
  const version = stack === "aks" ? "v4.0.0" : "v3.0.0";
  const built = await Promise.all(
    ROLES.map((role) => buildImage(`spacelift-${role}:${version}`, [`${role} of ${mark}`, "layer of both"])),
  );
  const files = Object.fromEntries(
    ROLES.map((role, index) => [`spacelift-${role}`, built[index]?.tar ?? Buffer.alloc(0)]),
  );
  return { path: await writeArchive(folder, version, files), ids: built.map(({ id }) => id) };
}

/** When an archive changes: after the plan that somebody has looked at, or during the run that carries it out. */
type When = "after a preview" | Moment;

const whens: Readonly<Record<Runner, readonly When[]>> = {
  pulumi: [
    "after a preview",
    { name: "while the program is loaded", at: "line", says: /preludeEvent/ },
    { name: "when a push begins", at: "push" },
  ],
  spacelift: [
    "after a preview",
    { name: "when the plan is made", at: "line", says: /"kind":"plan"/ },
    { name: "when a push begins", at: "push" },
  ],
};

const nameOf = (when: When): string => (typeof when === "string" ? when : when.name);

interface Changing {
  readonly subject: Case;
  readonly runner: Runner;
  readonly when: When;
  readonly change: ArchiveChange;
}

/** Changes an archive under an installation; says what was not as it must be. */
async function runChanging(
  { subject, runner, when, change }: Changing,
  reference: Reference,
  engine: Engine,
): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "spacelift-archives-"));
  const planned = await releaseArchive(folder, subject, "one");
  const other = await releaseArchive(await mkdtemp(join(folder, "other-")), subject, "another");
  const whole = await readFile(other.path);
  const config = { "images.archive": planned.path };
  const installation = await Installation.open(subject, "install", engine, { config });
  const watch = new MomentWatch(reference.operations.length);
  let changed: Promise<void> | undefined;
  const begin = (): void => {
    changed ??= change(planned.path, other.path);
  };
  try {
    await installation.sabotage(watch);
    if (typeof when === "string") {
      const refused = notDone("the preview", await call(installation, runner, "preview"));
      if (refused !== undefined) return refused;
      begin();
      await changed;
    } else watch.await(when, begin);
    const result = await call(installation, runner, "install", {
      onLine: (line) => {
        watch.said(line);
      },
    });
    await changed;
    if (changed === undefined) return "the archive never changed";
    const wrong =
      (await lingering(installation)) ??
      (result.code === 0
        ? await otherThanRegistry(installation, [planned.ids, other.ids])
        : CLEAR.test(lastWords(result))
          ? undefined
          : `does not say that the archive changed: ${lastWords(result)}`);
    if (wrong !== undefined) return wrong;
    await writeFile(planned.path, whole);
    const again = notDone("the next run", await call(installation, runner, "install"));
    return (
      again ??
      (await otherThanRegistry(installation, [other.ids])) ??
      (await installation.complaint(reference.inventory))
    );
  } finally {
    await installation.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const pushedSchema = z.object({ digest: z.string(), manifest: z.string() });
const manifestSchema = z.object({ config: z.object({ digest: z.string() }) });

/** Says how the registry has other images than one of the archives, or other digests than the outputs say. */
async function otherThanRegistry(
  { stack }: Installation,
  archives: readonly (readonly string[])[],
): Promise<string | undefined> {
  const outputs: Readonly<Record<string, JsonValue>> = await stack.outputs();
  const tables = openWorld(stack.folders.world).read((state) => state.tables);
  const pushed = Object.values(tables["docker/pushed-image"] ?? {}).map((each) => pushedSchema.parse(each));
  const ids = pushed.map(({ manifest }) =>
    manifestSchema.parse(JSON.parse(manifest)).config.digest.replace("sha256:", ""),
  );
  if (!archives.some((archive) => archive.every((id) => ids.includes(id))))
    return `the registry has not both images of one archive: ${ids.join(", ")}`;
  const told = ROLES.map((role) => outputs[`${role}Digest`]);
  const there = pushed.map(({ digest }) => digest);
  return told.every((digest) => typeof digest === "string" && there.includes(digest))
    ? undefined
    : `the outputs say ${JSON.stringify(told)}, and the registry has ${there.join(", ")}`;
}

/** Installations whose archive changes between the plan and the push. */
export const changingArchives: Family = (trial, ground) => {
  const all = cases.flatMap((subject) =>
    runners.flatMap((runner) =>
      whens[runner].flatMap((when) =>
        Object.entries(archiveChanges).map(([name, change]) => ({
          subject,
          phase: "install" as const,
          runner,
          when,
          change,
          name,
        })),
      ),
    ),
  );
  const tries = spread(shuffled(all, trial.seed)).flatMap(({ name, ...changing }) => {
    const { subject, runner, when } = changing;
    return tryOf(trial, `archive ${name}`, `${subject.name}, ${runner}, ${nameOf(when)}`, async () =>
      runChanging(changing, await ground.reference(subject, "install"), trial.engine),
    );
  });
  return trial.scope === "short" ? [] : tries;
};
