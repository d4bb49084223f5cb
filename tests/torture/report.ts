import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { format, resolveConfig } from "prettier";
import type { Experiment, Outcome } from "./experiment";

/** What one experiment came to. */
export interface Result {
  readonly experiment: Experiment;
  readonly outcomes: readonly Outcome[];
  readonly minutes: number;
  /** Whether the time was over before all was tried. */
  readonly isCut: boolean;
}

/** Under which circumstances a run was made. */
export interface Circumstances {
  readonly date: string;
  readonly engine: string;
  readonly seed: number;
  readonly version: string;
}

/** What failed and is not known to. */
export const unexpected = (outcomes: readonly Outcome[]): readonly Outcome[] =>
  outcomes.filter(({ failure, exception }) => failure !== undefined && exception === undefined);

/** The figures as a page. */
export function reliabilityPage(results: readonly Result[], at: Circumstances): string {
  const tried = results.flatMap(({ outcomes }) => outcomes);
  const survived = tried.filter(({ failure }) => failure === undefined).length;
  return [
    "# Reliability",
    "",
    "<!-- Written by `npm run torture`; do not edit. -->",
    "",
    `Of ${tried.length} faults, ${survived} were survived (version ${at.version}, Pulumi ${at.engine}, ${at.date}, seed`,
    `${at.seed}). \`npm run torture\` breaks the program on the real engine, with simulated providers and servers, in the`,
    "ways below, and writes this page. `npm run torture -- NAME --seed SEED --only SUBJECT` repeats any of it.",
    "",
    ...results.flatMap(section),
  ].join("\n");
}

function section({ experiment, outcomes, minutes, isCut }: Result): string[] {
  const kinds = [...new Set(outcomes.map(({ kind }) => kind))];
  const row = (kind: string): string => {
    const ofKind = outcomes.filter((each) => each.kind === kind);
    return `| ${kind} | ${ofKind.filter(({ failure }) => failure === undefined).length} | ${ofKind.length} |`;
  };
  return [
    `## ${experiment.title}`,
    "",
    experiment.method,
    "",
    "| Fault | Survived | Tried |",
    "| --- | ---: | ---: |",
    ...kinds.map(row),
    "",
    `It took ${minutes.toFixed(0)} min${isCut ? ", and was cut there: not all was tried" : ""}.`,
    "",
    ...exceptions(outcomes),
  ];
}

function exceptions(outcomes: readonly Outcome[]): string[] {
  const failed = outcomes.filter(({ failure }) => failure !== undefined);
  if (failed.length === 0) return [];
  const reasons = [...new Set(failed.map(({ exception = "Not explained yet." }) => exception))];
  return [
    "Not survived:",
    "",
    ...reasons.map((reason) => {
      const subjects = failed
        .filter(({ exception = "Not explained yet." }) => exception === reason)
        .map(({ kind, subject }) => `${kind}, \`${subject}\``);
      return `- ${reason} (${subjects.join("; ")})`;
    }),
    "",
  ];
}

/** Writes the page into docs/, laid out as the other pages are. */
export async function writeReliability(page: string): Promise<void> {
  const file = resolve(__dirname, "../../docs/reliability.md");
  const options = await resolveConfig(file);
  writeFileSync(file, await format(page, { ...options, filepath: file }));
}
