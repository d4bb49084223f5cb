import assert from "node:assert/strict";
import { clusterLayout } from "../../preflight/cluster/layout";
import { type Right, requiredRights } from "../../preflight/cluster/required-rights";
import type { RehearsedStack } from "../support/rehearsed-stack";
import { subjectOfStack } from "../support/stack-subject";
import type { Ground } from "./ground";
import type { ApiRequest } from "./ground/audit";
import { fits, type Justification, unasked, unused } from "./justified-rights";

const words = ({ verb, group, resource, namespace }: ApiRequest): string =>
  `${verb} ${resource}${group === "" ? "" : `.${group}`}${namespace === undefined ? "" : ` in ${namespace}`}`;

const covers = (right: Right, { verb, group, resource, namespace }: ApiRequest): boolean =>
  right.verb === verb &&
  right.group === group &&
  right.resource === resource &&
  (right.namespace === undefined || right.namespace === namespace);

const isSameKind = (one: ApiRequest, other: ApiRequest): boolean =>
  one.group === other.group && one.resource === other.resource;

const unjustified = (found: readonly ApiRequest[], list: readonly Justification[]): readonly string[] =>
  found
    .filter((request) => !list.some((each) => fits(request, each)))
    .map(words)
    .sort();

/** Reasons for what is not found. */
const needless = (found: readonly ApiRequest[], list: readonly Justification[]): readonly string[] =>
  list.filter((each) => !found.some((request) => fits(request, each))).map(({ reason }) => reason);

/**
 * Holds what the checks ask for against what the deploying user did, by the audit log of the API server: a life long, with
 * every configuration that the stack has in it.
 */
export function withRights(
  ground: () => Ground,
  stack: () => RehearsedStack,
): { readonly compare: () => Promise<void> } {
  const asked = new Map<string, Right>();
  let start = 0;
  before(async () => {
    start = await ground().cluster.deployer.requests.length();
  });
  afterEach(async () => {
    const { settings } = await subjectOfStack(stack());
    for (const right of requiredRights(settings, clusterLayout(settings))) asked.set(words(right), right);
  });
  return {
    compare: async () => {
      const used = await ground().cluster.deployer.requests.since(start);
      assert.ok(used.length > 50, String(used.length));
      const rights = [...asked.values()];
      const missing = used.filter((request) => !rights.some((right) => covers(right, request)));
      // Of kinds that the charts of the tests bring: the real ones have more, as `tests/charts` sees.
      const superfluous = rights.filter(
        (right) =>
          used.some((request) => isSameKind(right, request)) &&
          !used.some((request) => isSameKind(right, request) && right.verb === request.verb),
      );
      assert.deepEqual(
        {
          missing: unjustified(missing, unasked),
          superfluous: unjustified(superfluous, unused),
          needless: [...needless(missing, unasked), ...needless(superfluous, unused)],
        },
        { missing: [], superfluous: [], needless: [] },
      );
    },
  };
}
