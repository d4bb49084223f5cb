import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { z } from "zod";
import { decodeSettings, ownKey, parseConfig, type RawConfig } from "../../config/parse";
import { formatProblems } from "../../config/problems";
import type { PlaintextSecrets } from "../../config/secrets";
import type { SettingsInput } from "../../config/settings";
import { SpaceliftError } from "../errors";
import type { StackOptions } from "../options";
import { withSecrets } from "../outputs";
import { stackFileKey } from "./key";
import { inScratchProject } from "./scratch-project";

/** Which stack file is read. */
export interface ReadStackFileOptions extends StackOptions {
  /** Path of `Pulumi.<stack>.yaml`. */
  readonly file: string;
  readonly signal?: AbortSignal;
}

/** What a stack file holds. */
export interface StackFileContent {
  readonly settings: SettingsInput;
  /** In clear. Not enumerable: `JSON.stringify`, spreading and `console.log` leave it out. */
  readonly secrets: PlaintextSecrets;
  /** Keys of other namespaces than `spacelift` and `pulumi`: the program reads none of them. */
  readonly ignored: readonly string[];
}

// What `pulumi config --json` prints; `value` of an object is its JSON.
const printed = z.record(z.string(), z.looseObject({ value: z.string().default(""), secret: z.boolean() }));

/**
 * Reads a stack file as `pulumi up` would: its values are read and its secrets decrypted by the engine, and the rules are
 * those of the program.
 *
 * @throws SpaceliftError `SPACELIFT_CONFIG_INVALID` with every problem, among them secrets stored in plain and encrypted
 * sections; `SPACELIFT_OPTIONS_INVALID` when there is no such file; or what the engine fails with
 */
export async function readStackFile(options: ReadStackFileOptions): Promise<StackFileContent> {
  const { file } = options;
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new SpaceliftError("SPACELIFT_OPTIONS_INVALID", `the stack file "${file}" cannot be read`, {
      fix: "correct the path, or make the file first",
      cause,
    });
  });
  const key = stackFileKey(text, basename(file));
  const json = await inScratchProject({ ...options, text, key, create: false }, ({ pulumi }) =>
    pulumi(["config", "--show-secrets", "--json"]),
  );
  const entries = Object.entries(printed.parse(JSON.parse(json)));
  const raw = rawConfig(entries.map(([name, { value, secret }]) => [name, value, secret]));
  const { problems, secrets } = parseConfig(raw);
  if (problems.length > 0) {
    throw new SpaceliftError("SPACELIFT_CONFIG_INVALID", formatProblems(problems), {
      fix: "run the commands above",
      problems,
    });
  }
  // Without problems, every value is what its schema takes.
  const settings = decodeSettings(raw, []).values as SettingsInput;
  const ignored = entries.map(([name]) => name).filter((name) => !/^(spacelift|pulumi):/.test(name));
  return withSecrets({ settings, ignored }, secrets);
}

function rawConfig(entries: readonly (readonly [name: string, value: string, secret: boolean])[]): RawConfig {
  const own = entries.flatMap(([name, value, secret]) => {
    const key = ownKey(name);
    return key === undefined ? [] : [{ key, value, secret }];
  });
  return {
    values: Object.fromEntries(own.map(({ key, value }) => [key, value])),
    encrypted: new Set(own.filter(({ secret }) => secret).map(({ key }) => key)),
  };
}
