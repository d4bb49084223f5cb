import { readFileSync } from "node:fs";
import { z } from "zod";
import { SpaceliftError } from "../../automation";
import { parseSettings } from "../../config/parse";
import type { Problem } from "../../config/problems";
import { isSecretName, type PlaintextSecrets } from "../../config/secrets";
import type { SettingsInput } from "../../config/settings";

/** Answers by key: the path of a setting, as `onprem.registry.address`, or the name of a secret. */
export type Answers = Readonly<Record<string, unknown>>;

/** What answers come to. */
export interface Answered {
  readonly settings: SettingsInput;
  readonly secrets: PlaintextSecrets;
}

/** Sorts answers into settings and secrets. */
export function sortAnswers(answers: Answers): Answered {
  const settings: Record<string, unknown> = {};
  const secrets: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(answers)) {
    if (isSecretName(key)) secrets[key] = value;
    else setPath(settings, key.split("."), value);
  }
  // Whoever uses them has them checked: parseSettings says what is not as the types want it.
  return { settings: settings as SettingsInput, secrets: secrets };
}

/** The answer of a key, by itself or inside of a section that is given as a whole; undefined when there is none. */
export function valueAt(key: string, answers: Answers): unknown {
  if (key in answers) return answers[key];
  const { settings } = sortAnswers(answers);
  return key
    .split(".")
    .reduce<unknown>((inner, name) => (isSection(inner) ? inner[name] : undefined), settings);
}

/** Whether a key is answered. */
export const isAnswered = (key: string, answers: Answers): boolean =>
  key in answers || valueAt(key, answers) !== undefined;

const isSection = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Everything that is wrong with answers. */
export function problemsOf(answers: Answers): readonly Problem[] {
  const { settings, secrets } = sortAnswers(answers);
  return parseSettings(settings, secrets).problems;
}

/** What is wrong with one answer, given the others; what is still missing is no problem yet. */
export function problemOf(key: string, value: unknown, others: Answers): string | undefined {
  return problemsOf({ ...others, [key]: value }).find((problem) => isAbout(problem.key, key))?.problem;
}

/** Whether a problem lies at a key or inside of it. */
const isAbout = (problem: string, key: string): boolean =>
  problem === key || problem.startsWith(`${key}.`) || problem.startsWith(`${key}[`);

function setPath(
  object: Record<string, unknown>,
  [name = "", ...rest]: readonly string[],
  value: unknown,
): void {
  if (rest.length === 0) {
    object[name] = value;
    return;
  }
  const present = object[name];
  const below = isSection(present) ? { ...present } : {};
  object[name] = below;
  setPath(below, rest, value);
}

const shape = z.record(z.string(), z.json());

/**
 * Reads answers from a JSON file, or from standard input with `-`: the way for secrets of a pipeline, which must be in no
 * argument.
 *
 * @throws SpaceliftError `SPACELIFT_OPTIONS_INVALID`
 */
export function readAnswers(file: string): Answers {
  const name = file === "-" ? "standard input" : `"${file}"`;
  const wrong = (problem: string): SpaceliftError =>
    new SpaceliftError("SPACELIFT_OPTIONS_INVALID", `the answers in ${name} ${problem}`, {
      fix: 'give one JSON object: {"target": "aks", "domain": "spacelift.example.com", …}, with paths as keys',
    });
  let text: string;
  try {
    text = readFileSync(file === "-" ? 0 : file, "utf8");
  } catch {
    throw wrong("cannot be read");
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    // The parser's words quote the text, which holds secrets.
    throw wrong("are no JSON");
  }
  const answers = shape.safeParse(content);
  if (!answers.success) throw wrong("are no object");
  return answers.data;
}
