import { at, type Properties, sameValue, stringAt, textOf, TwinError } from "../../framework";
import type { ArmRequest, ArmUpdate } from "../arm/definition";
import { invalidParameter, requireZones } from "../arm/refusals";
import { nameOfId, parentOfId, sameId } from "../arm/resource-id";
import { allOfType, findResource, locationOf } from "../arm/tables";
import { delegationsOf, rangeOfSubnet } from "../network/ranges";
import { cloudFacts, hasPair, hasZones } from "../regions";

const RESERVED_LOGINS = [
  "azure_superuser",
  "azure_pg_admin",
  "admin",
  "administrator",
  "root",
  "guest",
  "public",
];
const SIZES = [32, 64, 128, 256, 512, 1024, 2048, 4095, 4096, 8192, 16384, 32767, 32768];
// 14 is still there, but no longer to be made.
const VERSIONS = ["15", "16", "17", "18"];
const TIERS: Readonly<Record<string, RegExp>> = {
  Burstable: /^Standard_B\d+m?s(_v2)?$/,
  GeneralPurpose: /^Standard_D\d+[a-z]*s_v\d$/,
  MemoryOptimized: /^Standard_E\d+[a-z]*s_v\d$/,
};

/** Throws what the service refuses of a server, apart from its network. */
export function checkServer(request: ArmRequest): void {
  const { inputs } = request;
  checkSku(request);
  checkAvailability(request);
  checkBackup(request);
  if (stringAt(inputs, "createMode") === "Replica") checkReplica(request);
  else checkOwn(request);
}

function checkSku({ inputs, id }: ArmRequest): void {
  const [tier, name] = [stringAt(inputs, "sku", "tier") ?? "", stringAt(inputs, "sku", "name") ?? ""];
  if (TIERS[tier]?.test(name) !== true)
    throw invalidParameter(`The sku ${name} of ${id} is not of tier ${tier}.`, "InvalidParameterValue");
  const size = at(inputs, "storage", "storageSizeGB");
  if (size !== undefined && !SIZES.some((each) => each === size))
    throw invalidParameter(
      `The storage size ${textOf(size)} GB of ${id} is not offered.`,
      "InvalidParameterValue",
    );
}

function checkAvailability(request: ArmRequest): void {
  const { inputs, location, id } = request;
  const zones = [["availabilityZone"], ["highAvailability", "standbyAvailabilityZone"]]
    .map((path) => stringAt(inputs, ...path) ?? "")
    .filter((zone) => zone !== "");
  requireZones(zones, request);
  const mode = stringAt(inputs, "highAvailability", "mode") ?? "Disabled";
  if (mode === "Disabled") return;
  if (stringAt(inputs, "sku", "tier") === "Burstable")
    throw invalidParameter(
      `High availability is not supported for burstable servers: ${id}.`,
      "HADisabledForBurstable",
    );
  if (mode === "ZoneRedundant" && !hasZones(location))
    throw invalidParameter(
      `Zone redundant high availability is not supported in ${location ?? ""}: ${id}.`,
      "ZoneRedundantHANotSupportedForRegion",
    );
}

function checkBackup({ inputs, location, id }: ArmRequest): void {
  const days = at(inputs, "backup", "backupRetentionDays");
  if (days !== undefined && (typeof days !== "number" || days < 7 || days > 35))
    throw invalidParameter(
      `The backups of ${id} are kept 7 to 35 days, not ${textOf(days)}.`,
      "InvalidParameterValue",
    );
  if (stringAt(inputs, "backup", "geoRedundantBackup") === "Enabled" && !hasPair(location))
    throw invalidParameter(
      `Geo-redundant backup is not supported in ${location ?? ""}: ${id}.`,
      "GeoBackupNotSupportedInRegion",
    );
}

/** What only a server that is not a copy is given. */
function checkOwn({ inputs, state, id }: ArmRequest): void {
  const version = stringAt(inputs, "version") ?? "";
  const isKept = findResource(state, id)?.properties["version"] === version;
  if (!VERSIONS.includes(version) && !isKept)
    throw invalidParameter(
      `Version '${version}' of PostgreSQL is not offered for ${id}.`,
      "InvalidParameterValue",
    );
  const login = stringAt(inputs, "administratorLogin");
  if (stringAt(inputs, "authConfig", "passwordAuth") === "Disabled") return;
  if (login === undefined || RESERVED_LOGINS.includes(login) || login.startsWith("pg_") || login.length > 63)
    throw invalidParameter(
      `The administrator login '${login ?? ""}' of ${id} is not allowed.`,
      "InvalidAdministratorLogin",
    );
  const password = stringAt(inputs, "administratorLoginPassword");
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z0-9]/].filter((kind) => kind.test(password ?? ""));
  const isStrong =
    password !== undefined && password.length >= 8 && password.length <= 128 && kinds.length >= 3;
  if (!isStrong || password.includes(login))
    throw new TwinError(
      `Password validation failed for ${id}. The password does not meet policy requirements because it is not complex enough.`,
      "PasswordTooShortOrNotComplex",
    );
}

