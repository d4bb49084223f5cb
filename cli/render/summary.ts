import { stringify } from "yaml";
import type { Deployment, Destroyed, DeploymentOutputs, Plan, Refreshed } from "../../automation";
import { planTree } from "./plan-tree";
import { counts, duration, changeCount } from "./words";

/** Words a plan: the tree of what would change with the properties that differ, and the counts. */
export const planLines = (plan: Plan): readonly string[] =>
  changeCount(plan.changes) === 0
    ? [`nothing to change: ${plan.resources} resources as they should be`]
    : [...planTree(plan.steps), "", counts(plan.changes, true)];

/** Words what a deployment came to: the counts, where Spacelift answers, the DNS records to make and what is left to do. */
export function deploymentLines({ changes, durationMs, outputs, stack }: Deployment): readonly string[] {
  const { url, dnsRecords, nextSteps } = outputs;
  return [
    `${changeCount(changes) === 0 ? "nothing to change" : counts(changes, false)}, ${duration(durationMs)}`,
    "",
    `url: ${url}`,
    ...titled(
      "DNS records",
      dnsRecords.map((record) => `${record.name}  ${record.type}  ${record.value}`),
    ),
    ...titled(
      "next steps",
      nextSteps.map((step, index) => `${index + 1}. ${step}`),
    ),
    "",
    `every output: spacelift outputs -s ${stack}`,
  ];
}

/** Words what a refresh found. */
export const refreshLines = ({ changes, durationMs }: Refreshed): readonly string[] => [
  `${counts(changes, false)}, ${duration(durationMs)}`,
];

/** Words what a destroy came to and what it left standing. */
export function destroyLines({ changes, durationMs, kept }: Destroyed): readonly string[] {
  const names = (resources: readonly { readonly name: string; readonly type: string }[]): readonly string[] =>
    resources.map(({ name, type }) => `${name}  ${type}`);
  return [
    `${counts(changes, false)}, ${duration(durationMs)}`,
    ...titled("retained (protected)", names(kept.protected)),
    ...titled("retained (no longer in the stack)", names(kept.retained)),
    ...titled("to give it up (a setting takes `up` and `destroy` again)", kept.advice),
  ];
}

/** Words what a destroy is going to keep, before it begins. */
export const keepingLines = ({ keptOnDestroy }: Partial<DeploymentOutputs>): readonly string[] =>
  titled(
    "this stays",
    (keptOnDestroy ?? []).map(({ what, remove }) => `${what} (to give it up: ${remove})`),
  );

/** Words outputs as YAML. */
export const outputLines = (outputs: Readonly<Record<string, unknown>>): readonly string[] =>
  stringify(outputs, { lineWidth: 0 }).trimEnd().split("\n");

function titled(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines.map((line) => `  ${line}`)];
}
