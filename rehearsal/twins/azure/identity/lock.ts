import type { ArmType } from "../arm/definition";
import { requireScope } from "../arm/refusals";

/** A lock, which holds what it is put on and all below. */
export const managementLock: ArmType = {
  token: "azure-native:authorization:ManagementLockByScope",
  apiVersion: "2020-05-01",
  path: "{scope}/providers/Microsoft.Authorization/locks/{lockName}",
  type: "Microsoft.Authorization/locks",
  contract: { library: "locks", model: "ManagementLockObject" },
  latency: { create: 3, update: 3, delete: 30 },
  validate: requireScope,
};
