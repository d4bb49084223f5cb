import { BlockList, isIP } from "node:net";
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
};
const BASIC_AUTH_KEYS = ["username", "password"];

/** Checks the content of a Secret: strings only, valid keys and base64, and the keys that its type asks for. */
export function checkSecret(inputs: Properties): Failure[] {
  const failures: Failure[] = [];
  for (const part of ["data", "stringData"]) {
    const content = inputs[part];
    if (content === undefined || content instanceof Unknown) continue;
    if (!isProperties(content)) failures.push({ property: part, reason: "must be an object of strings" });
    else for (const [key, value] of Object.entries(content)) failures.push(...checkEntry(part, key, value));
  }
  return [...failures, ...checkRequiredKeys(inputs), ...checkDockerConfig(inputs)];
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
  // One of the two is enough.
  if (type === "kubernetes.io/basic-auth" && !BASIC_AUTH_KEYS.some((key) => keys.includes(key)))
    missing.push(...BASIC_AUTH_KEYS);
  return missing.map((key) => ({
    property: "data",
    reason: `data[${key}]: Required value for a Secret of type ${type}`,
  }));
}

/** A Secret with credentials of registries holds them as JSON, which its value stays out of the answer for. */
function checkDockerConfig(inputs: Properties): Failure[] {
  const key = ".dockerconfigjson";
  if (stringAt(inputs, "type") !== "kubernetes.io/dockerconfigjson") return [];
  const text = secretText(inputs, key);
  if (text === undefined || isJson(text)) return [];
  return [
    { property: "data", reason: `data[${key}]: Invalid value: "<secret contents redacted>": not JSON` },
  ];
}

function secretText(inputs: Properties, key: string): string | undefined {
  const encoded = stringAt(inputs, "data", key);
  const decoded = encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString();
  return stringAt(inputs, "stringData", key) ?? decoded;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
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
        failures.push(...checkBlock(`${path}.ipBlock`, at(entry, "ipBlock")));
      }
    }
  }
  return failures;
}

function checkBlock(property: string, block: Value | undefined): Failure[] {
  const cidr = stringAt(block, "cidr");
  if (cidr === undefined) return [];
  const whole = parseBlock(cidr);
  if (whole === undefined) {
    return [{ property: `${property}.cidr`, reason: `Invalid value: "${cidr}": must be a valid CIDR value` }];
  }
  return listAt(block, "except").flatMap((except, index): Failure[] => {
    if (typeof except !== "string") return [];
    const part = parseBlock(except);
    if (part !== undefined && isStrictPart(whole, part)) return [];
    return [
      {
        property: `${property}.except[${index}]`,
        reason: `Invalid value: "${except}": must be a strict subset of \`cidr\``,
      },
    ];
  });
}

interface Block {
  readonly address: string;
  readonly family: "ipv4" | "ipv6";
  readonly prefix: number;
}

/** Reads a range of IPv4 or IPv6; `undefined` when it is none. Its address need not be the first of it. */
function parseBlock(text: string): Block | undefined {
  const [address = "", prefix = "", ...rest] = text.split("/");
  const version = isIP(address);
  const bits = version === 6 ? 128 : 32;
  if (version === 0 || rest.length > 0 || !/^\d{1,3}$/.test(prefix) || Number(prefix) > bits)
    return undefined;
  return { address, family: version === 6 ? "ipv6" : "ipv4", prefix: Number(prefix) };
}

function isStrictPart(whole: Block, part: Block): boolean {
  if (whole.family !== part.family || part.prefix <= whole.prefix) return false;
  const range = new BlockList();
  range.addSubnet(whole.address, whole.prefix, whole.family);
  return range.check(part.address, part.family);
}

/** Checks what a budget allows: one of the two ways to say it, and a share that is one. */
export function checkBudget(inputs: Properties): Failure[] {
  const given = ["minAvailable", "maxUnavailable"].filter((key) => at(inputs, "spec", key) !== undefined);
  const both = { property: "spec", reason: "minAvailable and maxUnavailable cannot be both set" };
  const failures: Failure[] = given.length > 1 ? [both] : [];
  for (const key of given) {
    const share = /^(\d+)%$/.exec(stringAt(inputs, "spec", key) ?? "")?.[1];
    if (share !== undefined && Number(share) > 100)
      failures.push({ property: `spec.${key}`, reason: "must not be greater than 100%" });
  }
  return failures;
}

/** Checks the name of a Service, which is a host name, and that ranges are those of a load balancer. */
export function checkService(inputs: Properties): Failure[] {
  const failures: Failure[] = [];
  const name = stringAt(inputs, "metadata", "name");
  if (name !== undefined && /^\d/.test(name)) {
    failures.push({
      property: "metadata.name",
      reason: `Invalid value: "${name}": a DNS-1035 label must start with an alphabetic character`,
    });
  }
  const type = at(inputs, "spec", "type");
  const ranges = at(inputs, "spec", "loadBalancerSourceRanges");
  if (ranges !== undefined && type !== "LoadBalancer" && !(type instanceof Unknown)) {
    const reason = "Forbidden: may only be used when `type` is 'LoadBalancer'";
    failures.push({ property: "spec.LoadBalancerSourceRanges", reason });
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
    if (host !== undefined && (isIP(host) !== 0 || !isSubdomain(host.replace(/^\*\./, "")))) {
      failures.push({ property: `spec.rules[${index}].host`, reason: `"${host}" is not a valid DNS name` });
    }
    for (const [position, path] of listAt(rule, "http", "paths").entries()) {
      if (at(path, "pathType") === undefined) {
        failures.push({
          property: `spec.rules[${index}].http.paths[${position}].pathType`,
          reason: "pathType must be specified",
        });
      }
      const value = stringAt(path, "path");
      if (value?.startsWith("/") === false && at(path, "pathType") !== "ImplementationSpecific") {
        failures.push({
          property: `spec.rules[${index}].http.paths[${position}].path`,
          reason: `Invalid value: "${value}": must be an absolute path`,
        });
      }
    }
  }
  return failures;
}
