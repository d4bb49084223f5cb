import * as network from "@pulumi/azure-native/network";
import type * as pulumi from "@pulumi/pulumi";
import { SpaceliftComponent } from "../../component";
import { defined } from "../../json";
import type { FixedNames } from "./names";
import type { AzureScope } from "./scope";

export interface NetworkArgs {
  readonly scope: AzureScope;
  readonly names: FixedNames;
  readonly addressSpace: string;
  readonly nodeCidr: string;
  /** Range of the database's subnet; undefined for no database. */
  readonly databaseCidr?: string | undefined;
  /** Zones of the address of the NAT gateway. */
  readonly zones: readonly string[];
  /** Leave through a NAT gateway with an address of its own. */
  readonly natGateway: boolean;
  /** Let the nodes reach storage accounts by the network rather than by their public address. */
  readonly storageEndpoint: boolean;
}

/** The delegation that a subnet of PostgreSQL servers must have. */
const postgresDelegation = {
  name: "postgres",
  serviceName: "Microsoft.DBforPostgreSQL/flexibleServers",
} as const;

/** A virtual network with a subnet for the nodes and a delegated one for the database, which only the nodes reach. */
export class Network extends SpaceliftComponent {
  /** Tells it from existing subnets. */
  readonly kind = "new";
  readonly networkId: pulumi.Output<string>;
  readonly nodeSubnetId: pulumi.Output<string>;
  readonly databaseSubnetId: pulumi.Output<string> | undefined;
  /** Address the nodes are seen with from outside, where they have one of their own. */
  readonly egressAddress: pulumi.Output<string> | undefined;
  /** What the database's links must not outlive: Azure frees the subnet only when they are gone. */
  readonly databaseReady: readonly pulumi.Resource[];

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:aks:Network", name, opts);
    const { scope, names } = args;
    const virtualNetwork = new network.VirtualNetwork(
      this.child("vnet"),
      {
        resourceGroupName: scope.resourceGroupName,
        location: scope.location,
        tags: scope.tags,
        virtualNetworkName: names.network,
        addressSpace: { addressPrefixes: [args.addressSpace] },
      },
      // The subnets are resources of their own, which Azure lists here as well.
      { parent: this, ignoreChanges: ["subnets"] },
    );
    const gateway = args.natGateway ? this.createGateway(args) : undefined;
    const nodes = new network.Subnet(
      this.child("nodes"),
      defined({
        resourceGroupName: scope.resourceGroupName,
        virtualNetworkName: virtualNetwork.name,
        subnetName: names.nodeSubnet,
        addressPrefix: args.nodeCidr,
        // The way out is that of the load balancer or the gateway, never Azure's own.
        defaultOutboundAccess: false,
        natGateway: gateway && { id: gateway.natGateway.id },
        serviceEndpoints: args.storageEndpoint ? [{ service: "Microsoft.Storage" }] : undefined,
      }),
      { parent: this },
    );
    const database =
      args.databaseCidr === undefined
        ? undefined
        : this.createDatabaseSubnet(args, args.databaseCidr, virtualNetwork);
    this.networkId = virtualNetwork.id;
    this.nodeSubnetId = nodes.id;
    this.databaseSubnetId = database?.id;
    this.databaseReady = database ? [database] : [];
    this.egressAddress = gateway && gateway.address.ipAddress.apply((address) => address ?? "");
    this.registerOutputs();
  }

  private createGateway({ scope, names, zones }: NetworkArgs): {
    readonly natGateway: network.NatGateway;
    readonly address: network.PublicIPAddress;
  } {
    const common = {
      resourceGroupName: scope.resourceGroupName,
      location: scope.location,
      tags: scope.tags,
    };
    const address = new network.PublicIPAddress(
      this.child("egress-ip"),
      {
        ...common,
        publicIpAddressName: names.egressAddress,
        sku: { name: "Standard", tier: "Regional" },
        publicIPAllocationMethod: "Static",
        ...(zones.length > 0 && { zones: [...zones] }),
      },
      { parent: this },
    );
    const natGateway = new network.NatGateway(
      this.child("nat"),
      {
        ...common,
        natGatewayName: names.natGateway,
        sku: { name: "Standard" },
        idleTimeoutInMinutes: 10,
        publicIpAddresses: [{ id: address.id }],
      },
      { parent: this },
    );
    return { natGateway, address };
  }

  private createDatabaseSubnet(
    { scope, names, nodeCidr }: NetworkArgs,
    databaseCidr: string,
    virtualNetwork: network.VirtualNetwork,
  ): network.Subnet {
    const guard = new network.NetworkSecurityGroup(
      this.child("database-guard"),
      {
        resourceGroupName: scope.resourceGroupName,
        location: scope.location,
        tags: scope.tags,
        networkSecurityGroupName: names.databaseSecurityGroup,
        securityRules: [...databaseSecurityRules(nodeCidr, databaseCidr)],
      },
      { parent: this },
    );
    return new network.Subnet(
      this.child("database"),
      {
        resourceGroupName: scope.resourceGroupName,
        virtualNetworkName: virtualNetwork.name,
        subnetName: names.databaseSubnet,
        addressPrefix: databaseCidr,
        defaultOutboundAccess: false,
        delegations: [postgresDelegation],
        // Azure adds it to every subnet with servers: left out, it would be a difference at every refresh.
        serviceEndpoints: [{ service: "Microsoft.Storage" }],
        networkSecurityGroup: { id: guard.id },
      },
      { parent: this },
    );
  }
}

