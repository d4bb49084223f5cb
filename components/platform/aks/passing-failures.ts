import { type FailedOperation, type Passing, pausesFor } from "../../retry";

/** Refusals of Azure that pass by themselves, for some types of resources. */
interface PassingFailure {
  /** Type tokens without the package, as `containerservice:AgentPool`. */
  readonly types: readonly string[];
  /** Operations that are refused so. @default all */
  readonly operations?: readonly FailedOperation["operation"][];
  /** What the provider's message has in it, beside other things. */
  readonly error: RegExp;
  /** What is waited for, to go after "waiting for". */
  readonly event: string;
  /** How long it is waited for at most, in seconds. */
  readonly seconds: number;
  /** What to do when it did not help. */
  readonly otherwise: string;
}

// Azure's documentation gives an assignment of a role ten minutes to be honoured everywhere.
const ROLE_SECONDS = 600;
const ROLE_ADVICE =
  "The role is assigned, and Azure does not honour it yet: run `pulumi up` again. If that does not help, look whether a deny assignment or a policy is in the way.";

/**
 * What Azure refuses and does a little later. The provider itself tries three more times over 200 seconds after 408, 429,
 * 500 to 504, and the conflicts AnotherOperationInProgress and StorageAccountOperationInProgress, and never after a 400
 * (pulumi-azure-native, `shouldRetryConflict`, #4497).
 */
export const passingFailures: readonly PassingFailure[] = [
  {
    // Checked when the cluster is asked for: aztfmod/terraform-azurerm-caf#928.
    types: ["containerservice:ManagedCluster"],
    error: /CustomKubeletIdentityMissingPermissionError/,
    event: "the cluster's role on the identity of its nodes to be honoured",
    seconds: ROLE_SECONDS,
    otherwise: ROLE_ADVICE,
  },
  {
    // Role on the subnet: hashicorp/terraform-provider-azurerm#24064; the code as in Azure/ARO-RP#5039.
    types: ["containerservice:ManagedCluster", "containerservice:AgentPool"],
    operations: ["create", "update"],
    error: /LinkedAuthorizationFailed/,
    event: "the cluster's role on the subnet of its nodes to be honoured",
    seconds: ROLE_SECONDS,
    otherwise: ROLE_ADVICE,
  },
  {
    // AKS goes on with add-ons after a cluster is there: Azure/telescope#1213. Other causes have the same code, as a
    // quota that is used up or a version that may not be skipped.
    types: [
      "containerservice:ManagedCluster",
      "containerservice:AgentPool",
      "containerservice:MaintenanceConfiguration",
    ],
    error: /OperationNotAllowed.*(in[ -]progress|aks-pending-operation)/is,
    event: "another operation on the cluster to end",
    seconds: 900,
    otherwise:
      "`az aks show` tells the provisioningState of the cluster, `az aks operation-abort` ends an operation that hangs.",
  },
  {
    // Several pools, or clusters, in one network: Azure/AKS#4522, hashicorp/terraform-provider-azurerm#25888.
    types: ["containerservice:ManagedCluster", "containerservice:AgentPool"],
    operations: ["create", "update"],
    error: /SetVNetOwnershipFailed|VirtualNetworkNotInSucceededState/,
    event: "another change of the virtual network to end",
    seconds: 600,
    otherwise: "`az network vnet show` tells the provisioningState of the network: it must be Succeeded.",
  },
  {
    // A server is busy for a while after it is created: Azure/azure-postgresql#134, Azure/bicep-registry-modules#4451.
    types: [
      "dbforpostgresql:Server",
      "dbforpostgresql:Database",
      "dbforpostgresql:Configuration",
      "dbforpostgresql:AdministratorsMicrosoftEntra",
    ],
    error: /Server(Is)?Busy/,
    event: "the PostgreSQL server to end another operation",
    seconds: 600,
    otherwise: "`az postgres flexible-server show` tells its state, which must be Ready.",
  },
  {
    // A server that has just been created fails with the first database: pulumi/pulumi-azure-native#2916.
    types: ["dbforpostgresql:Database"],
    operations: ["create"],
    error: /InternalServerError/,
    event: "the new PostgreSQL server to take its first database",
    seconds: 180,
    otherwise: "Run `pulumi up` again; the activity log of the server has more about the error.",
  },
  {
    // After what the provider tries itself: radius-project/radius#8172.
    types: [
      "storage:StorageAccount",
      "storage:BlobServiceProperties",
      "storage:BlobContainer",
      "storage:ManagementPolicy",
    ],
    error: /StorageAccountOperationInProgress/,
    event: "another operation on the storage account to end",
    seconds: 300,
    otherwise: "The activity log of the storage account tells which operation holds it.",
  },
];

/** How long the first pause is and the longest, in seconds. */
export const pace = { first: 5, most: 15 } as const;

/** Whether a failure of a resource of Azure passes by itself, and what is waited for. */
export function judgeAzure({ type, operation, error }: FailedOperation): Passing | undefined {
  const token = type.replace(/^azure-native:/, "");
  const found = passingFailures.find(
    (each) =>
      each.types.includes(token) &&
      (each.operations ?? [operation]).includes(operation) &&
      each.error.test(error),
  );
  if (found === undefined) return undefined;
  const { event, seconds, otherwise } = found;
  return { event, pauses: pausesFor(seconds, pace), otherwise };
}
