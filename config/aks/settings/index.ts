import { z } from "zod";
import { field, url } from "../../formats";
import { exampleId, guid, location, prefix, resourceGroupName, resourceId, tags } from "../formats";
import { clouds } from "../regions";
import { bySize } from "../sizes";
import { alerts } from "./alerts";
import { cluster } from "./cluster";
import { database, storage } from "./data";
import { network } from "./network";

const registry_ = "Microsoft.ContainerRegistry/registries";
const zone = "Microsoft.Network/dnsZones";

/** `spacelift:aks.registry`: the registries to create, or existing ones. */
const registry = z.strictObject({
  id: field(
    resourceId(registry_).optional(),
    "Registry of yours for the images. The cluster is allowed to pull from it.",
    exampleId(registry_, "corporate"),
  ),
  anonymousLauncher: field(
    z.boolean().default(false),
    "Make a second registry, which everybody may pull the launcher from, for workers outside the cluster.",
  ),
  sku: field(
    z.enum(["Basic", "Standard", "Premium"]).optional(),
    `Tier. Default: ${bySize(({ registrySku }) => `\`${registrySku}\``)}.`,
    "Standard",
  ),
  loginUrl: field(
    url("http", "https").optional(),
    "Origin at which the registry exchanges tokens, when it is not `https://<login server>`.",
    "https://registry-proxy.example.com",
  ),
});

/** `spacelift:aks.dns`: an Azure DNS zone that takes the records. */
const dns = z.strictObject({
  zoneId: field(
    resourceId(zone).optional(),
    "Public DNS zone of yours. The records of Spacelift are created in it, and DNS-01 uses it.",
    exampleId(zone, "example.com"),
  ),
  createRecords: field(z.boolean().default(true), "Make the records. `false`: the zone is for DNS-01 alone."),
  ttlSeconds: field(
    z.number().int().min(1).max(2147483647).default(300),
    "Seconds that a record may be remembered.",
  ),
});

const resourceGroup = z.strictObject({
  name: field(resourceGroupName.default("spacelift"), "Name of the resource group."),
  create: field(z.boolean().default(true), "Create the resource group. `false`: it exists already."),
});

/** `spacelift:aks`: everything about Azure. */
export const aks = z.strictObject({
  subscriptionId: field(guid, "Subscription to install into.", "00000000-0000-0000-0000-000000000000"),
  location: field(location, "Region to install into.", "polandcentral"),
  cloud: field(z.enum(clouds).default("public"), "Azure cloud."),
  size: field(
    z.enum(["dev", "prod", "ha"]).default("prod"),
    "A coherent set of defaults: `dev` for trying out, `prod`, and `ha` for what must survive a region.",
  ),
  prefix: field(
    prefix.default("spacelift"),
    "Beginning of the names of everything that is created. Not to be changed later.",
  ),
  resourceGroup: field(resourceGroup.prefault({}), "The resource group."),
  zones: field(
    z.array(z.literal([1, 2, 3])).optional(),
    "Availability zones. Default: all three, where the region has zones. Not to be changed later.",
    [1, 2, 3],
  ),
  tags: field(tags.default({}), "Tags of every resource, at most 15.", { team: "platform" }),
  locks: field(
    z.boolean().default(false),
    "Lock the database server and the storage account that are created against deletion (management locks, CanNotDelete). Takes Owner or User Access Administrator.",
  ),
  network: field(network.prefault({}), "The network."),
  cluster: field(cluster.prefault({}), "The cluster."),
  database: field(database.prefault({}), "The database."),
  storage: field(storage.prefault({}), "The object storage."),
  registry: field(registry.prefault({}), "The registry."),
  dns: field(dns.prefault({}), "The DNS zone."),
  alerts: field(
    alerts.optional(),
    "Alerts on the database, the storage account and the nodes that are created. Default: none.",
    { emails: ["platform@example.com"] },
  ),
});

/** The section as it was checked, before the size fills in the rest. */
export type AksSection = z.output<typeof aks>;
