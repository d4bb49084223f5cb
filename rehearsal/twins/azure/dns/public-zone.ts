import { isIPv4, isIPv6 } from "node:net";
import { listAt, stringAt, textOf } from "../../framework";
import type { ArmRequest, ArmType } from "../arm/definition";
import { invalidParameter } from "../arm/refusals";
import { below } from "../arm/tables";
import { nameOfId, parentOfId, sameId } from "../arm/resource-id";
import { stableUuid } from "../config";
import { ZONE_NAME } from "./zone-name";

/** A public DNS zone. */
export const publicZone: ArmType = {
  token: "azure-native:dns:Zone",
  apiVersion: "2023-07-01-preview",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/dnsZones/{zoneName}",
  contract: { library: "dns", model: "Zone" },
  nameRule: ZONE_NAME,
  located: true,
  isGlobal: true,
  outputs: ["etag", "nameServers", "numberOfRecordSets", "maxNumberOfRecordSets"],
  latency: { create: 5, update: 3, delete: 5 },
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
  contract: { library: "dns", model: "RecordSet" },
  outputs: ["etag", "fqdn", "provisioningState"],
  latency: { create: 3, update: 3, delete: 3 },
  validate(request) {
    const { inputs, id, name } = request;
    const kind = textOf(inputs["recordType"]).toUpperCase();
    const key = Object.entries(KINDS).find(([type]) => type === kind)?.[1];
    if (key === undefined)
      throw invalidParameter(`The record type ${kind} of ${id} is unknown.`, "BadRequest");
    const others = Object.values(KINDS).filter((other) => other !== key && inputs[other] !== undefined);
    if (inputs[key] === undefined && inputs["targetResource"] === undefined)
      throw invalidParameter(`The record set ${id} has no ${key}.`, "BadRequest");
    if (others.length > 0)
      throw invalidParameter(`The record set ${id} of type ${kind} has ${others.join(", ")}.`, "BadRequest");
    const ttl = inputs["ttl"];
    if (typeof ttl !== "number" || !Number.isInteger(ttl) || ttl < 1 || ttl > 2_147_483_647)
      throw invalidParameter(`The time to live of ${id} must be 1 to 2147483647 seconds.`, "BadRequest");
    if (kind === "CNAME" && name === "@")
      throw invalidParameter(`The record ${id} cannot be a CNAME at the apex of its zone.`, "BadRequest");
    if (
      key === "aRecords" &&
      listAt(inputs, "aRecords").length === 0 &&
      inputs["targetResource"] === undefined
    )
      throw invalidParameter(`The record set ${id} is empty.`, "BadRequest");
    checkRecords(request);
    refuseBesideAlias(request, kind);
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

function checkRecords({ inputs, id }: ArmRequest): void {
  const addresses = [
    ...listAt(inputs, "aRecords").map((record) => ({
      text: stringAt(record, "ipv4Address") ?? "",
      isFit: isIPv4,
    })),
    ...listAt(inputs, "aaaaRecords").map((record) => ({
      text: stringAt(record, "ipv6Address") ?? "",
      isFit: isIPv6,
    })),
  ];
  const wrong = addresses.find(({ text, isFit }) => !isFit(text));
  if (wrong !== undefined)
    throw invalidParameter(`The record set ${id} has an invalid address '${wrong.text}'.`, "BadRequest");
}

/** A name that is an alias of another has no other records. */
function refuseBesideAlias({ state, id, name }: ArmRequest, kind: string): void {
  const other = below(state, parentOfId(id) ?? "").find(
    (each) =>
      !sameId(each.id, id) &&
      each.name.toLowerCase() === name.toLowerCase() &&
      (kind === "CNAME" || /\/CNAME\//i.test(each.id)),
  );
  if (other !== undefined)
    throw invalidParameter(
      `The record ${id} conflicts with ${other.id}: a CNAME has no other records beside it.`,
      "Conflict",
    );
}
