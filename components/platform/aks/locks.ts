import * as authorization from "@pulumi/azure-native/authorization";
import type * as pulumi from "@pulumi/pulumi";
import { SpaceliftComponent } from "../../component";

/** A resource that holds data. */
export interface DataHolder {
  readonly id: pulumi.Output<string>;
  /** What lies in it for Azure: its children, and the roles on it. One that comes after all others stands for them. */
  readonly contents: readonly pulumi.Resource[];
}

export interface LocksArgs {
  /** What is locked, by what it is. */
  readonly holders: Readonly<Record<string, DataHolder>>;
  readonly protectData: boolean;
}

/**
 * Locks that keep anybody from deleting what holds data, by the portal and by `az` as well.
 *
 * A lock holds for everything in a resource: Azure then refuses to delete a container, an administrator of the server or a
 * role on the account, too (“Lock your resources”, ScopeLocked). So a lock depends on all of that. It is created last and
 * deleted first; and where it is protected, a destroy that spares what is protected spares all of it as well.
 */
export class Locks extends SpaceliftComponent {
  constructor(name: string, args: LocksArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:aks:Locks", name, opts);
    for (const [role, { id, contents }] of Object.entries(args.holders)) {
      new authorization.ManagementLockByScope(
        this.child(role),
        {
          scope: id,
          lockName: "spacelift",
          level: "CanNotDelete",
          // Who meets the lock in the portal reads this.
          notes: "Holds the data of Spacelift. Set by spacelift:aks.locks, which also takes it away.",
        },
        { parent: this, dependsOn: [...contents], protect: args.protectData },
      );
    }
    this.registerOutputs();
  }
}
