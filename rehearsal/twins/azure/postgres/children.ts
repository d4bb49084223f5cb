import { type Properties, stringAt, TwinError } from "../../framework";
import type { ArmType } from "../arm/definition";
import { invalidParameter } from "../arm/refusals";
import { parentOfId, sameId, typeOfId } from "../arm/resource-id";
import { allOfType, findResource } from "../arm/tables";
import { refuseWhileBusy, server, serverBusy } from "./server";

const claims: NonNullable<ArmType["claims"]> = (_operation, id) => [serverBusy(parentOfId(id) ?? id)];

const refuseNow: NonNullable<ArmType["refuseNow"]> = ({ state, id, now }) => {
  refuseWhileBusy(parentOfId(id) ?? id, state, now);
};

/** A parameter of a server; taking it away gives it its default again. */
export const configuration: ArmType = {
  token: "azure-native:dbforpostgresql:Configuration",
  apiVersion: "2025-08-01",
  path: `${server.path}/configurations/{configurationName}`,
  contract: { library: "postgresql-flexible", model: "ConfigurationForUpdate" },
  outputs: ["dataType", "defaultValue", "isConfigPendingRestart", "isDynamicConfig", "isReadOnly"],
  latency: { create: 20, update: 20, delete: 20 },
  isAlwaysThere: true,
  isSetBack: true,
  claims,
  refuseNow,
  validate({ inputs, name, id }) {
    if (stringAt(inputs, "source") !== "user-override")
      throw invalidParameter(
        `The parameter ${id} must have the source 'user-override'.`,
        "InvalidParameterValue",
      );
    const complaint = checkParameter(name, stringAt(inputs, "value") ?? "");
    if (complaint !== undefined) throw invalidParameter(complaint, "InvalidParameterValue");
  },
  compute: ({ name }) => parameterDefault(name),
};

/** A database of a server. */
export const database: ArmType = {
  token: "azure-native:dbforpostgresql:Database",
  apiVersion: "2025-08-01",
  path: `${server.path}/databases/{databaseName}`,
  contract: { library: "postgresql-flexible", model: "Database" },
  nameRule: {
    pattern: /^[a-zA-Z_][\w-]{0,62}$/,
    min: 1,
    max: 63,
    words: "letters, digits, underscores and hyphens, a letter or underscore first",
  },
  forceNew: ["charset", "collation"],
  latency: { create: 15, delete: 10 },
  claims,
  refuseNow,
  defaults: () => ({ charset: "UTF8", collation: "en_US.utf8" }),
  validate({ name, id }) {
    if (["postgres", "azure_maintenance", "azure_sys", "template0", "template1"].includes(name))
      throw new TwinError(
        `The database ${id} is there already and belongs to the service.`,
        "ResourceAlreadyExists",
      );
  },
};

/** An administrator of a server who logs in with Entra. */
export const administrator: ArmType = {
  token: "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra",
  apiVersion: "2025-08-01",
  path: `${server.path}/administrators/{objectId}`,
  contract: { library: "postgresql-flexible", model: "AdministratorMicrosoftEntraAdd" },
  forceNew: ["principalName", "principalType", "tenantId"],
  latency: { create: 30, delete: 20 },
  claims,
  refuseNow,
  validate({ inputs, id, state }) {
    const auth = stringAt(
      findResource(state, parentOfId(id))?.properties,
      "authConfig",
      "activeDirectoryAuth",
    );
    if (auth !== "Enabled")
      throw invalidParameter(
        `The administrator ${id} can only be set when authConfig.activeDirectoryAuth is Enabled.`,
        "AadAuthOperationCannotBePerformedWhenServerAuthIsDisabled",
      );
    if (stringAt(inputs, "principalName") === undefined)
      throw invalidParameter(`The administrator ${id} has no name.`, "InvalidParameterValue");
  },
};

const MOST_BACKUPS = 7;

