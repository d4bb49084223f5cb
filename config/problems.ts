import * as pulumi from "@pulumi/pulumi";

/** The project's name in Pulumi.yaml, and so the namespace of every key. */
export const configNamespace = "spacelift";

/** One thing that is wrong with a configuration. */
export interface Problem {
  /** The key without namespace, with its path: `ingress.className`, `workers.pools[0].size`. */
  readonly key: string;
  /** What is wrong, in lower case, without a final period and never with a secret's value. */
  readonly problem: string;
  /** The command or the line that fixes it. */
  readonly fix: string;
}

/** Names longer than this are no slip of the pen, and are shown in part. */
const MOST_NAME = 100;

/** Lines that somebody still reads. */
const MOST_LINES = 200;

/** A text with what terminals hide or obey written out: blanks without width, other spaces, controls beyond JSON's. */
export const visible = (text: string): string =>
  text.replace(
    /[\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** `["workers", "pools", 0, "size"]` → `workers.pools[0].size`, as `pulumi config --path` takes it. */
export function keyPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((key, part) => {
    if (typeof part === "number") return `${key}[${part}]`;
    const given = String(part);
    const name = given.length > MOST_NAME ? `${given.slice(0, MOST_NAME)}…` : given;
    if (!/^[A-Za-z_][\w-]*$/.test(name)) return `${key}[${visible(JSON.stringify(name))}]`;
    return key === "" ? name : `${key}.${name}`;
  }, "");
}

const shellWord = (text: string): string =>
  /^[\w./:@=+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

const isNested = (key: string): boolean => /[.[]/.test(key);

const address = (key: string): string =>
  isNested(key) ? `--path ${shellWord(`${configNamespace}:${key}`)}` : `${configNamespace}:${key}`;

/** The command that sets a key; an object or list is shown as the line of the stack file instead. */
export function setCommand(key: string, example: unknown): string {
  if (typeof example === "object" && example !== null) {
    return isNested(key)
      ? `set \`${key.slice(key.lastIndexOf(".") + 1)}: ${JSON.stringify(example)}\` there in the stack file`
      : `put \`${configNamespace}:${key}: ${JSON.stringify(example)}\` into the stack file`;
  }
  const value =
    typeof example === "string" || typeof example === "number" ? String(example) : JSON.stringify(example);
  return `run \`pulumi config set ${address(key)} ${shellWord(value)}\``;
}

/** The command that asks for a secret at the prompt, so that it is in no shell history. */
export const setSecretCommand = (key: string): string =>
  `run \`pulumi config set --secret ${configNamespace}:${key}\` and paste the value at the prompt`;

/** The command that stores a file as a secret. */
export const setSecretFromFile = (key: string, file: string): string =>
  `run \`pulumi config set --secret ${configNamespace}:${key} < ${file}\``;

export const removeCommand = (key: string): string => `run \`pulumi config rm ${address(key)}\``;

/** Sorts problems by key and writes one line each, ready to print. */
export function formatProblems(problems: readonly Problem[]): string {
  const sorted = [...problems].sort(
    (a, b) => a.key.localeCompare(b.key, "en", { numeric: true }) || a.problem.localeCompare(b.problem),
  );
  const title = sorted.length === 1 ? "1 problem" : `${sorted.length} problems`;
  const lines = sorted
    .slice(0, MOST_LINES)
    .map(({ key, problem, fix }) => `  \`${configNamespace}:${key}\`: ${problem}; ${fix}`);
  const left = sorted.length - lines.length;
  const rest = left === 0 ? [] : [`  … and ${left} more, which are shown when these are fixed`];
  return [`${title} in the configuration; nothing was changed:`, ...lines, ...rest].join("\n");
}

/** The configuration cannot be used. Carries every problem; prints without a stack trace. */
export class ConfigError extends pulumi.RunError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(formatProblems(problems));
    this.problems = problems;
    // Nobody needs the frames, and the SDK formats them all the same: for some of its own, whose source maps lack a folder,
    // Node.js 20 loops until memory for the text runs out, which takes a quarter of a minute.
    this.stack = `${this.name}: ${this.message}`;
  }
}

/** Gives a value that the rules of the configuration guarantee. Its absence is a bug of the rules, not of the stack. */
export function required<T>(value: T | undefined, key: string): T {
  if (value === undefined) throw new Error(`bug: spacelift:${key} passed the checks without a value`);
  return value;
}
