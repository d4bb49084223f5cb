import * as authorization from "@pulumi/azure-native/authorization";
import * as postgres from "@pulumi/azure-native/dbforpostgresql";
import * as privatedns from "@pulumi/azure-native/privatedns";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { ExistingResource, NewDatabase, NewResource } from "../../../config/aks/parts";
import { weekdays } from "../../../config/aks/formats";
import { SpaceliftComponent } from "../../component";
import { defined } from "../../json";
import { type SecretString, serviceDatabaseUrl } from "../platform";
import type { DataHolder } from "./locks";
import { type AzureScope, patience, patient } from "./scope";

export interface DatabaseArgs extends Omit<NewDatabase, "kind" | "domain" | "zone"> {
  readonly scope: AzureScope;
  readonly serverName: pulumi.Input<string>;
  readonly replicaName: pulumi.Input<string>;
  readonly subnetId: pulumi.Input<string>;
  /** What the servers and the link must not outlive. */
  readonly subnetReady: readonly pulumi.Resource[];
  /** The private zone that the servers are found by. */
  readonly zone: ExistingResource | (NewResource & { readonly name: pulumi.Input<string> });
  /** The network to link the zone to. @default - it is linked already */
  readonly linkTo?: { readonly networkId: pulumi.Input<string>; readonly linkName: string } | undefined;
  readonly protectData: boolean;
}

/** A PostgreSQL server in the virtual network with a database of Spacelift's own. */
export class Database extends SpaceliftComponent {
  readonly serverName: pulumi.Output<string>;
  readonly host: pulumi.Output<string>;
  readonly databaseName: pulumi.Output<string>;
  /** The server, and the last thing that is written to it: everything else in it comes before. */
  readonly holder: DataHolder;
  readonly url: SecretString;
  /** URL of the read replica, if there is one. */
  readonly readOnlyUrl: SecretString | undefined;

  constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:aks:Database", name, opts);
    const { zoneId, ready } = this.provideZone(args);
    // Letters and digits alone: nothing in it needs to be encoded in a URL. Azure insists on three kinds.
    const password = new random.RandomPassword(
      this.child("password"),
      { length: 40, special: false, minLower: 1, minUpper: 1, minNumeric: 1 },
      { parent: this, protect: args.protectData },
    );
    const server = this.createServer(args, password.result, zoneId, ready);
    const database = new postgres.Database(
      this.child("database"),
      {
        resourceGroupName: args.scope.resourceGroupName,
        serverName: server.name,
        databaseName: args.databaseName,
        charset: "UTF8",
        collation: "en_US.utf8",
      },
      { parent: this, protect: args.protectData, ...patience(this.child("database")) },
    );
    const last = this.configureServer(args, server, database);
    this.holder = { id: server.id, contents: [last] };
    this.serverName = server.name;
    this.host = server.fullyQualifiedDomainName;
    this.databaseName = database.name;
    const url = (host: pulumi.Output<string>): SecretString =>
      pulumi.secret(
        pulumi
          .all([host, password.result, database.name])
          .apply(([known, secret, databaseName]) =>
            serviceDatabaseUrl(
              `postgres://${args.adminLogin}:${secret}@${known}:5432/${databaseName}?sslmode=verify-full`,
              false,
            ),
          ),
      );
    this.url = url(server.fullyQualifiedDomainName);
    const replica = args.readReplica ? this.createReplica(args, server, zoneId, last) : undefined;
    this.readOnlyUrl = replica && url(replica.fullyQualifiedDomainName);
    this.registerOutputs();
  }

  private provideZone({ zone, linkTo, scope, subnetReady }: DatabaseArgs): {
    readonly zoneId: pulumi.Input<string>;
    readonly ready: readonly pulumi.Resource[];
  } {
    const { id, name, resourceGroup } = zone.kind === "existing" ? zone : this.createZone(scope, zone.name);
    if (!linkTo) return { zoneId: id, ready: subnetReady };
    const link = new privatedns.VirtualNetworkLink(
      this.child("zone-link"),
      {
        resourceGroupName: resourceGroup,
        location: "Global",
        privateZoneName: name,
        virtualNetworkLinkName: linkTo.linkName,
        registrationEnabled: false,
        virtualNetwork: { id: linkTo.networkId },
      },
      // On destroy: server, then link, then subnet. Azure frees the subnet a while after the server is gone.
      { parent: this, dependsOn: [...subnetReady] },
    );
    return { zoneId: id, ready: [link, ...subnetReady] };
  }

  private createZone(
    scope: AzureScope,
    privateZoneName: pulumi.Input<string>,
  ): Readonly<Record<"id" | "name" | "resourceGroup", pulumi.Input<string>>> {
    const { id, name } = new privatedns.PrivateZone(
      this.child("zone"),
      {
        resourceGroupName: scope.resourceGroupName,
        location: "Global",
        privateZoneName,
        tags: scope.tags,
      },
      { parent: this },
    );
    return { id, name, resourceGroup: scope.resourceGroupName };
  }

  private createServer(
    args: DatabaseArgs,
    password: pulumi.Output<string>,
    zoneId: pulumi.Input<string>,
    ready: readonly pulumi.Resource[],
  ): postgres.Server {
    const { scope, entraAdmin } = args;
    return new postgres.Server(
      this.child("server"),
      {
        resourceGroupName: scope.resourceGroupName,
        location: scope.location,
        tags: scope.tags,
        serverName: args.serverName,
        createMode: "Default",
        version: args.version,
        sku: { name: args.sku, tier: args.tier },
        storage: { storageSizeGB: args.storageGb, autoGrow: "Enabled" },
        backup: {
          backupRetentionDays: args.backupDays,
          geoRedundantBackup: args.geoRedundantBackup ? "Enabled" : "Disabled",
        },
        highAvailability: { mode: args.highAvailability },
        network: {
          delegatedSubnetResourceId: args.subnetId,
          privateDnsZoneArmResourceId: zoneId,
          publicNetworkAccess: "Disabled",
        },
        authConfig: entraAdmin
          ? { activeDirectoryAuth: "Enabled", passwordAuth: "Enabled", tenantId: this.tenantId() }
          : { activeDirectoryAuth: "Disabled", passwordAuth: "Enabled" },
        maintenanceWindow: {
          customWindow: "Enabled",
          dayOfWeek: weekdays.indexOf(args.maintenance.day),
          startHour: args.maintenance.hour,
          startMinute: 0,
        },
        administratorLogin: args.adminLogin,
        administratorLoginPassword: pulumi.secret(password),
      },
      {
        parent: this,
        dependsOn: [...ready],
        protect: args.protectData,
        // A failover swaps the zones of the two servers.
        ignoreChanges: ["availabilityZone", "highAvailability.standbyAvailabilityZone"],
        customTimeouts: patient,
        ...patience(this.child("server")),
      },
    );
  }

  /** The tenant of the deploying identity, in which the administrator is. */
  private tenantId(): pulumi.Output<string> {
    return authorization.getClientConfigOutput({ parent: this }).tenantId;
  }

  /** What is written to the server, one after another: it refuses two writes at a time. Gives the last one. */
  private configureServer(
    { scope, entraAdmin, parameters }: DatabaseArgs,
    server: postgres.Server,
    database: postgres.Database,
  ): pulumi.Resource {
    let last: pulumi.Resource = database;
    const common = { resourceGroupName: scope.resourceGroupName, serverName: server.name };
    if (entraAdmin) {
      last = new postgres.AdministratorsMicrosoftEntra(
        this.child("entra-admin"),
        { ...common, ...entraAdmin, tenantId: this.tenantId() },
        { parent: this, dependsOn: last, ...patience(this.child("entra-admin")) },
      );
    }
    for (const [parameter, value] of Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const name = this.child(`parameter-${parameter.replace(/[._]/g, "-")}`);
      last = new postgres.Configuration(
        name,
        { ...common, configurationName: parameter, value, source: "user-override" },
        { parent: this, dependsOn: last, ...patience(name) },
      );
    }
    return last;
  }

  private createReplica(
    args: DatabaseArgs,
    server: postgres.Server,
    zoneId: pulumi.Input<string>,
    last: pulumi.Resource,
  ): postgres.Server {
    const { scope } = args;
    return new postgres.Server(
      this.child("replica"),
      defined({
        resourceGroupName: scope.resourceGroupName,
        location: scope.location,
        tags: scope.tags,
        serverName: args.replicaName,
        createMode: "Replica",
        sourceServerResourceId: server.id,
        version: args.version,
        sku: { name: args.sku, tier: args.tier },
        storage: { storageSizeGB: args.storageGb, autoGrow: "Enabled" },
        network: {
          delegatedSubnetResourceId: args.subnetId,
          privateDnsZoneArmResourceId: zoneId,
          publicNetworkAccess: "Disabled",
        },
      }),
      {
        parent: this,
        dependsOn: last,
        ignoreChanges: ["availabilityZone"],
        customTimeouts: patient,
        ...patience(this.child("replica")),
      },
    );
  }
}
