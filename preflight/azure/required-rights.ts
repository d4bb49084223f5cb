import { fixedNames } from "../../components/platform/aks/names";
import { parentId, parseResourceId } from "../../config/aks/formats";
import type { CompleteAks } from "../../config/aks/parts";
import { required } from "../../config/problems";
import { takesRestorePoint } from "../../config/restore-point";
import type { PreflightInput } from "../check";
import { actions } from "./actions";

/** What the deploying identity must be allowed to do somewhere. */
export interface RequiredRight {
  /** Part of the finding's id. */
  readonly part: string;
  /** What the place is, for people. */
  readonly what: string;
  /** Id of the place. */
  readonly scope: string;
  /** Place that the right is needed on while {@link scope} does not exist yet. */
  readonly parent?: string;
  readonly actions: readonly string[];
  /** What is left out without the rights. @default - nothing: a deployment fails without them */
  readonly without?: string;
}

type Input = Pick<PreflightInput, "settings" | "secrets" | "aks">;

const onlyIf = (condition: boolean, needed: readonly string[]): readonly string[] =>
  condition ? needed : [];

/** Whether the identities of the cluster get their roles here: an existing one may have them. */
const assignsRoles = ({ cluster }: CompleteAks): boolean => cluster.kind === "new" || cluster.assignRoles;

/**
 * Where the deploying identity needs which rights for a configuration to be created, changed and destroyed: for the new
 * parts in their groups, for the existing ones where they are. Those that a run uses, and no other.
 */
export function requiredRights(input: Input): readonly RequiredRight[] {
  const aks = required(input.aks, "aks");
  const { resourceGroup, prefix, subscriptionId } = aks;
  const subscription = `/subscriptions/${subscriptionId}`;
  const fixed = fixedNames(prefix, resourceGroup.name);
  const main: RequiredRight = {
    part: "group",
    what: "main resource group",
    scope: `${subscription}/resourceGroups/${resourceGroup.name}`,
    ...(resourceGroup.create && { parent: subscription }),
    actions: [
      ...new Set([
        ...onlyIf(resourceGroup.create, actions.resourceGroup),
        ...onlyIf(assignsInGroup(aks), actions.assignRoles),
        ...onlyIf(aks.locks, actions.locks),
        ...actions.identities,
        ...networkActions(aks),
        ...clusterActions(aks),
        ...databaseActions(input, aks),
        ...onlyIf(aks.storage.kind === "new", actions.storage),
        ...registryActions(input, aks),
        ...onlyIf(aks.alerts !== undefined, actions.alerts),
        ...onlyIf((aks.alerts?.emails.length ?? 0) > 0, actions.actionGroup),
      ]),
    ],
  };
  const addressGroup = (part: string, what: string, group: string): RequiredRight => ({
    part,
    what,
    scope: `${subscription}/resourceGroups/${group}`,
    parent: subscription,
    actions: [...actions.resourceGroup, ...actions.publicAddress, ...actions.assignRoles],
  });
  const address = addressGroup("ingressGroup", "resource group of the address", fixed.ingressResourceGroup);
  const broker = addressGroup(
    "brokerGroup",
    "resource group of the broker's address",
    fixed.brokerResourceGroup,
  );
  const nodes: RequiredRight = {
    part: "nodeGroup",
    what: "resource group of the nodes",
    scope: `${subscription}/resourceGroups/${fixed.nodeResourceGroup}`,
    parent: subscription,
    actions: actions.readPublicAddress,
    without: "the output `egressAddresses` stays empty",
  };
  return [
    main,
    ...(aks.address.kind === "new" ? [address] : []),
    ...(aks.brokerAddress ? [broker] : []),
    ...(aks.egress === "loadBalancer" ? [nodes] : []),
    ...existingRights(input, aks),
  ];
}

/** Whether a role is assigned on anything in the main group, or on the group itself. */
const assignsInGroup = (aks: CompleteAks): boolean =>
  aks.cluster.kind === "new" ||
  aks.storage.kind === "new" ||
  (aks.registry.main.kind === "new" && assignsRoles(aks));

function networkActions({ network, cluster, database, storage }: CompleteAks): readonly string[] {
  if (network.kind === "existing") return [];
  const hasDatabase = database.kind === "new";
  return [
    ...actions.network,
    ...onlyIf(cluster.kind === "new" || hasDatabase, actions.joinSubnet),
    ...onlyIf(hasDatabase, [...actions.securityGroup, ...actions.joinNetwork]),
    ...onlyIf(network.natGateway, actions.natGateway),
    ...onlyIf(storage.kind === "new" && storage.allowedRanges !== undefined, actions.joinSubnetByEndpoint),
  ];
}

