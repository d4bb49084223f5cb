import { z } from "zod";
import { guid, location, prefix, resourceGroupName } from "../formats";
import { clouds } from "../regions";
import { field, stringMap } from "../../formats";
import { cluster } from "./cluster";
import { database, storage } from "./data";
import { network } from "./network";
import { dns, registry } from "./registry";

/** Sizes of an installation. */
export const aksSizes = ["dev", "prod", "ha"] as const;

const resourceGroup = z.strictObject({
  name: field(resourceGroupName.default("spacelift"), "Name of the resource group."),
  create: field(z.boolean().default(true), "Make the resource group. `false`: it is there already."),
});

/** `spacelift:aks`: everything about Azure. */
export const aks = z.strictObject({
  subscriptionId: field(guid, "Subscription to install into.", "00000000-0000-0000-0000-000000000000"),
  location: field(location, "Region to install into.", "polandcentral"),
  cloud: field(z.enum(clouds).default("public"), "Azure cloud."),
  size: field(
    z.enum(aksSizes).default("prod"),
    "A coherent set of defaults: `dev` for trying out, `prod`, and `ha` for what must survive a region.",
  ),
  prefix: field(
    prefix.default("spacelift"),
    "Beginning of the names of everything that is made. Not to be changed later.",
  ),
  resourceGroup: field(resourceGroup.prefault({}), "The resource group."),
  zones: field(
    z.array(z.literal([1, 2, 3])).optional(),
    "Availability zones. Default: all three, where the region has zones. Not to be changed later.",
    [1, 2, 3],
  ),
  tags: field(stringMap.default({}), "Tags of every resource, at most 15.", { team: "platform" }),
  network: field(network.prefault({}), "The network."),
  cluster: field(cluster.prefault({}), "The cluster."),
  database: field(database.prefault({}), "The database."),
  storage: field(storage.prefault({}), "The object storage."),
  registry: field(registry.prefault({}), "The registry."),
  dns: field(dns.prefault({}), "The DNS zone."),
});

/** The section as it was checked, before the size fills in the rest. */
export type AksSection = z.output<typeof aks>;