function checkReplica({ inputs, state, id }: ArmRequest): void {
  const source = findResource(state, stringAt(inputs, "sourceServerResourceId"));
  if (source === undefined)
    throw new TwinError(`The source server of the replica ${id} was not found.`, "SourceServerNotFound");
  if (stringAt(source.properties, "sku", "tier") === "Burstable")
    throw invalidParameter(
      `Read replicas are not supported for burstable servers: ${id}.`,
      "ReadReplicaNotSupported",
    );
  const [mine, theirs] = [inputs, source.properties].map((each) => at(each, "storage", "storageSizeGB"));
  if (typeof mine === "number" && typeof theirs === "number" && mine < theirs)
    throw invalidParameter(`The replica ${id} has less storage than its source.`, "InvalidParameterValue");
  if (stringAt(inputs, "highAvailability", "mode") === "ZoneRedundant")
    throw invalidParameter(`The replica ${id} cannot be highly available.`, "HADisabledForReplica");
}

const SERVICE = "Microsoft.DBforPostgreSQL/flexibleServers";

/** Throws unless subnet and zone of a server in a network are what the service asks for. */
export function checkNetwork({ inputs, state, id, name, location, client }: ArmRequest): void {
  const subnetId = stringAt(inputs, "network", "delegatedSubnetResourceId");
  const zoneId = stringAt(inputs, "network", "privateDnsZoneArmResourceId");
  if (subnetId === undefined && zoneId === undefined) return;
  if (subnetId === undefined)
    throw invalidParameter(`The private zone of ${id} needs a delegated subnet.`, "InvalidParameterValue");
  if (zoneId === undefined)
    throw invalidParameter(
      `The server ${id} in a network needs a private zone.`,
      "EmptyPrivateDnsZoneArmResourceId",
    );
  if (stringAt(inputs, "network", "publicNetworkAccess") === "Enabled")
    throw invalidParameter(
      `The server ${id} in a network cannot have public access.`,
      "ConflictingPublicNetworkAccessAndVirtualNetworkConfiguration",
    );
  const subnet = findResource(state, subnetId);
  if (subnet === undefined || !delegationsOf(subnet).includes(SERVICE))
    throw invalidParameter(
      `The subnet '${subnetId}' of ${id} is not delegated to ${SERVICE}.`,
      "VnetSubnetNotDelegated",
    );
  const range = rangeOfSubnet(subnet);
  if (range === undefined || range.prefix > 28)
    throw invalidParameter(`The subnet '${subnetId}' of ${id} is smaller than /28.`, "SubnetTooSmall");
  const network = locationOf(state, parentOfId(subnetId) ?? "");
  if (network !== location)
    throw invalidParameter(
      `The subnet of ${id} is in ${network ?? "no region"} and the server in ${location ?? ""}.`,
      "VirtualNetworkNotInSameRegion",
    );
  const zone = nameOfId(zoneId).toLowerCase();
  const suffix = `.${cloudFacts[client.cloud].databases}`;
  const isNamedForServer = zone === `${name}${suffix}`.toLowerCase();
  if (!zone.endsWith(suffix) || isNamedForServer)
    throw invalidParameter(
      `Private DNS zone ${nameOfId(zoneId)} is not valid for ${id}: it must end in '${suffix}' and must not be the name of the server.`,
      "PrivateDnsZoneNameNotValid",
    );
}

const FIXED: readonly (readonly string[])[] = [
  ["network", "delegatedSubnetResourceId"],
  ["network", "privateDnsZoneArmResourceId"],
  ["backup", "geoRedundantBackup"],
  ["createMode"],
];

const DEFAULTS: Readonly<Record<string, string>> = {
  "backup.geoRedundantBackup": "Disabled",
  createMode: "Default",
};

/** Throws what a server that is there cannot be changed to. */
export function checkServerUpdate({ state, inputs, before, id }: ArmUpdate): void {
  const old = before.properties;
  const replica = allOfType(state, before.type).find(({ properties }) =>
    sameId(stringAt(properties, "sourceServerResourceId"), id),
  );
  if (replica !== undefined && stringAt(inputs, "version") !== stringAt(old, "version"))
    throw invalidParameter(
      `The major version of ${id} cannot be changed while it has the read replica ${replica.id}.`,
      "MajorVersionUpgradeNotSupportedWithReadReplicas",
    );
  for (const path of FIXED) {
    const [was, is] = [at(old, ...path), at(inputs, ...path)];
    // What is not said stays as it is, apart from where the server is in the network.
    if (is === undefined && (was === undefined || path[0] !== "network")) continue;
    if (!sameValue(was ?? DEFAULTS[path.join(".")], is))
      throw invalidParameter(
        `The property '${path.join(".")}' of ${id} cannot be changed once the server is made.`,
        "PropertyChangeNotAllowed",
      );
  }
  refuseLess(old, inputs, id, "version", (each) => Number(stringAt(each, "version") ?? Number.NaN));
  refuseLess(old, inputs, id, "storage.storageSizeGB", (each) =>
    Number(at(each, "storage", "storageSizeGB") ?? Number.NaN),
  );
}

function refuseLess(
  old: Properties,
  now: Properties,
  id: string,
  what: string,
  measure: (each: Properties) => number,
): void {
  if (measure(now) < measure(old))
    throw invalidParameter(
      `The property '${what}' of ${id} cannot be lowered from ${measure(old)} to ${measure(now)}.`,
      "OperationNotAllowed",
    );
}
