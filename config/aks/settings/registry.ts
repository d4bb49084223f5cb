import { z } from "zod";
import { exampleId, resourceId } from "../formats";
import { field, url } from "../../formats";

const registry_ = "Microsoft.ContainerRegistry/registries";
const zone = "Microsoft.Network/dnsZones";

/** `spacelift:aks.registry`: the registries that are made, or those that are there already. */
export const registry = z.strictObject({
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
    "Tier. Default: `Standard`, for size `ha` `Premium`.",
    "Standard",
  ),
  loginUrl: field(
    url("http", "https").optional(),
    "Origin at which the registry exchanges tokens, when it is not `https://<login server>`.",
    "https://registry-proxy.example.com",
  ),
});

/** `spacelift:aks.dns`: an Azure DNS zone that takes the records. */
export const dns = z.strictObject({
  zoneId: field(
    resourceId(zone).optional(),
    "Public DNS zone of yours. The records of Spacelift are made in it, and DNS-01 uses it.",
    exampleId(zone, "example.com"),
  ),
  createRecords: field(z.boolean().default(true), "Make the records. `false`: the zone is for DNS-01 alone."),
  ttlSeconds: field(
    z.number().int().min(1).max(2147483647).default(300),
    "Seconds that a record may be remembered.",
  ),
});
