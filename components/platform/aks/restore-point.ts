import * as postgres from "@pulumi/azure-native/dbforpostgresql";
import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { SpaceliftComponent } from "../../component";
import type { DatabaseRestorePoint } from "../platform";
import { type AzureScope, patience, patient } from "./scope";

export interface RestorePointArgs {
  readonly scope: AzureScope;
  readonly serverName: pulumi.Input<string>;
  /** What the name of the backup begins with: up to 100 letters, digits and hyphens. */
  readonly prefix: string;
  /** What must be done before it is taken: what else is written to the server, and what an upgrade may fail at. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * A backup of the server, taken on demand. It leaves the state without being deleted: Azure removes it with the automatic
 * backups of its day, and takes no more than seven of a server until then ("Backup and restore in Azure Database for
 * PostgreSQL").
 */
export class RestorePoint extends SpaceliftComponent implements DatabaseRestorePoint {
  readonly name: pulumi.Output<string>;
  readonly takenAt: pulumi.Output<string>;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: RestorePointArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:aks:RestorePoint", name, opts);
    // One that was given up is still there when the same upgrade is tried again, and its name is taken.
    const suffix = new random.RandomString(
      this.child("suffix"),
      { length: 6, upper: false, special: false },
      { parent: this },
    );
    const backup = new postgres.BackupsAutomaticAndOnDemand(
      this.child("backup"),
      {
        resourceGroupName: args.scope.resourceGroupName,
        serverName: args.serverName,
        backupName: suffix.result.apply((random) => `${args.prefix}-${random}`),
      },
      {
        parent: this,
        dependsOn: [...args.after],
        retainOnDelete: true,
        customTimeouts: patient,
        ...patience(this.child("backup")),
      },
    );
    this.name = backup.name;
    this.takenAt = backup.completedTime.apply((time) => time ?? "");
    this.ready = [backup];
    this.registerOutputs();
  }
}
