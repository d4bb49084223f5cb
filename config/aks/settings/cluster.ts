import { z } from "zod";
import {
  exampleId,
  guid,
  ipv4Range,
  kubernetesMinor,
  location,
  resourceId,
  timeOfDay,
  vmSize,
  weekdays,
} from "../formats";
import { field } from "../../formats";
import { bySize, defaultVmSize, defaults } from "../sizes";

const cluster_ = "Microsoft.ContainerService/managedClusters";
const workspace = "Microsoft.OperationalInsights/workspaces";
const count = z.number().int().min(0).max(1000);
const zones = z.array(z.literal([1, 2, 3]));

const systemPool = z.strictObject({
  vmSize: field(
    vmSize.optional(),
    `Size of the nodes. Default: ${defaultVmSize}. Not to be changed later.`,
    defaultVmSize,
  ),
  minCount: field(
    count.optional(),
    `Fewest nodes. Default: ${bySize(({ systemPool: own }) => own.minCount)}.`,
    2,
  ),
  maxCount: field(
    count.optional(),
    `Most nodes. Default: ${bySize(({ systemPool: own }) => own.maxCount)}.`,
    3,
  ),
});

const pool = z.strictObject({
  name: field(
    z
      .string()
      .regex(/^[a-z][a-z0-9]{0,11}$/, "must be 1 to 12 lower-case letters and digits, a letter first"),
    "Name of the pool.",
    "apps",
  ),
  purpose: field(
    z.enum(["services", "runs"]).default("services"),
    "`services`: anything that runs in the cluster. `runs`: the workers alone, on nodes of their own.",
  ),
  vmSize: field(vmSize.default(defaultVmSize), "Size of the nodes."),
  minCount: field(count.default(1), "Fewest nodes."),
  maxCount: field(count.default(3), "Most nodes."),
  zones: field(zones.optional(), "Zones of the nodes. Default: `aks.zones`.", [1, 2, 3]),
});

/** A pool that the operator describes. */
export type PoolSettings = z.output<typeof pool>;

const deployer = z.strictObject({
  objectId: field(guid, "Object id of the principal.", "00000000-0000-0000-0000-000000000000"),
  type: field(
    z.enum(["User", "Group", "ServicePrincipal"]).default("User"),
    "What it is; a managed identity is a service principal.",
  ),
});

const entra = z.strictObject({
  adminGroupIds: field(
    z.array(field(guid, "The object id of a group.", "00000000-0000-0000-0000-000000000000")).default([]),
    "Object ids of the groups that administer the cluster.",
    ["00000000-0000-0000-0000-000000000000"],
  ),
  azureRbac: field(
    z.boolean().default(true),
    "Let Azure role assignments decide who may do what. The identity that creates the cluster becomes administrator of clusters in a resource group that is created, or of the cluster in an existing one.",
  ),
  login: field(
    z.enum(["azurecli", "spn", "workloadidentity", "msi", "azd"]).default("azurecli"),
    "How kubelogin gets its tokens where this program runs.",
  ),
  deployers: field(
    z.array(deployer).default([]),
    "Who may deploy, beside the identity that creates the cluster: administrators of the cluster. In an existing resource group, instead of that identity, which then belongs on the list.",
    [{ objectId: "00000000-0000-0000-0000-000000000000", type: "ServicePrincipal" }],
  ),
  deployerType: field(
    z.enum(["User", "ServicePrincipal"]).optional(),
    "Type of the identity that creates the cluster. Default: what the token of its login says.",
    "ServicePrincipal",
  ),
});

const maintenance = z.strictObject({
  day: field(z.enum(weekdays).default("Sunday"), "Day of upgrades. Not that of the database."),
  startTime: field(timeOfDay.default("02:00"), "Beginning, UTC."),
  hours: field(z.number().int().min(4).max(24).default(4), "Length in hours."),
});

/** `spacelift:aks.cluster`: the cluster to create, or an existing one. */
export const cluster = z.strictObject({
  existingId: field(
    resourceId(cluster_).optional(),
    "Cluster of yours, with OIDC issuer and workload identity switched on. One that is entered with Entra ID takes the secret `kubeconfig` as well.",
    exampleId(cluster_, "platform"),
  ),
  assignRoles: field(
    z.boolean().default(true),
    "Give the identities of `existingId` the roles they need on the registry and on the group of the address. `false`: they have them.",
  ),
  kubernetesVersion: field(
    kubernetesMinor.optional(),
    `Minor version of Kubernetes. Default: ${defaults.kubernetesVersion}. Raise it by one to upgrade.`,
    defaults.kubernetesVersion,
  ),
  tier: field(
    z.enum(["Free", "Standard", "Premium"]).optional(),
    `Tier of the control plane. \`Premium\` comes with long-term support. Default: ${bySize(({ tier }) => `\`${tier}\``)}.`,
    "Standard",
  ),
  systemPool: field(systemPool.prefault({}), "The pool of the cluster's own pods."),
  pools: field(
    z.array(pool).optional(),
    "Further pools. Default: none for size `dev`, otherwise `apps` and, for the workers, `runs`.",
    [{ name: "apps", minCount: 3, maxCount: 6 }],
  ),
  osSku: field(z.enum(["AzureLinux", "Ubuntu"]).default("AzureLinux"), "Operating system of the nodes."),
  osDisk: field(
    z.enum(["Ephemeral", "Managed"]).optional(),
    "Disk of the operating system. Default: `Ephemeral` for pools whose nodes have room on a local disk. Not to be changed later.",
    "Managed",
  ),
  authorizedRanges: field(
    z.array(ipv4Range).optional(),
    'Ranges that reach the API server, that of the machine this program runs on among them. Sizes other than `dev` insist on a choice: `["0.0.0.0/0"]` lets in everybody.',
    ["203.0.113.0/24"],
  ),
  private: field(
    z.boolean().default(false),
    "Give the API server a private address alone. This program must then run inside the network. Not to be changed later.",
  ),
  entra: field(
    entra.optional(),
    "Log in with Entra ID alone. Needs kubelogin where this program runs. Not to be switched off later.",
    {
      adminGroupIds: ["00000000-0000-0000-0000-000000000000"],
    },
  ),
  upgradeChannel: field(
    z.enum(["none", "patch", "stable", "rapid", "node-image"]).default("patch"),
    "Upgrades of Kubernetes that Azure makes by itself. `stable` and `rapid` go to the next minor version: `kubernetesVersion` must follow.",
  ),
  nodeOsUpgradeChannel: field(
    z.enum(["None", "Unmanaged", "SecurityPatch", "NodeImage"]).default("NodeImage"),
    "Upgrades of the nodes' image that Azure makes by itself.",
  ),
  maintenance: field(maintenance.prefault({}), "When Azure may upgrade."),
  azurePolicy: field(
    z.boolean().optional(),
    `Azure Policy add-on. Default: ${bySize(({ azurePolicy }) => (azurePolicy ? "on" : "off"))}.`,
    true,
  ),
  encryptionAtHost: field(
    z.boolean().default(false),
    "Encrypt disks on the host. The subscription must have the feature EncryptionAtHost registered. Not to be changed later.",
  ),
  logAnalyticsWorkspaceId: field(
    resourceId(workspace).optional(),
    "Log Analytics workspace for container logs and the control plane's audit log. Default: no logs.",
    exampleId(workspace, "platform"),
  ),
  logAnalyticsLocation: field(
    location.optional(),
    "Region of that workspace. Default: `aks.location`.",
    "westeurope",
  ),
});
