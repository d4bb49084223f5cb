/** A rule of a network security group. */
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
