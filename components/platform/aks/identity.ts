import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as pulumi from "@pulumi/pulumi";
import { SpaceliftComponent } from "../../component";
import type { WorkloadIdentity } from "../platform";
import type { Role } from "./roles";
import { type AzureScope, assignRole } from "./scope";

/** Something that an identity may do somewhere. */
export interface Grant {
  /** Tells it from the others of the identity, in its logical name. */
  readonly name: string;
  readonly role: Role;
  readonly scope: pulumi.Input<string>;
}

export interface IdentityArgs {
  readonly scope: AzureScope;
  readonly identityName: string;
  /** Issuer of the cluster's service account tokens. */
  readonly issuerUrl: pulumi.Input<string>;
  /** Whose pods get the identity. */
  readonly serviceAccount: { readonly namespace: string; readonly name: string };
  /** What the identity may do. */
  readonly grants: readonly Grant[];
}

/** An identity that the pods of one service account have, and nobody else: no key, no secret, nothing on the nodes. */
export class Identity extends SpaceliftComponent {
  readonly clientId: pulumi.Output<string>;
  /** Annotations and labels of the pods. The client id is known once the pods can use it. */
  readonly workloadIdentity: WorkloadIdentity;
  /** The roles it has. */
  readonly roles: readonly pulumi.Resource[];

  constructor(name: string, args: IdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:aks:Identity", name, opts);
    const { scope, serviceAccount } = args;
    const identity = new managedidentity.UserAssignedIdentity(
      this.child("identity"),
      {
        resourceGroupName: scope.resourceGroupName,
        location: scope.location,
        tags: scope.tags,
        resourceName: args.identityName,
      },
      { parent: this },
    );
    const credential = new managedidentity.FederatedIdentityCredential(
      this.child("credential"),
      {
        resourceGroupName: scope.resourceGroupName,
        resourceName: identity.name,
        federatedIdentityCredentialResourceName: `${serviceAccount.namespace}-${serviceAccount.name}`,
        audiences: ["api://AzureADTokenExchange"],
        issuer: args.issuerUrl,
        subject: `system:serviceaccount:${serviceAccount.namespace}:${serviceAccount.name}`,
      },
      { parent: this },
    );
    const roles = args.grants.map(({ name: grant, ...where }) =>
      assignRole(
        this.child(grant),
        scope.subscriptionId,
        { principalId: identity.principalId, ...where },
        { parent: this },
      ),
    );
    this.roles = roles;
    this.clientId = identity.clientId;
    const granted = pulumi.all(roles.map(({ id }) => id));
    const usable = pulumi.all([identity.clientId, credential.id, granted]).apply(([clientId]) => clientId);
    this.workloadIdentity = {
      serviceAccountAnnotations: { "azure.workload.identity/client-id": usable },
      podLabels: { "azure.workload.identity/use": "true" },
    };
    this.registerOutputs();
  }
}
