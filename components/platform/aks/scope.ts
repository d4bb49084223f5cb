import * as authorization from "@pulumi/azure-native/authorization";
import type * as pulumi from "@pulumi/pulumi";
import { retrying } from "../../retry";
import { judgeAzure } from "./passing-failures";
import { type PrincipalType, type Role, roleDefinitionId } from "./roles";

/** Where in Azure something is created. */
export interface AzureScope {
  readonly subscriptionId: string;
  readonly location: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly tags: Readonly<Record<string, string>>;
}

/** The Azure clouds, as tools outside of Pulumi call them. */
export const environments = {
  public: "AzurePublicCloud",
  usgovernment: "AzureUSGovernmentCloud",
  china: "AzureChinaCloud",
} as const;

/** A cloud, as such a tool calls it. */
export type AzureEnvironment = (typeof environments)[keyof typeof environments];

/** How long Azure may take for what takes long: its own limits are above the engine's. */
export const patient: pulumi.CustomTimeouts = { create: "90m", update: "90m", delete: "60m" };

/** Options of a resource that Azure refuses for a while: it is tried again as {@link judgeAzure} says. */
export function patience(logicalName: string): Pick<pulumi.CustomResourceOptions, "hooks"> {
  const hooks = retrying(logicalName, judgeAzure);
  return hooks ? { hooks } : {};
}

/** Who gets a role, and where it holds. */
export interface RoleGrant {
  readonly principalId: pulumi.Input<string>;
  /** @default "ServicePrincipal", which spares Azure a look-up that fails while an identity is new */
  readonly principalType?: pulumi.Input<PrincipalType>;
  readonly role: Role;
  readonly scope: pulumi.Input<string>;
}

export function assignRole(
  logicalName: string,
  subscriptionId: string,
  { principalId, principalType, role, scope }: RoleGrant,
  opts: pulumi.CustomResourceOptions,
): authorization.RoleAssignment {
  return new authorization.RoleAssignment(
    logicalName,
    {
      principalId,
      principalType: principalType ?? "ServicePrincipal",
      roleDefinitionId: roleDefinitionId(subscriptionId, role),
      scope,
    },
    opts,
  );
}
