import {
  federatedIdentityCredential,
  managementLock,
  roleAssignment,
  userAssignedIdentity,
} from "./identity";

/** The types of identities and of what they may do. */
export const identityTypes = [
  userAssignedIdentity,
  federatedIdentityCredential,
  roleAssignment,
  managementLock,
];
