import { at, isProperties, listAt, objectAt, stringAt, type Value } from "../../framework";
import type { ArmRequest, ArmType } from "../arm/definition";
import { invalidParameter } from "../arm/refusals";
import { findResource } from "../arm/tables";
import { refuseWhileHeld } from "./account";

const MOST_RULES = 100;
const MOST_PREFIXES = 10;

/** The lifecycle rules of an account. */
export const managementPolicy: ArmType = {
  token: "azure-native:storage:ManagementPolicy",
  apiVersion: "2024-01-01",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/managementPolicies/{managementPolicyName}",
  contract: { library: "storage", model: "ManagementPolicy" },
  singleton: "default",
  outputs: ["lastModifiedTime"],
  latency: { create: 2, update: 2, delete: 2 },
  refuseNow: refuseWhileHeld,
  validate(request) {
    const rules = listAt(request.inputs, "policy", "rules");
    if (rules.length === 0 || rules.length > MOST_RULES)
      throw refusal(request, `it has ${rules.length} rules`);
    const names = rules.map((rule) => stringAt(rule, "name") ?? "");
    if (new Set(names).size < names.length) throw refusal(request, "names of rules repeat");
    for (const rule of rules) checkRule(rule, request);
  },
  compute: ({ now }, before) => ({
    lastModifiedTime: stringAt(before?.computed, "lastModifiedTime") ?? now.toISOString(),
  }),
};

function checkRule(rule: Value, request: ArmRequest): void {
  const name = stringAt(rule, "name") ?? "";
  const prefixes = listAt(rule, "definition", "filters", "prefixMatch").map(String);
  if (prefixes.length > MOST_PREFIXES) throw refusal(request, `rule ${name} has ${prefixes.length} prefixes`);
  const odd = prefixes.find(
    (prefix) => !/^[a-z0-9$][a-z0-9-]{2,62}(\/|$)/.test(prefix) || prefix.includes("*"),
  );
  if (odd !== undefined)
    throw refusal(request, `the prefix ${odd} of rule ${name} does not begin with a container`);
  if (listAt(rule, "definition", "filters", "blobTypes").length === 0)
    throw refusal(request, `rule ${name} names no blob types`);
  const actions = objectAt(rule, "definition", "actions");
  const kinds = ["baseBlob", "snapshot", "version"].filter((kind) => isProperties(actions[kind]));
  if (kinds.length === 0) throw refusal(request, `rule ${name} does nothing`);
  if (kinds.includes("version") && !isVersioned(request))
    throw refusal(request, `rule ${name} acts on versions, and versioning is off`);
  for (const kind of kinds) {
    for (const [action, condition] of Object.entries(objectAt(actions, kind))) {
      if (isProperties(condition) && Object.keys(condition).length === 0)
        throw refusal(request, `${kind}.${action} of rule ${name} has no condition`);
    }
  }
}

function isVersioned({ state, id }: ArmRequest): boolean {
  const service = findResource(state, id.replace(/\/managementPolicies\/.*$/i, "/blobServices/default"));
  return at(service?.properties, "isVersioningEnabled") === true;
}

function refusal({ id }: ArmRequest, complaint: string): Error {
  return invalidParameter(`The policy ${id} is invalid: ${complaint}.`, "InvalidValuesForRequestParameters");
}
