/** A right that Azure asks for on a resource that another one names. */
interface LinkedAction {
  /** Type of the one that names it. @default - any */
  readonly from?: RegExp;
  /** Type of the one that is named. */
  readonly to: RegExp;
  /** Where it is named. @default - anywhere */
  readonly property?: RegExp;
  readonly actions: readonly string[];
  /** Where Azure says so. */
  readonly source: string;
}

const reference = "Azure's reference of permissions (resource provider operations)";
const aks = "AKS, “Identity creating and operating the cluster permissions” (aks-service-permissions)";
const refusal = "the text of Azure's refusal, LinkedAuthorizationFailed";

const join = (type: string, source = reference): LinkedAction => ({
  to: new RegExp(`^Microsoft.Network/${type}$`, "i"),
  actions: [`Microsoft.Network/${type}/join/action`],
  source,
});

const alertPage =
  "Azure Monitor, “Create or edit a metric alert rule”: to read the resource and the action groups";
const workspace = "Microsoft.OperationalInsights/workspaces";

/**
 * What no operation shows: rights on what is named. The first that fits counts, and a reference that none fits fails the
 * tests, so that whoever makes the program name something new looks the right up.
 */
const known: readonly LinkedAction[] = [
  {
    to: /^Microsoft.Network\/virtualNetworks\/subnets$/i,
    property: /virtualNetworkRules/,
    actions: ["Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action"],
    source: "Azure Storage, “Create a virtual network rule”",
  },
  join("virtualNetworks/subnets", `${aks}; PostgreSQL, “Network with private access”`),
  join("networkSecurityGroups"),
  join("natGateways"),
  join("publicIPAddresses"),
  join("virtualNetworks", "the built-in role Private DNS Zone Contributor, which has it for links"),
  join("privateDnsZones"),
  {
    from: /^Microsoft.ContainerService\/managedClusters$/,
    to: /^Microsoft.ManagedIdentity\/userAssignedIdentities$/i,
    actions: ["Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"],
    source: aks,
  },
  {
    from: /^Microsoft.ContainerService\/managedClusters$/,
    to: /^Microsoft.OperationalInsights\/workspaces$/i,
    // Of those that AKS lists there, the ones for solutions are of clusters that log in with the key of the workspace.
    actions: [`${workspace}/read`, `${workspace}/sharedKeys/read`],
    source: aks,
  },
  {
    from: /^Microsoft.Insights\/diagnosticSettings$/i,
    to: /^Microsoft.OperationalInsights\/workspaces$/i,
    actions: [`${workspace}/sharedKeys/action`],
    source: refusal,
  },
  {
    from: /^Microsoft.Insights\/dataCollectionRules$/i,
    to: /^Microsoft.OperationalInsights\/workspaces$/i,
    actions: [`${workspace}/read`],
    source:
      "nothing asks for more: Monitoring Contributor, which is for creating rules, writes to no workspace",
  },
  {
    from: /^Microsoft.Insights\/dataCollectionRuleAssociations$/i,
    to: /^Microsoft.Insights\/dataCollectionRules$/i,
    actions: ["Microsoft.Insights/dataCollectionRules/read"],
    source: reference,
  },
  {
    from: /^Microsoft.Insights\/metricAlerts$/i,
    to: /^Microsoft.Insights\/actionGroups$/i,
    actions: ["Microsoft.Insights/actionGroups/read"],
    source: alertPage,
  },
  ...["DBforPostgreSQL/flexibleServers", "Storage/storageAccounts", "ContainerService/managedClusters"].map(
    (type): LinkedAction => ({
      from: /^Microsoft.Insights\/metricAlerts$/i,
      to: new RegExp(`^Microsoft.${type}$`, "i"),
      actions: [`Microsoft.${type}/read`],
      source: alertPage,
    }),
  ),
  {
    from: /^Microsoft.DBforPostgreSQL\/flexibleServers$/,
    to: /^Microsoft.DBforPostgreSQL\/flexibleServers$/i,
    actions: ["Microsoft.DBforPostgreSQL/flexibleServers/read"],
    source: reference,
  },
];

/** The rights that naming a resource takes on it. */
export function linkedActions(from: string, to: string, property: string): readonly string[] {
  const found = known.find(
    (each) => each.to.test(to) && (each.from?.test(from) ?? true) && (each.property?.test(property) ?? true),
  );
  if (found === undefined)
    throw new Error(`${from} names ${to} in ${property}: look up what right that takes on it`);
  return found.actions;
}
