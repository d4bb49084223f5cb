import { stringify } from "yaml";
import type { JsonValue, Kept, ResourceName } from "../../../engine/protocol";
import { changeCount, type RehearsalOperation, type RehearsalSummary } from "../summary";
import { type Paint, resourceTree } from "./tree";

const DONE: Readonly<Record<string, string>> = {
  create: "created",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
  same: "unchanged",
  read: "read",
};
const PLANNED: Readonly<Record<string, string>> = {
  ...DONE,
  create: "to create",
  update: "to update",
  replace: "to replace",
  delete: "to delete",
};
// Parts of a replacement, which the engine counts beside the whole.
const PARTS: ReadonlySet<string> = new Set(["create-replacement", "delete-replaced"]);

/** Words the outcome of an operation: the tree of what changed, what was kept, the counts and the time. */
export function operationReport(summary: RehearsalSummary, paint?: Paint): string[] {
  const took = `${(summary.durationMs / 1000).toFixed(1)} s`;
  const kept = summary.kept === undefined ? [] : keptReport(summary.kept);
  if (summary.ok && changeCount(summary) === 0) {
    const count = Object.values(summary.changes).reduce((sum, one) => sum + one, 0);
    return [...kept, `${nothing(summary.operation, count)} (${took})`];
  }
  const failed = summary.ok ? [] : [`${summary.operation} failed`];
  return [
    ...resourceTree(summary.steps, paint),
    "",
    ...kept,
    [...failed, ...countsOf(summary), took].join(", "),
    ...(summary.ok ? [] : ["", ...summary.diagnostics]),
  ];
}

/** How outputs are worded. */
export interface OutputsReportOptions {
  /** Outputs of more lines than this are reduced to a remark. @default Infinity */
  readonly maxLines?: number;
}

/** Words outputs as YAML, an indented block under a heading. */
export function outputsReport(
  outputs: Readonly<Record<string, JsonValue>>,
  { maxLines = Number.POSITIVE_INFINITY }: OutputsReportOptions = {},
): string[] {
  if (Object.keys(outputs).length === 0) return ["the stack has no outputs"];
  const blocks = Object.entries(outputs).flatMap(([key, value]) => {
    const lines = stringify({ [key]: value }, { lineWidth: 0 })
      .trimEnd()
      .split("\n");
    return lines.length > maxLines ? [`${key}: (${lines.length - 1} lines; see \`outputs\`)`] : lines;
  });
  return ["outputs", ...blocks.map((line) => `  ${line}`)];
}

function nothing(operation: RehearsalOperation, count: number): string {
  return operation === "destroy"
    ? "nothing to take away"
    : `nothing to change: ${count} resources as they should be`;
}

function countsOf({ changes, operation }: RehearsalSummary): string[] {
  const words = operation === "preview" ? PLANNED : DONE;
  return Object.entries(changes)
    .filter(([op]) => !PARTS.has(op))
    .map(([op, count]) => `${count} ${words[op] ?? op}`);
}

function keptReport(kept: Kept): string[] {
  const list = (title: string, names: readonly ResourceName[]): string[] =>
    names.length === 0 ? [] : [title, ...names.map(({ type, name }) => `  ${name}  ${type}`), ""];
  return [
    ...list("kept, for it is protected:", kept.protected),
    ...list("no longer in the stack, yet not deleted:", kept.retained),
    ...(kept.advice.length === 0
      ? []
      : [
          "to give it up (a setting takes `up` and `destroy` again):",
          ...kept.advice.map((line) => `  ${line}`),
          "",
        ]),
  ];
}
