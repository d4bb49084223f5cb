import { type RawConfig, parseConfig } from "../../../config/parse";
import { formatProblems } from "../../../config/problems";
import type { Outcome } from "../experiment";

/** Time and memory that saying what is wrong may take. */
export const MOST_MS = 5_000;
export const MOST_MB = 200;

/** A configuration with something wrong in it. */
export interface Fault {
  readonly kind: string;
  readonly subject: string;
  readonly raw: RawConfig;
  /** The keys that must be named, each by itself or by what is inside of it. */
  readonly keys: readonly string[];
}

const isAt = (key: string, expected: string): boolean =>
  key === expected || key.startsWith(`${expected}.`) || key.startsWith(`${expected}[`);

/** Secrets that are too short may be part of anything. */
const TELLING = 12;

/** What is wrong with how a fault is refused, or undefined. */
function failureOf({ raw, keys }: Fault): string | undefined {
  const began = performance.now();
  const { problems } = parseConfig(raw);
  if (problems.length === 0) return "it is accepted";
  const report = formatProblems(problems);
  const took = performance.now() - began;
  if (took > MOST_MS) return `it took ${took.toFixed(0)} ms`;
  const missing = keys.filter((expected) => !problems.some(({ key }) => isAt(key, expected)));
  if (missing.length > 0) return `${missing.join(" and ")} is not named:\n${report}`;
  return wordingFailure(report, problems.length) ?? leak(report, raw);
}

/** Each problem takes one line with key, problem and remedy. */
function wordingFailure(report: string, count: number): string | undefined {
  const [, ...lines] = report.split("\n");
  if (lines.length !== Math.min(count, 201)) return `a problem takes several lines:\n${report}`;
  const odd = lines.find((line) => !/^ {2}(?:`spacelift:.+`: .+; .+|… and \d+ more, .+)$/.test(line));
  if (odd !== undefined) return `a line without key, problem and remedy:\n${odd}`;
  if (lines.some((line) => line.length > 2_000)) return `a line of ${report.length} characters`;
  return /[^\P{Cc}\n]/u.test(report) ? "it prints control characters" : undefined;
}

function leak(report: string, { values, encrypted }: RawConfig): string | undefined {
  const secrets = [...encrypted].map((key) => values[key] ?? "").filter((text) => text.length >= TELLING);
  return /planted/.test(report) || secrets.some((secret) => report.includes(secret))
    ? `it shows a secret:\n${report}`
    : undefined;
}

/** Tries a fault. */
export function judge(fault: Fault): Outcome {
  const { kind, subject } = fault;
  try {
    const failure = failureOf(fault);
    return failure === undefined ? { kind, subject } : { kind, subject, failure };
  } catch (error) {
    return {
      kind,
      subject,
      failure: `it breaks the parser: ${error instanceof Error ? (error.stack ?? "") : String(error)}`,
    };
  }
}
