import type { ApiRequest } from "./ground/audit";

/** Why what is asked for and what is done may differ. */
export interface Justification {
  readonly verbs: readonly string[];
  readonly resources: RegExp;
  readonly reason: string;
}

export const fits = ({ verb, resource }: ApiRequest, { verbs, resources }: Justification): boolean =>
  verbs.includes(verb) && resources.test(resource);

/** Rights that are asked for with a reason, though nothing here uses them. */
export const unused: readonly Justification[] = [
  {
    verbs: ["patch"],
    resources:
      /^(services|serviceaccounts|ingresses|roles|rolebindings|ingressclasses|.*webhookconfigurations)$/,
    reason: "Helm patches what differs between two versions of a chart, and the charts of the tests have one",
  },
  {
    verbs: ["patch"],
    resources: /^(customresourcedefinitions|secrets)$/,
    reason: "the same, and the record of a release that a killed run left",
  },
  {
    verbs: ["list", "get"],
    resources: /^(deployments|statefulsets|daemonsets|events|pods\/log)$/,
    reason: "the program looks after ten seconds why a release is not ready, and here it is by then",
  },
];

/** What is done that can be done without. */
export const unasked: readonly Justification[] = [
  {
    verbs: ["list", "watch"],
    resources: /^events$/,
    reason: "the provider tells events beside what it waits for, and nothing waits for them",
  },
];