/** A backup that is taken on demand: `Backup and restore in Azure Database for PostgreSQL`. */
export const backup: ArmType = {
  token: "azure-native:dbforpostgresql:BackupsAutomaticAndOnDemand",
  apiVersion: "2025-08-01",
  path: `${server.path}/backups/{backupName}`,
  contract: { library: "postgresql-flexible", model: "BackupAutomaticAndOnDemand" },
  nameRule: {
    pattern: /^[-\w.]+$/,
    min: 1,
    max: 128,
    words: "letters, digits, hyphens, underscores and dots",
  },
  outputs: ["backupType", "completedTime", "source", "systemData"],
  latency: { create: 120, delete: 20 },
  claims,
  refuseNow,
  validate({ id, state }) {
    const on = parentOfId(id) ?? "";
    if (stringAt(findResource(state, on)?.properties, "sku", "tier") === "Burstable")
      throw invalidParameter(
        `On-demand backup is not supported for burstable servers: ${id}.`,
        "OnDemandBackupNotSupportedForBurstable",
      );
    const others = allOfType(state, typeOfId(id)).filter((each) => sameId(parentOfId(each.id), on));
    if (others.length >= MOST_BACKUPS && findResource(state, id) === undefined)
      throw invalidParameter(
        `The server ${on} has ${MOST_BACKUPS} on-demand backups already.`,
        "OnDemandBackupLimitReached",
      );
  },
  compute: ({ now }, before) => ({
    backupType: "Customer On-Demand",
    source: "Full",
    completedTime: before?.computed["completedTime"] ?? now.toISOString(),
  }),
};

interface Parameter {
  readonly default: string;
  readonly type: "Boolean" | "Integer" | "Enumeration" | "Set";
  /** Whether it takes effect at once. */
  readonly isDynamic: boolean;
  readonly allowed?: RegExp;
  readonly range?: readonly [number, number];
}

const onOff: Parameter = { default: "off", type: "Boolean", isDynamic: true, allowed: /^(on|off)$/i };

// The parameters that people set, with their defaults on a server of two virtual processors.
const PARAMETERS: Readonly<Record<string, Parameter>> = {
  "azure.extensions": { default: "", type: "Set", isDynamic: true },
  "connection_throttle.enable": onOff,
  idle_in_transaction_session_timeout: {
    default: "0",
    type: "Integer",
    isDynamic: true,
    range: [0, 2_147_483_647],
  },
  log_checkpoints: { ...onOff, default: "on" },
  log_connections: { ...onOff, default: "on" },
  log_disconnections: onOff,
  log_min_duration_statement: { default: "-1", type: "Integer", isDynamic: true, range: [-1, 2_147_483_647] },
  max_connections: { default: "859", type: "Integer", isDynamic: false, range: [25, 5000] },
  max_wal_senders: { default: "10", type: "Integer", isDynamic: false, range: [5, 100] },
  max_replication_slots: { default: "10", type: "Integer", isDynamic: false, range: [2, 262_143] },
  "pgbouncer.enabled": { ...onOff, default: "false", allowed: /^(true|false)$/i },
  require_secure_transport: { ...onOff, default: "on" },
  shared_preload_libraries: { default: "", type: "Set", isDynamic: false },
  ssl_min_protocol_version: {
    default: "TLSv1.2",
    type: "Enumeration",
    isDynamic: true,
    allowed: /^TLSv1\.[23]$/,
  },
  statement_timeout: { default: "0", type: "Integer", isDynamic: true, range: [0, 2_147_483_647] },
  work_mem: { default: "4096", type: "Integer", isDynamic: true, range: [4096, 2_097_151] },
};

/** Says what is wrong with a value of a parameter; `undefined` when nothing is. */
export function checkParameter(name: string, value: string): string | undefined {
  const parameter = PARAMETERS[name];
  if (parameter === undefined) return `The server has no parameter '${name}'.`;
  const { allowed, range } = parameter;
  if (allowed !== undefined && !allowed.test(value))
    return `The value '${value}' of the parameter '${name}' is invalid: allowed is ${allowed.source}.`;
  if (range === undefined) return undefined;
  const number = Number(value);
  const isFit = Number.isInteger(number) && number >= range[0] && number <= range[1];
  return isFit
    ? undefined
    : `The value '${value}' of the parameter '${name}' is not within ${range.join(" to ")}.`;
}

/** What the service says of a parameter. */
export function parameterDefault(name: string): Properties {
  const parameter = PARAMETERS[name];
  if (parameter === undefined) return {};
  return {
    dataType: parameter.type,
    defaultValue: parameter.default,
    isDynamicConfig: parameter.isDynamic,
    isReadOnly: false,
    isConfigPendingRestart: !parameter.isDynamic,
  };
}
