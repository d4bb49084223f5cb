import type { Properties } from "../../framework";

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
