import * as containerservice from "@pulumi/azure-native/containerservice";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import type * as pulumi from "@pulumi/pulumi";
import type { NewCluster, NodePool } from "../../../config/aks/parts";
import { SpaceliftComponent } from "../../component";
import { ClusterLogs } from "./cluster-logs";
import type { FixedNames } from "./names";
import { type ClusterOptions, clusterProperties } from "./cluster-properties";
import { poolProperties } from "./node-pools";
import { type AzureScope, assignRole, patience, patient } from "./scope";

export interface ClusterArgs extends ClusterOptions {
  readonly scope: AzureScope;
  readonly names: FixedNames;
  readonly nodeSubnetId: pulumi.Input<string>;
  readonly maintenance: NewCluster["maintenance"];
  /** Registry the nodes pull from. */
  readonly registryId: pulumi.Input<string>;
}

/** Names of the schedules, which Azure gives: one for Kubernetes, one for the nodes' images. */
const schedules = {
  "kubernetes-upgrades": "aksManagedAutoUpgradeSchedule",
  "node-upgrades": "aksManagedNodeOSUpgradeSchedule",
} as const;

/** An AKS cluster with identities of its own, which have their roles before it is created. */
export class Cluster extends SpaceliftComponent {
  readonly cluster: containerservice.ManagedCluster;
  /** URL of the issuer that federated credentials trust. */
  readonly issuerUrl: pulumi.Output<string>;
  /** Identity of the control plane, which creates load balancers. */
  readonly principalId: pulumi.Output<string>;
  /** What must be there before a pod finds a node. */
  readonly pools: readonly pulumi.Resource[];
  /** The nodes' right to pull, without which no pod starts. */
  readonly pullRole: pulumi.Resource;

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:aks:Cluster", name, opts);
    const { scope, names } = args;
    const controlPlane = this.createIdentity("identity", names.clusterIdentity, scope);
    const kubelet = this.createIdentity("kubelet", names.kubeletIdentity, scope);
    const roles = [
      assignRole(
        this.child("subnet-role"),
        scope.subscriptionId,
        { principalId: controlPlane.principalId, role: "networkContributor", scope: args.nodeSubnetId },
        { parent: this },
      ),
      assignRole(
        this.child("kubelet-role"),
        scope.subscriptionId,
        { principalId: controlPlane.principalId, role: "managedIdentityOperator", scope: kubelet.id },
        { parent: this },
      ),
    ];
    this.pullRole = assignRole(
      this.child("pull-role"),
      scope.subscriptionId,
      { principalId: kubelet.principalId, role: "acrPull", scope: args.registryId },
      { parent: this },
    );
    this.cluster = new containerservice.ManagedCluster(
      this.child("cluster"),
      {
        resourceGroupName: scope.resourceGroupName,
        location: scope.location,
        tags: scope.tags,
        resourceName: names.cluster,
        dnsPrefix: names.dnsPrefix,
        nodeResourceGroup: names.nodeResourceGroup,
        identity: { type: "UserAssigned", userAssignedIdentities: [controlPlane.id] },
        identityProfile: {
          kubeletidentity: {
            resourceId: kubelet.id,
            clientId: kubelet.clientId,
            objectId: kubelet.principalId,
          },
        },
        ...clusterProperties(args, args.nodeSubnetId),
      },
      {
        parent: this,
        dependsOn: roles,
        // The autoscaler's.
        ignoreChanges: ["agentPoolProfiles[0].count"],
        customTimeouts: patient,
        ...patience(this.child("cluster")),
      },
    );
    this.pools = this.createPools(args);
    this.createSchedules(args);
    if (args.logAnalytics) {
      new ClusterLogs(
        this.child("logs"),
        { scope, names, clusterId: this.cluster.id, ...args.logAnalytics },
        { parent: this },
      );
    }
    this.issuerUrl = this.cluster.oidcIssuerProfile.apply((profile) => profile?.issuerURL ?? "");
    this.principalId = controlPlane.principalId;
    this.registerOutputs();
  }

  private createIdentity(
    role: string,
    resourceName: string,
    scope: AzureScope,
  ): managedidentity.UserAssignedIdentity {
    return new managedidentity.UserAssignedIdentity(
      this.child(role),
      {
        resourceGroupName: scope.resourceGroupName,
        location: scope.location,
        tags: scope.tags,
        resourceName,
      },
      { parent: this },
    );
  }

  /**
   * One after another, as all are in one network: AKS takes hold of it for each pool and refuses the pool, after it has
   * been accepted, while another has it (SetVNetOwnershipFailed).
   */
  private createPools(args: ClusterArgs): readonly containerservice.AgentPool[] {
    const pools: containerservice.AgentPool[] = [];
    for (const pool of args.pools) pools.push(this.createPool(pool, args, pools.at(-1)));
    return pools;
  }

  private createPool(
    pool: NodePool,
    args: ClusterArgs,
    before: containerservice.AgentPool | undefined,
  ): containerservice.AgentPool {
    const name = this.child(`pool-${pool.name}`);
    return new containerservice.AgentPool(
      name,
      {
        resourceGroupName: args.scope.resourceGroupName,
        resourceName: this.cluster.name,
        agentPoolName: pool.name,
        mode: "User",
        tags: args.scope.tags,
        ...poolProperties(pool, args, args.nodeSubnetId),
      },
      {
        parent: this,
        dependsOn: before ? [before] : [],
        ignoreChanges: ["count"],
        // Its name is fixed, so that a new one can only follow the old one.
        deleteBeforeReplace: true,
        customTimeouts: patient,
        ...patience(name),
      },
    );
  }

  private createSchedules({ scope, maintenance }: ClusterArgs): void {
    for (const [role, configName] of Object.entries(schedules)) {
      new containerservice.MaintenanceConfiguration(
        this.child(role),
        {
          resourceGroupName: scope.resourceGroupName,
          resourceName: this.cluster.name,
          configName,
          maintenanceWindow: {
            durationHours: maintenance.hours,
            startTime: maintenance.startTime,
            utcOffset: "+00:00",
            schedule: { weekly: { dayOfWeek: maintenance.day, intervalWeeks: 1 } },
          },
        },
        { parent: this, ...patience(this.child(role)) },
      );
    }
  }
}
