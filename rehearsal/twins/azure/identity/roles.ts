import { stringAt, type WorldState } from "../../framework";
import { isWithin } from "../arm/resource-id";
import {
  allOfType,
  type ArmRecord,
  assignedIdentities,
  delays,
  linger,
  lingersFor,
  principalOf,
} from "../arm/tables";

/** Built-in roles by name. */
export const ROLES = {
  owner: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
  userAccessAdministrator: "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
  roleBasedAccessControlAdministrator: "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
  networkContributor: "4d97b98b-1d4f-4787-a291-c67834d212e7",
  managedIdentityOperator: "f1a07417-d97a-45cb-824c-7a7467783830",
  acrPull: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
  acrPush: "8311e382-0749-4cb8-b61a-304f252e45ec",
  storageBlobDataContributor: "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
  storageBlobDataOwner: "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
  storageBlobDataReader: "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
  storageBlobDelegator: "db58b8e5-c6ad-4a2a-8342-4190687cbf4a",
  aksRbacClusterAdmin: "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
  aksRbacAdmin: "3498e952-d568-435e-9b2c-8d77e338d7f7",
  aksClusterUser: "4abbcc35-e782-43d8-92c5-2d3f1bd2253f",
  aksClusterAdmin: "0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8",
  privateDnsZoneContributor: "b12aa53e-6015-4669-85d0-8515ebb3ae7f",
  dnsZoneContributor: "befefa01-2a29-4197-83a8-272ff33ce314",
  monitoringMetricsPublisher: "3913510d-42f4-4e42-8a64-420c390055eb",
  keyVaultSecretsUser: "4633458b-17de-408a-b874-0445c86b69e6",
} as const;

const known: ReadonlySet<string> = new Set(Object.values(ROLES));

/** Whether Azure brings a role with this guid. */
export function isBuiltInRole(guid: string): boolean {
  return known.has(guid);
}

// Usually less than two minutes, ten at most: services ask copies of the directory that learn of it one after another.
export const USUAL_SECONDS = 90;

const keyOf = (assignmentId: string): string => `effect of ${assignmentId}`;

/** Lets some simulated time pass until a new role assignment is known everywhere. */
export function delayEffect(state: WorldState, assignmentId: string, now: Date): void {
  const seconds = delays.of(state).get("roles")?.seconds ?? USUAL_SECONDS;
  linger(state, keyOf(assignmentId), { resource: assignmentId, now, seconds });
}

/** Whether a role assignment is known to those who ask for it. */
export function isInEffect(state: WorldState, assignmentId: string, now: Date): boolean {
  return lingersFor(state, keyOf(assignmentId), now) === undefined;
}

/** The roles that imply what others allow on a resource itself. */
const ALL_POWERFUL: readonly string[] = [ROLES.owner, ROLES.contributor];

/** Who is asked about, what would do, where and when. */
export interface RoleQuestion {
  readonly principalId: string | undefined;
  /** Roles of which one is enough, by their guids. */
  readonly roles: readonly string[];
  readonly scope: string;
  readonly now: Date;
  /** Whether it is about what a service holds, as the objects of a cluster, to which its owner has no access by that alone. */
  readonly isData?: boolean;
}

/** Whether a principal has a role at a scope or above it that is in effect by now. */
export function hasRole(state: WorldState, question: RoleQuestion): boolean {
  const { principalId, roles, scope, now, isData = false } = question;
  const enough = isData ? roles : [...roles, ...ALL_POWERFUL];
  return (
    principalId !== undefined &&
    allOfType(state, "Microsoft.Authorization/roleAssignments").some(({ id, properties, computed }) => {
      const role = (stringAt(properties, "roleDefinitionId") ?? "").split("/").at(-1)?.toLowerCase() ?? "";
      return (
        stringAt(properties, "principalId") === principalId &&
        enough.includes(role) &&
        isWithin(scope, stringAt(computed, "scope") ?? "/nowhere") &&
        isInEffect(state, id, now)
      );
    })
  );
}

/** The principal of the control plane of a cluster, which makes its load balancers. */
export function controlPlanePrincipal(state: WorldState, cluster: ArmRecord): string | undefined {
  const [assigned] = assignedIdentities(cluster.properties["identity"]);
  return principalOf(state, assigned) ?? stringAt(cluster.computed, "identity", "principalId");
}

/** The principal of the nodes of a cluster, which pulls images. */
export function kubeletPrincipal(cluster: ArmRecord): string | undefined {
  return [cluster.properties, cluster.computed]
    .map((each) => stringAt(each, "identityProfile", "kubeletidentity", "objectId"))
    .find((principal) => principal !== undefined);
}
