import { at, listAt, objectAt, stringAt, TwinError } from "../../framework";
import type { ArmRequest } from "../arm/definition";
import { invalidParameter } from "../arm/refusals";
import { assignedIdentities, findResource, principalOf } from "../arm/tables";
import { cloudFacts } from "../regions";
import { hasRole, ROLES } from "../identity/roles";
import { isAddressOrRange } from "../network/ranges";

// Three months.
const MOST_CLEANER_HOURS = 2160;

/** Throws unless the identities of a cluster are there and may do what it makes them do. */
export function checkIdentities(request: ArmRequest): void {
  const { inputs, id, state } = request;
  const type = stringAt(inputs, "identity", "type") ?? "None";
  const [controlPlane] = assignedIdentities(inputs["identity"]);
  if (type === "None")
    throw invalidParameter(`The cluster ${id} has no identity.`, "ServicePrincipalProfileIsNotSet");
  const kubelet = stringAt(inputs, "identityProfile", "kubeletidentity", "resourceId");
  if (type !== "UserAssigned") {
    if (kubelet !== undefined)
      throw invalidParameter(
        `A kubelet identity of one's own needs a user-assigned control plane identity: ${id}.`,
        "CustomKubeletIdentityOnlySupportedOnUserAssignedMSICluster",
      );
    return;
  }
  const principal = principalOf(state, controlPlane);
  if (controlPlane === undefined || principal === undefined)
    throw invalidParameter(
      `The identity ${controlPlane ?? ""} of ${id} was not found.`,
      "UserAssignedIdentityNotFound",
    );
  requireKubeletRole(request, principal, kubelet);
  for (const subnet of listAt(inputs, "agentPoolProfiles").flatMap(
    (pool) => stringAt(pool, "vnetSubnetID") ?? [],
  ))
    requireSubnetRole(request, principal, subnet);
}

function requireKubeletRole(
  { state, inputs, now }: ArmRequest,
  principal: string,
  kubelet: string | undefined,
): void {
  if (kubelet === undefined) return;
  const found = findResource(state, kubelet);
  const declared = ["clientId", "objectId"].map((key) =>
    stringAt(inputs, "identityProfile", "kubeletidentity", key),
  );
  const actual = ["clientId", "principalId"].map((key) => stringAt(found?.computed, key));
  if (declared.some((value, index) => value !== undefined && value !== actual[index]))
    throw invalidParameter(
      `The kubelet identity ${kubelet} has other ids than the cluster names.`,
      "InvalidKubeletIdentity",
    );
  const roles = [ROLES.managedIdentityOperator];
  if (hasRole(state, { principalId: principal, roles, scope: kubelet, now })) return;
  throw new TwinError(
    `The cluster user assigned identity must be given permission to assign kubelet identity ${kubelet}. Check access result not allowed for action Microsoft.ManagedIdentity/userAssignedIdentities/assign/action.`,
    "CustomKubeletIdentityMissingPermissionError",
  );
}

/** Throws unless the control plane may put nodes into a subnet. */
export function requireSubnetRole({ state, id, now }: ArmRequest, principal: string, subnet: string): void {
  const roles = [ROLES.networkContributor];
  if (hasRole(state, { principalId: principal, roles, scope: subnet, now })) return;
  throw new TwinError(
    `The client with object id '${principal}' has permission to perform action 'Microsoft.Compute/virtualMachineScaleSets/write' on the nodes of ${id}; ` +
      `however, it does not have permission to perform action 'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked scope(s) '${subnet}'.`,
    "LinkedAuthorizationFailed",
  );
}

/** Throws when a cluster names an add-on that AKS does not know in its cloud. */
export function checkAddons({ inputs, client }: ArmRequest): void {
  const { unknownAddons } = cloudFacts[client.cloud];
  const unknown = Object.keys(objectAt(inputs, "addonProfiles")).find((name) => unknownAddons.includes(name));
  if (unknown !== undefined)
    // As in pulumi/pulumi-azure#533.
    throw new TwinError(
      `Addon '${unknown}' is not supported in this cloud environment.`,
      "OperationNotAllowed",
    );
}

/** Throws unless somebody can log in, and only those who should. */
export function checkAccess({ inputs, id }: ArmRequest): void {
  const isManaged = at(inputs, "aadProfile", "managed") === true;
  if (inputs["disableLocalAccounts"] === true && !isManaged)
    throw invalidParameter(
      `Disabling local accounts of ${id} is only supported for clusters with managed Entra integration.`,
      "DisableLocalAccountsNotSupported",
    );
  const ranges = listAt(inputs, "apiServerAccessProfile", "authorizedIPRanges");
  const isPrivate = at(inputs, "apiServerAccessProfile", "enablePrivateCluster") === true;
  if (ranges.length > 200)
    throw invalidParameter(
      `The cluster ${id} has ${ranges.length} authorised ranges, more than 200.`,
      "TooManyAuthorizedIPRanges",
    );
  const odd = ranges.map(String).find((text) => !isAddressOrRange(text));
  if (odd !== undefined)
    throw invalidParameter(
      `The authorised range '${odd}' of ${id} is no valid CIDR.`,
      "InvalidAuthorizedIPRanges",
    );
  if (ranges.length > 0 && isPrivate)
    throw invalidParameter(
      `Authorised ranges are not supported for the private cluster ${id}.`,
      "AuthorizedIPRangesNotSupportedForPrivateCluster",
    );
  const hours = at(inputs, "securityProfile", "imageCleaner", "intervalHours");
  const isCleaned = at(inputs, "securityProfile", "imageCleaner", "enabled") === true;
  if (isCleaned && !(typeof hours === "number" && hours >= 24 && hours <= MOST_CLEANER_HOURS))
    throw invalidParameter(
      `The image cleaner of ${id} needs intervalHours of 24 to ${MOST_CLEANER_HOURS}.`,
      "InvalidImageCleanerIntervalHours",
    );
  const needsIssuer = at(inputs, "securityProfile", "workloadIdentity", "enabled") === true;
  if (needsIssuer && at(inputs, "oidcIssuerProfile", "enabled") !== true)
    throw invalidParameter(`Workload identity of ${id} needs the OIDC issuer.`, "OIDCIssuerRequired");
}
