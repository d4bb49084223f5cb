import { anything, listAt, listOf, mapOf, numeric, object, text, textOf } from "../../framework";
import type { ArmType } from "../arm/definition";
import { invalidParameter } from "../arm/errors";
import { nameOfId, parentOfId } from "../arm/resource-id";
import { stableUuid } from "../config";
import { requireGlobal, ZONE_NAME } from "./zone-rules";

const ipv4 = /^(\d{1,3}\.){3}\d{1,3}$/;

/** A public DNS zone. */
export const publicZone: ArmType = {
  token: "azure-native:dns:Zone",
  apiVersion: "2023-07-01-preview",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/dnsZones/{zoneName}",
  fields: {
    location: text(),
    registrationVirtualNetworks: listOf(anything()),
    resolutionVirtualNetworks: listOf(anything()),
    tags: mapOf(text()),
    zoneType: text({ oneOf: ["Public", "Private"] }),
  },
  nameRule: ZONE_NAME,
  located: true,
  outputs: ["etag", "nameServers", "numberOfRecordSets", "maxNumberOfRecordSets"],
  latency: { create: 5, update: 3, delete: 5 },
  validate: requireGlobal,
  compute: ({ id }) => ({
    etag: stableUuid("etag", id),
    nameServers: ["com", "net", "org", "info"].map(
      (domain, index) => `ns${index + 1}-01.azure-dns.${domain}.`,
    ),
    numberOfRecordSets: 2,
    maxNumberOfRecordSets: 10_000,
  }),
};

const KINDS = {
  A: "aRecords",
  AAAA: "aaaaRecords",
  CAA: "caaRecords",
  CNAME: "cnameRecord",
  MX: "mxRecords",
  NS: "nsRecords",
  PTR: "ptrRecords",
  SRV: "srvRecords",
  TXT: "txtRecords",
} as const;

/** A set of records in a public zone. */
export const recordSet: ArmType = {
  token: "azure-native:dns:RecordSet",
  apiVersion: "2023-07-01-preview",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/dnsZones/{zoneName}/{recordType}/{relativeRecordSetName}",
  fields: {
    aRecords: listOf(object({ ipv4Address: text({ required: true, pattern: ipv4 }) })),
    aaaaRecords: listOf(object({ ipv6Address: text({ required: true }) })),
    caaRecords: listOf(object({ flags: numeric({ min: 0, max: 255 }), tag: text(), value: text() })),
    cnameRecord: object({ cname: text({ required: true }) }),
    metadata: mapOf(text()),
    mxRecords: listOf(object({ exchange: text(), preference: numeric() })),
    nsRecords: listOf(object({ nsdname: text() })),
    ptrRecords: listOf(object({ ptrdname: text() })),
    srvRecords: listOf(anything()),
    targetResource: object({ id: text() }),
    ttl: numeric({ integer: true, min: 1, max: 2_147_483_647 }),
    txtRecords: listOf(object({ value: listOf(text()) })),
  },
  outputs: ["etag", "fqdn", "provisioningState"],
  latency: { create: 3, update: 3, delete: 3 },
  validate({ inputs, id, name }) {
    const kind = textOf(inputs["recordType"]).toUpperCase();
    const key = Object.entries(KINDS).find(([type]) => type === kind)?.[1];
    if (key === undefined)
      throw invalidParameter(`The record type ${kind} of ${id} is unknown.`, "BadRequest");
    const others = Object.values(KINDS).filter((other) => other !== key && inputs[other] !== undefined);
    if (inputs[key] === undefined && inputs["targetResource"] === undefined)
      throw invalidParameter(`The record set ${id} has no ${key}.`, "BadRequest");
    if (others.length > 0)
      throw invalidParameter(`The record set ${id} of type ${kind} has ${others.join(", ")}.`, "BadRequest");
    if (inputs["ttl"] === undefined)
      throw invalidParameter(`The record set ${id} has no time to live.`, "BadRequest");
    if (kind === "CNAME" && name === "@")
      throw invalidParameter(`The record ${id} cannot be a CNAME at the apex of its zone.`, "BadRequest");
    if (
      key === "aRecords" &&
      listAt(inputs, "aRecords").length === 0 &&
      inputs["targetResource"] === undefined
    )
      throw invalidParameter(`The record set ${id} is empty.`, "BadRequest");
  },
  compute: ({ id, name }) => {
    const zone = nameOfId(parentOfId(id) ?? "");
    return {
      etag: stableUuid("etag", id),
      provisioningState: "Succeeded",
      fqdn: name === "@" ? `${zone}.` : `${name}.${zone}.`,
    };
  },
};
