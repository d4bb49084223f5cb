import type { Right } from "../../preflight/cluster/required-rights";
import type { ApiRequest } from "./ground/audit";

interface Justification {
  readonly verbs: readonly string[];
  readonly resources: RegExp;
  readonly reason: string;
}

const fits = ({ verb, resource }: ApiRequest, list: readonly Justification[]): boolean =>
  list.some(({ verbs, resources }) => verbs.includes(verb) && resources.test(resource));

const unused: readonly Justification[] = [
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

const unasked: readonly Justification[] = [
  {
    verbs: ["list", "watch"],
    resources: /^events$/,
    reason: "the provider tells events beside what it waits for, and nothing waits for them",
  },
];

/** Whether a right is asked for with a reason, though nothing here uses it. */
export const isJustified = (right: Right): boolean => fits(right, unused);

/** Whether something is done that can be done without. */
export const isOptional = (request: ApiRequest): boolean => fits(request, unasked);
