import { federatedIdentityCredential, userAssignedIdentity } from "./identity";
import { managementLock } from "./lock";
import { roleAssignment } from "./role-assignment";

/** The types of identities and of what they may do. */
export const identityTypes = [
  userAssignedIdentity,
  federatedIdentityCredential,
  roleAssignment,
  managementLock,
];