export interface SecurityRule {
  readonly name: string;
  readonly priority: number;
  readonly direction: "Inbound" | "Outbound";
  readonly access: "Allow" | "Deny";
  readonly protocol: "Tcp" | "*";
  readonly sourceAddressPrefix: string;
  readonly sourcePortRange: "*";
  readonly destinationAddressPrefix: string;
  readonly destinationPortRanges?: string[];
  readonly destinationPortRange?: string;
}

/** Ports of PostgreSQL and of its connection pooler. */
const postgresPorts = ["5432", "6432"];

const rule = (
  name: string,
  priority: number,
  direction: SecurityRule["direction"],
  access: SecurityRule["access"],
  [source, destination]: readonly [string, string],
  ports: readonly string[],
): SecurityRule => ({
  name,
  priority,
  direction,
  access,
  protocol: ports.length > 0 ? "Tcp" : "*",
  sourceAddressPrefix: source,
  sourcePortRange: "*",
  destinationAddressPrefix: destination,
  ...(ports.length > 0 ? { destinationPortRanges: [...ports] } : { destinationPortRange: "*" }),
});

/**
 * Rules of the database's subnet: PostgreSQL from the nodes, whose addresses pods leave with, and among the servers
 * themselves, which replicate. The last inbound rule shuts out the rest of the network, which Azure's own rules let in.
 */
export function databaseSecurityRules(nodeCidr: string, databaseCidr: string): readonly SecurityRule[] {
  return [
    rule("postgres-from-nodes", 100, "Inbound", "Allow", [nodeCidr, databaseCidr], postgresPorts),
    rule("postgres-among-servers", 110, "Inbound", "Allow", [databaseCidr, databaseCidr], postgresPorts),
    rule("nothing-else", 4000, "Inbound", "Deny", ["VirtualNetwork", databaseCidr], []),
    rule("postgres-among-servers-out", 100, "Outbound", "Allow", [databaseCidr, databaseCidr], postgresPorts),
    rule("backups-to-storage", 110, "Outbound", "Allow", [databaseCidr, "Storage"], ["443"]),
    rule("logins-with-entra", 120, "Outbound", "Allow", [databaseCidr, "AzureActiveDirectory"], ["443"]),
  ];
}