function clusterActions({ cluster }: CompleteAks): readonly string[] {
  if (cluster.kind === "existing") return [];
  return [
    ...actions.cluster,
    ...onlyIf(cluster.pools.length > 0, actions.nodePools),
    ...onlyIf(cluster.logAnalytics !== undefined, actions.logs),
  ];
}

function databaseActions({ settings }: Input, { database }: CompleteAks): readonly string[] {
  if (database.kind === "existing") return [];
  return [
    ...actions.database,
    ...onlyIf(takesRestorePoint(settings, { database }), actions.databaseBackup),
    ...onlyIf(Object.keys(database.parameters).length > 0, actions.databaseParameters),
    ...onlyIf(database.entraAdmin !== undefined, actions.databaseAdministrator),
    ...onlyIf(database.zone.kind === "new", [
      ...actions.privateZone,
      ...actions.linkPrivateZone,
      ...actions.joinPrivateZone,
    ]),
  ];
}

const registryActions = ({ settings }: Input, { registry }: CompleteAks): readonly string[] =>
  onlyIf(registry.main.kind === "new" || registry.anonymousLauncher, [
    ...actions.registry,
    ...onlyIf(settings.images.push, actions.pushImages),
  ]);

/** A place of the operator's: its part, what it is, its id, and what is done there. */
type Place = readonly [string, string, string | undefined, readonly string[]];

function existingRights({ settings, secrets }: Input, aks: CompleteAks): readonly RequiredRight[] {
  const { cluster, storage, registry, address, dnsZone } = aks;
  const { tls, images, aks: section } = settings;
  const roles = onlyIf(assignsRoles(aks), actions.assignRoles);
  const hasAddress = address.kind !== "none" || aks.brokerAddress !== undefined;
  const records = section?.dns.createRecords === true && hasAddress;
  const places: readonly Place[] = [
    ...existingNetwork(aks),
    [
      "address",
      "resource group of the existing address",
      address.kind === "existing" ? groupOf(address.id) : undefined,
      [...actions.readPublicAddress, ...roles],
    ],
    [
      "ingressSubnet",
      "subnet of the private address",
      address.kind === "private" ? address.subnet?.id : undefined,
      roles,
    ],
    [
      "cluster",
      "cluster",
      cluster.kind === "existing" ? cluster.id : undefined,
      [...actions.readCluster, ...onlyIf(secrets.kubeconfig === undefined, actions.listCredentials)],
    ],
    [
      "workspace",
      "Log Analytics workspace",
      cluster.kind === "new" ? cluster.logAnalytics?.workspaceId : undefined,
      actions.sendLogs,
    ],
    [
      "registry",
      "registry",
      registry.main.kind === "existing" ? registry.main.id : undefined,
      [...actions.readRegistry, ...roles, ...onlyIf(images.push, actions.pushImages)],
    ],
    [
      "storage",
      "storage account",
      storage.kind === "existing" ? storage.id : undefined,
      [...actions.readStorage, ...actions.assignRoles, ...actions.containers],
    ],
    [
      "dnsZone",
      "DNS zone",
      dnsZone?.id,
      [
        ...onlyIf(records, actions.records),
        ...onlyIf(tls.mode === "acme" && tls.challenge === "dns01", actions.assignRoles),
      ],
    ],
    ...(aks.alerts?.actionGroupIds ?? []).map((id, index): Place => [
      `actionGroup${index + 1}`,
      "action group",
      id,
      actions.useActionGroup,
    ]),
  ];
  return places.flatMap(([part, what, scope, needed]) =>
    scope === undefined || needed.length === 0 ? [] : [{ part, what, scope, actions: needed }],
  );
}

function existingNetwork({ network, database }: CompleteAks): readonly Place[] {
  const { nodeSubnetId, databaseSubnetId } = network.kind === "existing" ? network : {};
  const zone = database.kind === "new" ? database.zone : undefined;
  return [
    ["nodeSubnet", "subnet of the nodes", nodeSubnetId, [...actions.assignRoles, ...actions.joinSubnet]],
    ["databaseSubnet", "subnet of the database", databaseSubnetId, actions.joinSubnet],
    [
      "databaseNetwork",
      "network of the database",
      databaseSubnetId !== undefined && zone?.kind === "new" ? parentId(databaseSubnetId) : undefined,
      actions.joinNetwork,
    ],
    [
      "privateZone",
      "private DNS zone",
      zone?.kind === "existing" ? zone.id : undefined,
      [...actions.joinPrivateZone, ...onlyIf(network.kind === "new", actions.linkPrivateZone)],
    ],
  ];
}

function groupOf(id: string): string | undefined {
  const parsed = parseResourceId(id);
  return parsed && `/subscriptions/${parsed.subscriptionId}/resourceGroups/${parsed.resourceGroup}`;
}
