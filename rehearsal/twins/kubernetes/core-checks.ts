import {
  at,
  type Failure,
  isProperties,
  listAt,
  objectAt,
  type Properties,
  stringAt,
  Unknown,
  type Value,
} from "../framework";
import { isSubdomain } from "./metadata-checks";

const REQUIRED_KEYS: Readonly<Record<string, readonly string[]>> = {
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
  "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
  "kubernetes.io/basic-auth": [],
};

/** Checks the content of a Secret: strings only, valid keys and base64, and the keys that its type asks for. */
export function checkSecret(inputs: Properties): Failure[] {
  const failures: Failure[] = [];
  for (const part of ["data", "stringData"]) {
    const content = inputs[part];
    if (content === undefined || content instanceof Unknown) continue;
    if (!isProperties(content)) failures.push({ property: part, reason: "must be an object of strings" });
    else for (const [key, value] of Object.entries(content)) failures.push(...checkEntry(part, key, value));
  }
  return [...failures, ...checkRequiredKeys(inputs)];
}

function checkEntry(part: string, key: string, value: Value): Failure[] {
  const property = `${part}["${key}"]`;
  if (!/^[-._a-zA-Z0-9]{1,253}$/.test(key)) {
    return [
      { property, reason: "a valid config key must consist of alphanumeric characters, '-', '_' or '.'" },
    ];
  }
  if (value instanceof Unknown) return [];
  // The value itself stays out of the answer.
  if (typeof value !== "string") return [{ property, reason: `must be a string, got a ${typeof value}` }];
  if (part === "data" && !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value)) {
    return [{ property, reason: "illegal base64 data" }];
  }
  return [];
}

function checkRequiredKeys(inputs: Properties): Failure[] {
  const { data, stringData } = inputs;
  if (data instanceof Unknown || stringData instanceof Unknown) return [];
  const type = stringAt(inputs, "type") ?? "Opaque";
  const keys = [...Object.keys(objectAt(inputs, "data")), ...Object.keys(objectAt(inputs, "stringData"))];
  const missing = (REQUIRED_KEYS[type] ?? []).filter((key) => !keys.includes(key));
  return missing.map((key) => ({
    property: "data",
    reason: `data[${key}]: Required value for a Secret of type ${type}`,
  }));
}

/** Checks that a NetworkPolicy selects pods and names known policy types. */
export function checkNetworkPolicy(inputs: Properties): Failure[] {
  const failures: Failure[] = [];
  const types = listAt(inputs, "spec", "policyTypes");
  for (const [index, type] of types.entries()) {
    if (type !== "Ingress" && type !== "Egress" && !(type instanceof Unknown)) {
      failures.push({ property: `spec.policyTypes[${index}]`, reason: "must be Ingress or Egress" });
    }
  }
  for (const direction of ["ingress", "egress"]) {
    for (const [index, rule] of listAt(inputs, "spec", direction).entries()) {
      for (const [peer, entry] of listAt(rule, direction === "ingress" ? "from" : "to").entries()) {
        const path = `spec.${direction}[${index}].${direction === "ingress" ? "from" : "to"}[${peer}]`;
        if (at(entry, "ipBlock") !== undefined && at(entry, "podSelector") !== undefined) {
          failures.push({ property: path, reason: "may not specify both ipBlock and another peer" });
        }
        const cidr = stringAt(entry, "ipBlock", "cidr");
        if (cidr !== undefined && !/^[0-9a-fA-F:.]+\/\d{1,3}$/.test(cidr)) {
          failures.push({ property: `${path}.ipBlock.cidr`, reason: `"${cidr}" is not a valid CIDR` });
        }
      }
    }
  }
  return failures;
}

/** Checks hosts, paths and backends of an Ingress. */
export function checkIngress(inputs: Properties): Failure[] {
  const failures: Failure[] = [];
  if (at(inputs, "spec", "rules") === undefined && at(inputs, "spec", "defaultBackend") === undefined) {
    failures.push({ property: "spec", reason: "either `defaultBackend` or `rules` must be specified" });
  }
  for (const [index, rule] of listAt(inputs, "spec", "rules").entries()) {
    const host = stringAt(rule, "host");
    if (host !== undefined && !isSubdomain(host.replace(/^\*\./, ""))) {
      failures.push({ property: `spec.rules[${index}].host`, reason: `"${host}" is not a valid DNS name` });
    }
    for (const [position, path] of listAt(rule, "http", "paths").entries()) {
      if (at(path, "pathType") === undefined) {
        failures.push({
          property: `spec.rules[${index}].http.paths[${position}].pathType`,
          reason: "pathType must be specified",
        });
      }
    }
  }
  return failures;
}
