import { type SchemaNode, describeSchema } from "../explain";
import { secretKeys, secretNames } from "../secrets";
import { settingsKeys, settingsShape } from "../settings";

interface Row {
  readonly key: string;
  readonly type: string;
  readonly fallback: string;
  readonly description: string;
}

const literal = (value: unknown): string => `\`${JSON.stringify(value)}\``;

function typeOf(node: SchemaNode): string {
  if (node.const !== undefined) return literal(node.const);
  if (node.enum) return node.enum.map(literal).join(" \\| ");
  if (node.type === "array") return node.items ? `list of ${typeOf(node.items)}` : "list";
  if (node.type === "integer") return "whole number";
  return node.type ?? "any";
}

const isSection = (node: SchemaNode): boolean => node.properties !== undefined || node.oneOf !== undefined;

function variants(key: string, node: SchemaNode): Row[] {
  const branches = node.oneOf ?? [];
  const seen = new Set<string>();
  return branches.flatMap((branch) => {
    const [tag, constant] =
      Object.entries(branch.properties ?? {}).find(([, each]) => each.const !== undefined) ?? [];
    return rows(key, branch)
      .filter((row) => row.key !== `${key}.${tag ?? ""}`)
      .map((row) => ({
        ...row,
        description: `${row.description} Only with \`${tag ?? ""}: ${String(constant?.const)}\`.`,
      }))
      .filter((row) => !seen.has(row.key + row.description) && seen.add(row.key + row.description));
  });
}

function rows(key: string, node: SchemaNode): Row[] {
  if (node.oneOf) return variants(key, node);
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const path = `${key}.${name}`;
    const own = row(path, child, node.required?.includes(name) === true);
    if (child.type === "array" && child.items && isSection(child.items))
      return [own, ...rows(`${path}[]`, child.items)];
    return isSection(child)
      ? [...(child.description === undefined ? [] : [own]), ...rows(path, child)]
      : [own];
  });
}

function row(key: string, node: SchemaNode, required: boolean): Row {
  const tags = node.oneOf?.map((branch) => {
    const [name, constant] =
      Object.entries(branch.properties ?? {}).find(([, each]) => each.const !== undefined) ?? [];
    return `\`${name ?? ""}: ${String(constant?.const)}\``;
  });
  const fallback =
    node.default === undefined || isSection(node) ? (required ? "required" : "–") : literal(node.default);
  return {
    key,
    type: tags ? tags.join(" \\| ") : typeOf(node),
    fallback,
    description: node.description ?? "",
  };
}

function table(title: readonly [string, string, string, string], body: readonly Row[]): string {
  const cells = body.map(
    ({ key, type, fallback, description }) => `| \`${key}\` | ${type} | ${fallback} | ${description} |`,
  );
  return [`| ${title.join(" | ")} |`, "| --- | --- | --- | --- |", ...cells].join("\n");
}

/** The whole of docs/configuration.md, from the schema. */
export function referencePage(): string {
  const nodes = settingsKeys.map((name) => ({
    name,
    node: describeSchema(settingsShape[name]),
    schema: settingsShape[name],
  }));
  const top = nodes.map(({ name, node, schema }) => {
    const required = !schema.safeParse(undefined).success;
    return row(name, node, required || name === "onprem" || name === "aks");
  });
  const sections = nodes.filter(({ node }) => isSection(node));
  const secretRows = secretNames.map((name) => `| \`${name}\` | ${secretKeys[name].description} |`);
  return [
    "# Configuration",
    "",
    "<!-- Generated from config/ by `npm run docs`; edit the descriptions there. -->",
    "",
    "Every key has the prefix `spacelift:`. A section is an object: set one of its fields with",
    "`pulumi config set --path 'spacelift:ingress.className' nginx`, or write it into the stack file. Unknown keys are",
    "errors. All problems of a configuration are reported together, before anything is created.",
    "",
    "## Keys",
    "",
    table(["Key", "Type", "Default", "Meaning"], top),
    "",
    "## Secrets",
    "",
    "Set them with `pulumi config set --secret spacelift:<key>`. They are keys of their own: a secret inside an object",
    "would reach the state in clear, so an encrypted section is an error.",
    "",
    "| Key | Meaning |",
    "| --- | --- |",
    ...secretRows,
    ...sections.flatMap(({ name, node }) => [
      "",
      `## \`${name}\``,
      "",
      node.description ?? "",
      "",
      table(["Key", "Type", "Default", "Meaning"], rows(name, node)),
    ]),
    "",
  ].join("\n");
}
