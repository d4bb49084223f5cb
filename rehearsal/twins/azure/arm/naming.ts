import type { CheckContext, Failure } from "../../framework";
import type { NameRule } from "./definition";

/** Letters, digits and what may stand between them, as for most resources of a network. */
export const networkName = (max = 80): NameRule => ({
  pattern: /^[a-zA-Z0-9]([\w.-]*\w)?$/,
  min: 1,
  max,
  words:
    "letters, digits, underscores, periods and hyphens, a letter or digit first, no period or hyphen last",
});

/** Says what is wrong with a name; empty when nothing is. */
export function checkName(rule: NameRule, property: string, name: string): Failure[] {
  if (name.length < rule.min || name.length > rule.max) {
    return [
      {
        property,
        reason: `InvalidResourceName: "${name}" has ${name.length} characters, must have ${rule.min} to ${rule.max}`,
      },
    ];
  }
  return rule.pattern.test(name)
    ? []
    : [{ property, reason: `InvalidResourceName: "${name}" is no valid name: ${rule.words}` }];
}

/** The automatic name of a resource: its logical name and eight digits, as far as the rule allows. */
export function automaticName(context: CheckContext, rule: NameRule | undefined): string {
  if (rule?.automatic !== undefined) return rule.automatic(context.randomHex);
  const suffix = context.randomHex(8);
  const fit = rule?.fit ?? ((name: string) => name);
  const stem = fit(context.name).slice(0, (rule?.max ?? 80) - suffix.length);
  return `${stem}${suffix}`;
}
