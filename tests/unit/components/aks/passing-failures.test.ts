import assert from "node:assert/strict";
import { judgeAzure, pace, passingFailures } from "../../../../components/platform/aks/passing-failures";
import { type FailedOperation, MOST_ATTEMPTS, pausesFor } from "../../../../components/retry";

const judge = (token: string, operation: FailedOperation["operation"], error: string): string | undefined =>
  judgeAzure({ type: `azure-native:${token}`, name: "it", urn: "", inputs: {}, operation, error })?.event;

describe("failures of Azure that pass", () => {
  // The messages are those of the threads that the table names, in the form that the provider gives them.
  const passing: readonly (readonly [string, FailedOperation["operation"], string])[] = [
    [
      "containerservice:ManagedCluster",
      "create",
      'Status=400 Code="CustomKubeletIdentityMissingPermissionError" Message="The cluster user assigned identity must be given permission to assign kubelet identity /subscriptions/0/x. Check access result not allowed for action Microsoft.ManagedIdentity/userAssignedIdentities/assign/action."',
    ],
    [
      "containerservice:AgentPool",
      "create",
      'Status=409 Code="OperationNotAllowed" Message="Operation is not allowed: Another operation (Updating) is in progress, please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details"',
    ],
    [
      "containerservice:AgentPool",
      "create",
      '1 error occurred:\n\t* Code="SetVNetOwnershipFailed" Message="Set virtual network ownership failed. autorest/azure: Service returned an error. Status=400 Code=\\"VirtualNetworkNotInSucceededState\\""',
    ],
    [
      "dbforpostgresql:Configuration",
      "create",
      'Code="ServerIsBusy" Message="Cannot complete operation while server \'some\' is busy processing another operation. Try again later."',
    ],
    [
      "dbforpostgresql:Database",
      "create",
      '1 error occurred:\n\t* resource partially created but read failed Status=404 Code="ResourceNotFound" Message="…": Code="InternalServerError" Message="An unexpected error occured while processing the request. Tracking ID: \'x\'"',
    ],
    [
      "storage:BlobServiceProperties",
      "create",
      'Status=409 Code="StorageAccountOperationInProgress" Message="An operation is currently performing on this storage account that requires exclusive access."',
    ],
  ];
  for (const [token, operation, error] of passing)
    it(`waits: ${token}, ${/Code="(\w+)/.exec(error)?.[1] ?? ""}`, () => {
      assert.ok(judge(token, operation, error) !== undefined);
    });

  const final: readonly (readonly [string, FailedOperation["operation"], string])[] = [
    [
      "containerservice:AgentPool",
      "create",
      'Status=400 Code="OperationNotAllowed" Message="Operation could not be completed as it results in exceeding approved Total Regional Cores quota."',
    ],
    [
      "containerservice:ManagedCluster",
      "create",
      // From pulumi/pulumi-azure#533.
      'Status=400 Code="OperationNotAllowed" Message="Addon \'azurepolicy\' is not supported in this cloud environment."',
    ],
    [
      "containerservice:ManagedCluster",
      "update",
      'Status=409 Code="OperationNotAllowed" Message="Upgrading Kubernetes version 1.34.1 to 1.36.0 is not allowed."',
    ],
    ["containerservice:ManagedCluster", "create", 'Status=400 Code="InvalidParameter" Message="no"'],
    ["dbforpostgresql:Database", "delete", 'Code="InternalServerError" Message="x"'],
    ["network:Subnet", "create", 'Status=403 Code="LinkedAuthorizationFailed" Message="x"'],
  ];
  for (const [token, operation, error] of final)
    it(`does not wait: ${token}, ${error.slice(0, 90)}`, () => {
      assert.equal(judge(token, operation, error), undefined);
    });

  it("keeps each schedule within what the engine allows", () => {
    for (const { event, seconds } of passingFailures)
      assert.ok(pausesFor(seconds, pace).length < MOST_ATTEMPTS, event);
  });
});
