import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { configNamespace } from "../../config/problems";
import { isSecretName, type PlaintextSecrets, secretKeys } from "../../config/secrets";
import { type SettingsInput, settingsKeys, settingsShape } from "../../config/settings";
import { SpaceliftError } from "../errors";
import type { StackOptions } from "../options";
import { inScratchProject } from "./scratch-project";

/** What is written where. */
export interface WriteStackFileOptions extends StackOptions {
  /** Path of `Pulumi.<stack>.yaml`; there must be none yet. */
  readonly file: string;
  readonly settings: SettingsInput;
  readonly secrets: PlaintextSecrets;
  readonly signal?: AbortSignal;
}

// What the engine leaves in a stack file when it has encrypted something.
const sealed = z.object({
  encryptionsalt: z.string().optional(),
  secretsprovider: z.string().optional(),
  encryptedkey: z.string().optional(),
  config: z.record(z.string(), z.object({ secure: z.string() })).default({}),
});

/**
 * Writes a new stack file, with a comment for every key and every secret encrypted by the engine. A secret reaches the
 * engine through its standard input: it is in no argument and in no file in clear.
 *
 * @throws SpaceliftError `SPACELIFT_OPTIONS_INVALID` when the file is there already, or what the engine fails with
 */
export async function writeStackFile(options: WriteStackFileOptions): Promise<void> {
  const { file, settings } = options;
  const { config, ...key } = await seal(options);
  const head = Object.keys(key).length === 0 ? "" : stringify(key, { lineWidth: 0 });
  const text = `${head}${stackFileText(settings, config)}`;
  await writeFile(file, text, { flag: "wx" }).catch((cause: unknown) => {
    if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST")) throw cause;
    throw new SpaceliftError("SPACELIFT_OPTIONS_INVALID", `"${basename(file)}" is there already`, {
      fix: "change it with `pulumi config set` or an editor, or take another name for the stack",
      cause,
    });
  });
}

function seal({ secrets, ...project }: WriteStackFileOptions): Promise<z.output<typeof sealed>> {
  const { secretsProvider } = project.workspace;
  const key = {
    ...(typeof secretsProvider === "string" && { provider: secretsProvider }),
    passphrase: typeof secretsProvider === "object",
  };
  return inScratchProject({ ...project, text: "{}\n", key, create: true }, async ({ pulumi, file }) => {
    for (const [name, value] of Object.entries(secrets)) {
      await pulumi(["config", "set", "--secret", `${configNamespace}:${name}`], value);
    }
    return sealed.parse(parse(await readFile(file, "utf8")) ?? {});
  });
}

/** A value the engine has encrypted. */
export interface SealedValue {
  readonly secure: string;
}

/**
 * Words the `config` of a stack file: every key in the order of the reference page with its description above it, the
 * secrets last.
 */
function stackFileText(settings: SettingsInput, secrets: Readonly<Record<string, SealedValue>>): string {
  const blocks = [
    ...settingsKeys.flatMap((key) => {
      const value = settings[key];
      return value === undefined ? [] : [block(describe(key), { [`${configNamespace}:${key}`]: value })];
    }),
    ...Object.entries(secrets).map(([key, value]) => block(describeSecret(key), { [key]: value })),
  ];
  return ["# docs/configuration.md describes every key.", "config:", blocks.join("\n")].join("\n");
}

function block(description: string, entry: Readonly<Record<string, unknown>>): string {
  return [`# ${description}`, ...stringify(entry, { lineWidth: 0 }).trimEnd().split("\n")]
    .map((line) => `  ${line}\n`)
    .join("");
}

const describe = (key: keyof typeof settingsShape): string => settingsShape[key].meta()?.description ?? key;

function describeSecret(fullKey: string): string {
  const key = fullKey.slice(configNamespace.length + 1);
  return `Secret. ${isSecretName(key) ? secretKeys[key].description : key}`;
}
