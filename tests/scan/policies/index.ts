import { databasePolicies } from "./database";
import { identityPolicies } from "./identity";
import { namePolicies } from "./names";
import { networkPolicies } from "./network";
import type { Policy } from "./policy";
import { storagePolicies } from "./storage";

export { productionPolicies } from "./database";
export { type Policy, azure } from "./policy";

/** The policies that hold for every installation; the seed is what the tests' stand-in generates. */
export const policies: readonly Policy[] = [
  ...storagePolicies,
  ...identityPolicies,
  ...networkPolicies,
  ...databasePolicies,
  ...namePolicies("abc123"),
];
