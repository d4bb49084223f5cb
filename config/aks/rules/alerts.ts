import type { Problem } from "../../problems";
import { removeCommand, setCommand } from "../../problems";
import { aksRule, uselessKey } from "../../rules/rule";

const recipients = aksRule(({ section: { alerts } }) => {
  if (alerts === undefined || alerts.emails.length + alerts.actionGroupIds.length > 0) return [];
  const problem: Problem = {
    key: "aks.alerts",
    problem: "must name somebody to tell: `emails`, `actionGroupIds` or both",
    fix: `${setCommand("aks.alerts.emails", ["platform@example.com"])}, or ${removeCommand("aks.alerts")}`,
  };
  return [problem];
});

const nothingToWatch = aksRule(({ complete: { alerts, database, storage, cluster } }) =>
  alerts !== undefined && [database, storage, cluster].every(({ kind }) => kind === "existing")
    ? [uselessKey("aks.alerts", "database, storage account and cluster are yours, and so are alerts on them")]
    : [],
);

/** An action group that is named twice would tell its people twice; Azure refuses it. */
const repeated = aksRule(({ section: { alerts } }) =>
  (["emails", "actionGroupIds"] as const).flatMap((name) => {
    const all = (alerts?.[name] ?? []).map((each) => each.toLowerCase());
    return all.flatMap((each, index) =>
      all.indexOf(each) === index
        ? []
        : [uselessKey(`aks.alerts.${name}[${index}]`, "it is on the list already")],
    );
  }),
);

/** Rules about alerts on the Azure target. */
export const aksAlertRules = [recipients, nothingToWatch, repeated];
