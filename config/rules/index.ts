import { accessRules } from "./access";
import { aksRules } from "../aks/rules";
import { bucketRules } from "./buckets";
import { generalRules } from "./general";
import { ingressRules } from "./ingress";
import { networkRules } from "./network";
import { onpremRules } from "../onprem/rules";
import { releaseRules } from "./releases";
import type { Rule } from "./rule";
import { workerRules } from "./workers";

/** Every rule that spans keys. */
export const rules: readonly Rule[] = [
  ...generalRules,
  ...releaseRules,
  ...bucketRules,
  ...accessRules,
  ...ingressRules,
  ...networkRules,
  ...workerRules,
  ...onpremRules,
  ...aksRules,
];
