import { z } from "zod";
import { hostsOf } from "../../../../../config/settings";
import { relativeName } from "../../../../../components/platform/aks/dns";
import { setCommand } from "../../../../../config/problems";
import { type CheckContext, type Finding, failed, passed } from "../../../check";
import type { AzureAccess } from "../session";
import { absent, givenPart } from "./given-part";

const part = givenPart("dnsZone", "DNS zone", "aks.dns.zoneId");

const zone = z.object({
  name: z.string(),
  properties: z.object({ zoneType: z.string().optional(), nameServers: z.array(z.string()).nullish() }),
});
const record = z.object({ id: z.string() });

/**
 * Whether the given zone is there, and has no other records for the hosts.
 *
 * @param installed whether an earlier deployment made the records
 */
export async function dnsZoneFinding(
  { arm }: AzureAccess,
  { settings }: CheckContext,
  id: string,
  installed: boolean,
): Promise<Finding> {
  const found = await arm.find({ api: "dns", path: id }, zone);
  if (!found) return absent(part, id);
  const hosts = hostsOf(settings);
  const makes = settings.aks?.dns.createRecords === true && settings.ingress.mode !== "existing";
  const taken = makes
    ? await Promise.all(
        hosts.flatMap((host) =>
          // An address that an earlier deployment made is its own; a CNAME never is, and rules an address out.
          (installed ? ["CNAME"] : ["A", "CNAME"]).map(async (type) => {
            const path = `${id}/${type}/${relativeName(host, found.name)}`;
            return (await arm.find({ api: "dns", path }, record)) ? [`${type} ${host}`] : [];
          }),
        ),
      )
    : [];
  const there = taken.flat();
  if (there.length > 0) {
    return failed(
      part,
      `${found.name} has records already: ${there.join(", ")}`,
      `remove them, or ${setCommand("aks.dns.createRecords", false)} and point them at the address yourself`,
    );
  }
  const servers = found.properties.nameServers?.join(", ") ?? "none";
  return passed(part, `${found.name} is there; its name servers are ${servers}`);
}
