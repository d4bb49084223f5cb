import { at, stringAt, TwinError, type WorldState } from "../../framework";
import type { ArmType } from "../arm/definition";
import { findResource, isSettling, linger, settle } from "../arm/tables";
import { cloudFacts } from "../regions";
import { checkNetwork, checkServer, checkServerUpdate } from "./checks";

/** What a server answers while it is at something else. */
export const serverBusy = (id: string): { key: string; code: string; message: string } => ({
  key: `server ${id}`.toLowerCase(),
  code: "ServerIsBusy",
  message: `Cannot complete operation because server '${id.split("/").at(-1) ?? id}' is busy processing another operation.`,
});

const LINK_SECONDS = 25;
/** How long a server that has just been made is busy with itself, in simulated seconds: Azure/azure-postgresql#134. */
export const SERVER_SETTLING_SECONDS = 10;

/** Throws while a server is busy with what its creation began. */
export function refuseWhileBusy(id: string, state: WorldState, now: Date): void {
  if (!isSettling(state, id, now)) return;
  const { code, message } = serverBusy(id);
  throw new TwinError(message, code);
}

/** A flexible server of PostgreSQL. */
export const server: ArmType = {
  token: "azure-native:dbforpostgresql:Server",
  apiVersion: "2025-08-01",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.DBforPostgreSQL/flexibleServers/{serverName}",
  contract: { library: "postgresql-flexible", model: "Server" },
  nameRule: {
    pattern: /^[a-z0-9]+(-[a-z0-9]+)*$/,
    min: 3,
    max: 63,
    words: "lower-case letters, digits and single hyphens between them",
    fit: (name) => name.toLowerCase().replace(/[^a-z0-9]/g, ""),
  },
  worldUnique: true,
  located: true,
  secretInputs: ["administratorLoginPassword"],
  forceNew: ["administratorLogin", "availabilityZone", "sourceServerResourceId", "pointInTimeUTC"],
  outputs: [
    "fullyQualifiedDomainName",
    "minorVersion",
    "privateEndpointConnections",
    "replicaCapacity",
    "state",
    "systemData",
    "backup.earliestRestoreDate",
    "highAvailability.state",
    "network.publicNetworkAccess",
  ],
  latency: {
    create: (inputs) => (isHighlyAvailable(inputs) ? 840 : 390),
    update: 300,
    delete: 120,
  },
  claims: (_operation, id) => [serverBusy(id)],
  defaults: (inputs) => ({
    replicationRole: inputs["createMode"] === "Replica" ? "AsyncReplica" : "Primary",
  }),
  validate(request) {
    checkServer(request);
    checkNetwork(request);
  },
  validateUpdate: checkServerUpdate,
  compute(request, before) {
    const { name, inputs, now, client } = request;
    const isPrivate = stringAt(inputs, "network", "delegatedSubnetResourceId") !== undefined;
    return {
      fullyQualifiedDomainName: `${name}.${cloudFacts[client.cloud].databases}`,
      minorVersion: "6",
      state: "Ready",
      replicaCapacity: 5,
      privateEndpointConnections: [],
      systemData: before?.computed["systemData"] ?? { createdAt: now.toISOString() },
      backup: {
        earliestRestoreDate: stringAt(before?.computed, "backup", "earliestRestoreDate") ?? now.toISOString(),
      },
      highAvailability: { state: isHighlyAvailable(inputs) ? "Healthy" : "NotEnabled" },
      network: { publicNetworkAccess: isPrivate ? "Disabled" : networkAccess(inputs) },
      ...sourceFacts(request),
    };
  },
  refuseNow({ state, id, now }, operation) {
    if (operation !== "create") refuseWhileBusy(id, state, now);
  },
  afterWrite({ state, id, now }, _record, before) {
    if (before === undefined) settle(state, id, { now, seconds: SERVER_SETTLING_SECONDS });
  },
  afterDelete({ state, id, now, record }) {
    const subnet = stringAt(record.properties, "network", "delegatedSubnetResourceId");
    if (subnet !== undefined) linger(state, subnet, { resource: id, now, seconds: LINK_SECONDS });
  },
};

type Inputs = Parameters<NonNullable<ArmType["defaults"]>>[0];

function isHighlyAvailable(inputs: Inputs): boolean {
  const mode = stringAt(inputs, "highAvailability", "mode") ?? "Disabled";
  return mode !== "Disabled";
}

function networkAccess(inputs: Inputs): string {
  return stringAt(inputs, "network", "publicNetworkAccess") ?? "Enabled";
}

/** A replica has what its source has. */
function sourceFacts({ state, inputs, id }: Parameters<NonNullable<ArmType["compute"]>>[0]): Inputs {
  if (stringAt(inputs, "createMode") !== "Replica") return {};
  const source = findResource(state, stringAt(inputs, "sourceServerResourceId"));
  if (source === undefined)
    throw new TwinError(`The source server of the replica ${id} was not found.`, "SourceServerNotFound");
  const [version, login] = ["version", "administratorLogin"].map((key) => at(source.properties, key));
  return {
    ...(version === undefined ? {} : { version }),
    ...(login === undefined ? {} : { administratorLogin: login }),
  };
}
