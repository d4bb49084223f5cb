import { z } from "zod";
import { concealed } from "./concealed";
import { type Problem, keyPath, removeCommand, setCommand } from "./problems";
import { isSecretName, secretKeys } from "./secrets";

/** The part of a JSON schema that the explanations and the reference page read. */
export interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly oneOf?: readonly SchemaNode[];
  readonly anyOf?: readonly SchemaNode[];
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** The schema of a key as data: names, defaults, descriptions and examples. */
export function describeSchema(schema: z.ZodType): SchemaNode {
  const known = described.get(schema);
  if (known !== undefined) return known;
  // zod types the result as any JSON schema; SchemaNode names the keywords that zod emits for our schemas.
  const node = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    target: "draft-7",
  }) as SchemaNode;
  described.set(schema, node);
  return node;
}

/** A list with thousands of wrong entries asks for the same description for each. */
const described = new WeakMap<z.ZodType, SchemaNode>();

const branches = (node: SchemaNode): readonly SchemaNode[] => [
  node,
  ...(node.oneOf ?? []),
  ...(node.anyOf ?? []),
];

function descend(node: SchemaNode, part: PropertyKey): SchemaNode | undefined {
  for (const branch of branches(node)) {
    const next = typeof part === "number" ? branch.items : branch.properties?.[String(part)];
    if (next !== undefined) return next;
  }
  return undefined;
}

function exampleAt(schema: z.ZodType, path: readonly PropertyKey[]): unknown {
  let node: SchemaNode | undefined = describeSchema(schema);
  for (const part of path) node = node && descend(node, part);
  return node?.examples?.[0] ?? node?.default ?? node?.enum?.[0] ?? node?.const ?? placeholder(node);
}

const placeholder = (node: SchemaNode | undefined): unknown => {
  if (node?.type === "boolean") return true;
  if (node?.type === "integer" || node?.type === "number") return node.minimum ?? 1;
  return "<value>";
};

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === "object" && inner !== null ? (inner as Record<PropertyKey, unknown>)[part] : undefined,
    value,
  );
}

const kinds: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "a list",
};

function wording(issue: z.core.$ZodIssue, missing: boolean): string {
  if (missing) return "is missing";
  switch (issue.code) {
    case "invalid_type":
      return `must be ${kinds[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `must be ${issue.values.length === 1 ? "" : "one of "}${issue.values.map(String).join(", ")}`;
    case "too_small":
      return issue.origin === "string" ? "must not be empty" : `must be at least ${issue.minimum}`;
    case "too_big":
      if (issue.origin === "string") return `must have at most ${issue.maximum} characters`;
      return `must be at most ${issue.maximum}${issue.origin === "array" ? " entries" : ""}`;
    case "invalid_format":
    case "invalid_union":
    case "invalid_key":
    case "invalid_element":
    case "not_multiple_of":
    case "unrecognized_keys":
    case "custom":
      return issue.message;
  }
}

/** A name that is much longer than any there is resembles none, and would take long to compare. */
const MOST_NAME = 64;

/** The known name closest to a mistyped one, if one is close enough to be meant. */
export function closest(name: string, known: readonly string[]): string | undefined {
  if (name.length > MOST_NAME) return undefined;
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(1, Math.floor(name.length / 3)) ? best.candidate : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The problem of a key that does not exist, with the known key it resembles. */
export function unknownKey(path: readonly PropertyKey[], known: readonly string[]): Problem {
  const key = keyPath(path);
  const name = String(path.at(-1));
  if (path.length > 1 && isSecretName(name)) {
    const problem = "is a secret, which is a key of its own and never part of a section";
    return { key, problem, fix: `${removeCommand(key)}, and ${secretKeys[name].fix}` };
  }
  const meant = closest(name, known);
  const hint = meant === undefined ? "" : `, did you mean \`${meant}\``;
  return { key, problem: `is not a known key${hint}`, fix: removeCommand(key) };
}

/** Turns what zod found in the value of one top-level key into problems with paths, words and commands. */
export function explain(name: string, schema: z.ZodType, value: unknown, error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue) => explainIssue(name, schema, value, issue));
}

function explainIssue(name: string, schema: z.ZodType, value: unknown, issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === "unrecognized_keys") {
    const node = issue.path.reduce<SchemaNode | undefined>(
      (inner, part) => inner && descend(inner, part),
      describeSchema(schema),
    );
    const known = node ? branches(node).flatMap((branch) => Object.keys(branch.properties ?? {})) : [];
    return issue.keys.map((unknown) => unknownKey([name, ...issue.path, unknown], known));
  }
  const inner = issue.code === "invalid_key" ? issue.issues[0] : undefined;
  const got = valueAt(value, issue.path);
  const key = keyPath([name, ...issue.path]);
  const missing = got === undefined;
  const problem = inner ? `${inner.message}, got ${concealed(issue.path.at(-1))}` : wording(issue, missing);
  return [
    {
      key,
      problem: missing || inner ? problem : `${problem}, got ${concealed(got)}`,
      fix: inner ? removeCommand(key) : setCommand(key, exampleAt(schema, issue.path)),
    },
  ];
}
