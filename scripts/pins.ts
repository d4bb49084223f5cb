import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import * as semver from "semver";
import { z } from "zod";
import { runCommand } from "../peers/run-command";

/** A release of a package that package.json names. */
export interface Pin {
  readonly name: string;
  /** The exact version; of a range, the lowest. */
  readonly version: string;
}

/** What became of the question about a pin: what the registry knows of it, or why it could not be asked. */
export type Answer =
  | { readonly latest: string | undefined; readonly deprecated: string | undefined }
  | { readonly missing: true }
  | { readonly unanswered: string };

const manifest = z.object({
  dependencies: z.record(z.string(), z.string()).optional(),
  devDependencies: z.record(z.string(), z.string()).optional(),
  peerDependencies: z.record(z.string(), z.string()).optional(),
});

/** The `@pulumi/*` releases that a package.json names, each once. */
export function pinsOf(text: string): Pin[] {
  const { dependencies, devDependencies, peerDependencies } = manifest.parse(JSON.parse(text));
  const pins = new Map<string, Pin>();
  for (const [name, range] of [dependencies, devDependencies, peerDependencies].flatMap((each) =>
    Object.entries(each ?? {}),
  )) {
    if (!name.startsWith("@pulumi/")) continue;
    const version = semver.minVersion(range)?.version;
    if (version === undefined) throw new Error(`${name}: no version satisfies ${range}`);
    pins.set(`${name}@${version}`, { name, version });
  }
  return [...pins.values()];
}

const known = z.object({
  version: z.string(),
  "dist-tags": z.object({ latest: z.string().optional() }),
  deprecated: z.string().optional(),
});
const refusal = z.object({ error: z.object({ code: z.string() }) });

/** Reads what `npm view NAME@VERSION version dist-tags deprecated --json` printed. */
export function readAnswer(printed: string): Answer {
  let value: unknown;
  try {
    value = JSON.parse(printed);
  } catch {
    return { unanswered: "npm printed no answer" };
  }
  const { data } = known.safeParse(value);
  if (data) return { latest: data["dist-tags"].latest, deprecated: data.deprecated };
  const { error } = refusal.safeParse(value).data ?? {};
  if (error?.code === "E404") return { missing: true };
  return { unanswered: error?.code ?? "npm printed something else" };
}

/**
 * Why a pin is refused; undefined when it is not. A release that nobody is offered by default may have been published by
 * mistake, and the plugin that belongs to it may not exist.
 */
export function objection({ name, version }: Pin, answer: Answer): string | undefined {
  const pin = `${name} ${version}`;
  if ("unanswered" in answer) return undefined;
  if ("missing" in answer)
    return `${pin}: the registry has no such release; run \`npm view ${name} versions\``;
  const { latest, deprecated } = answer;
  const remedy = latest === undefined ? "" : `; pin ${latest}, the release that \`latest\` names`;
  if (deprecated !== undefined) return `${pin}: deprecated (${deprecated})${remedy}`;
  if (latest !== undefined && semver.gt(version, latest)) return `${pin}: newer than \`latest\`${remedy}`;
  return undefined;
}

const FETCH_MS = 10_000;
/** More than the fetch, for npm itself on a busy machine. */
const LIMIT_MS = 30_000;

async function ask({ name, version }: Pin): Promise<Answer> {
  const args = ["view", `${name}@${version}`, "version", "dist-tags", "deprecated", "--json"];
  const once = ["--fetch-retries=0", `--fetch-timeout=${FETCH_MS}`];
  const { stdout, timedOut } = await runCommand("npm", [...args, ...once], { timeoutMs: LIMIT_MS });
  return timedOut ? { unanswered: "no answer in time" } : readAnswer(stdout);
}

/** Refuses the `@pulumi/*` pins of a package.json, by default this project's, that the registry warns of. */
async function main(file = join(resolve(__dirname, ".."), "package.json")): Promise<void> {
  const asked = await Promise.all(
    pinsOf(await readFile(file, "utf8")).map(async (pin) => ({ pin, answer: await ask(pin) })),
  );
  for (const { pin, answer } of asked) {
    const refused = objection(pin, answer);
    if (refused !== undefined) {
      console.error(refused);
      process.exitCode = 1;
    } else if ("unanswered" in answer) {
      console.error(`${pin.name} ${pin.version} was not checked: ${answer.unanswered}`);
    }
  }
}

if (require.main === module) void main(process.argv[2]);
