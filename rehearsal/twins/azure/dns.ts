import { isIPv4, isIPv6 } from "node:net";
import { listAt, stringAt, textOf, TwinError } from "../framework";
import { type ArmRequest, type ArmType, type NameRule, networkName } from "./arm/definition";
import { invalidParameter } from "./arm/refusals";
import { nameOfId, parentOfId, sameId } from "./arm/resource-id";
import { allOfType, below } from "./arm/tables";
import { stableUuid } from "./config";

/** What the name of a zone must be like. */
export const ZONE_NAME: NameRule = {
  pattern: /^([a-zA-Z0-9_]([\w-]{0,61}[a-zA-Z0-9_])?\.)+[a-zA-Z0-9]([\w-]{0,61}[a-zA-Z0-9])?$/,
  min: 3,
  max: 253,
  words: "labels of at most 63 letters, digits and hyphens, joined by periods",
};

/** A private DNS zone. */
export const privateZone: ArmType = {
  token: "azure-native:privatedns:PrivateZone",
  apiVersion: "2024-06-01",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateDnsZones/{privateZoneName}",
  contract: { library: "privatedns", model: "PrivateZone" },
  nameRule: ZONE_NAME,
  located: true,
  isGlobal: true,
  outputs: [
    "etag",
    "internalId",
    "maxNumberOfRecordSets",
    "maxNumberOfVirtualNetworkLinks",
    "provisioningState",
  ],
  latency: { create: 35, update: 10, delete: 30 },
  compute: ({ id }) => ({
    provisioningState: "Succeeded",
    internalId: stableUuid("zone", id),
    etag: stableUuid("etag", id),
    maxNumberOfRecordSets: 25_000,
    maxNumberOfVirtualNetworkLinks: 1_000,
  }),
  blockDeletion({ state, id }) {
    const links = below(state, id).filter(({ type }) => type.endsWith("/virtualNetworkLinks"));
    if (links.length === 0) return;
    throw new TwinError(
      `Cannot delete resource while nested resources exist. Some existing nested resource IDs include: '${links.map((link) => link.id).join("', '")}'. Please delete all nested resources before deleting this resource.`,
      "CannotDeleteResource",
    );
  },
};

/** A link that lets a virtual network resolve a private zone. */
export const virtualNetworkLink: ArmType = {
  token: "azure-native:privatedns:VirtualNetworkLink",
  apiVersion: "2024-06-01",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}",
  contract: { library: "privatedns", model: "VirtualNetworkLink" },
  nameRule: networkName(),
  located: true,
  isGlobal: true,
  forceNew: ["virtualNetwork"],
  outputs: ["etag", "provisioningState", "virtualNetworkLinkState"],
  latency: { create: 45, update: 30, delete: 40 },
  defaults: () => ({ registrationEnabled: false }),
  validate(request) {
    const { state, id, inputs } = request;
    const network = stringAt(inputs, "virtualNetwork", "id");
    if (network === undefined)
      throw invalidParameter(`The link ${id} names no virtual network.`, "VirtualNetworkMissing");
    const clash = allOfType(state, "Microsoft.Network/privateDnsZones/virtualNetworkLinks").find(
      (other) =>
        !sameId(other.id, id) &&
        sameId(stringAt(other.properties, "virtualNetwork", "id"), network) &&
        zoneNameOf(other.id) === zoneNameOf(id),
    );
    if (clash !== undefined)
      throw new TwinError(
        `A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual network with '${zoneNameOf(id)}' and '${zoneNameOf(clash.id)}' zones.`,
        "BadRequest",
      );
  },
  compute: ({ id }) => ({
    provisioningState: "Succeeded",
    virtualNetworkLinkState: "Completed",
    etag: stableUuid("etag", id),
  }),
};

function zoneNameOf(linkId: string): string {
  return (parentOfId(linkId) ?? "").split("/").at(-1)?.toLowerCase() ?? "";
}

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
