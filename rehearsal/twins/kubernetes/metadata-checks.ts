import { at, type Failure, isProperties, type Properties, stringAt, Unknown, type Value } from "../framework";

const LABEL = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);
const NAME_PART = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_ONLY_KINDS: ReadonlySet<string> = new Set(["Namespace", "Service"]);

/** Whether a text is a DNS subdomain by RFC 1123, which the names of most objects must be. */
export function isSubdomain(text: string): boolean {
  return text.length <= 253 && SUBDOMAIN.test(text);
}

/** Checks what every object has: kind and version, names, labels and annotations. */
export function checkMetadata(inputs: Properties): Failure[] {
  const failures: Failure[] = [];
  for (const key of ["apiVersion", "kind"]) {
    if (inputs[key] === undefined) failures.push({ property: key, reason: "Required value" });
  }
  const metadata = inputs["metadata"];
  if (metadata === undefined || metadata instanceof Unknown) return failures;
  if (!isProperties(metadata)) return [...failures, { property: "metadata", reason: "must be an object" }];
  failures.push(...checkName(stringAt(inputs, "kind") ?? "", metadata["name"]));
  failures.push(...checkStrings(metadata, "labels", labelValueComplaint));
  failures.push(...checkStrings(metadata, "annotations", () => undefined));
  const namespace = stringAt(metadata, "namespace");
  if (namespace !== undefined && !new RegExp(`^${LABEL}$`).test(namespace)) {
    failures.push({ property: "metadata.namespace", reason: `"${namespace}" is not a valid RFC 1123 label` });
  }
  return failures;
}

function checkName(kind: string, name: Value | undefined): Failure[] {
  if (name === undefined || name instanceof Unknown) return [];
  if (typeof name !== "string") return [{ property: "metadata.name", reason: "must be a string" }];
  const isLabel = new RegExp(`^${LABEL}$`).test(name) && name.length <= 63;
  if (LABEL_ONLY_KINDS.has(kind) ? isLabel : isSubdomain(name)) return [];
  const rule = LABEL_ONLY_KINDS.has(kind) ? "label of at most 63 characters" : "subdomain";
  return [
    {
      property: "metadata.name",
      reason: `Invalid value: "${name}": a lowercase RFC 1123 ${rule} must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character`,
    },
  ];
}

function checkStrings(
  metadata: Properties,
  part: string,
  complaint: (value: string) => string | undefined,
): Failure[] {
  const entries = at(metadata, part);
  if (entries === undefined || entries instanceof Unknown) return [];
  if (!isProperties(entries))
    return [{ property: `metadata.${part}`, reason: "must be an object of strings" }];
  return Object.entries(entries).flatMap(([key, value]): Failure[] => {
    const property = `metadata.${part}["${key}"]`;
    if (!isQualifiedName(key))
      return [{ property, reason: `Invalid value: "${key}": not a valid ${part.slice(0, -1)} key` }];
    if (value instanceof Unknown) return [];
    if (typeof value !== "string") return [{ property, reason: `must be a string, got a ${typeof value}` }];
    const reason = complaint(value);
    return reason === undefined ? [] : [{ property, reason }];
  });
}

function labelValueComplaint(value: string): string | undefined {
  if (value === "" || NAME_PART.test(value)) return undefined;
  return `Invalid value: "${value}": a valid label must be empty or at most 63 alphanumeric characters, '-', '_' or '.', and start and end with an alphanumeric character`;
}

function isQualifiedName(key: string): boolean {
  const [name = "", prefix, ...rest] = key.split("/").reverse();
  return rest.length === 0 && NAME_PART.test(name) && (prefix === undefined || isSubdomain(prefix));
}
