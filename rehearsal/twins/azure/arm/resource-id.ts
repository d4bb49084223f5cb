import { stringAt, type Properties } from "../../framework";

/** Takes a template such as `{scope}/providers/Microsoft.Authorization/locks/{lockName}` apart into its parameters. */
export function parametersOf(template: string): string[] {
  return [...template.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
}

/** Fills a template with inputs; `undefined` while one of them is missing or unknown. */
export function fillTemplate(
  template: string,
  inputs: Properties,
  subscriptionId: string,
): string | undefined {
  const values = { ...inputs, subscriptionId };
  const filled = parametersOf(template).map((name) => [name, stringAt(values, name)] as const);
  if (filled.some(([, value]) => value === undefined)) return undefined;
  const id = filled.reduce((text, [name, value]) => text.replace(`{${name}}`, value ?? ""), template);
  return id.startsWith("/") ? id : `/${id}`;
}

/** Reads the parameters of a template back from an id; `undefined` when the id is of another form. */
export function parseTemplate(template: string, id: string): Record<string, string> | undefined {
  const names = parametersOf(template);
  const pattern = template
    .replace(/[.\\^$*+?()[\]|]/g, "\\$&")
    .replace(/\{(\w+)\}/g, (_, name: string) =>
      name === "scope" || name === "resourceUri" ? "(.+)" : "([^/]+)",
    );
  const match = new RegExp(`^/?${pattern.replace(/^\//, "")}$`, "i").exec(id);
  if (match === null) return undefined;
  return Object.fromEntries(names.map((name, index) => [name, match[index + 1] ?? ""]));
}

/** Ids are equal when they differ in case only. */
export function idKey(id: string): string {
  return id.replace(/\/+$/, "").toLowerCase();
}

/** Whether two ids name the same resource. */
export function sameId(left: string | undefined, right: string | undefined): boolean {
  return left !== undefined && right !== undefined && idKey(left) === idKey(right);
}

/** Whether a resource lies at a scope or below it. */
export function isWithin(id: string, scope: string): boolean {
  return idKey(id) === idKey(scope) || idKey(id).startsWith(`${idKey(scope)}/`);
}

/** The type an id names, as `Microsoft.Network/virtualNetworks/subnets`; that of the last provider in it. */
export function typeOfId(id: string): string {
  const [, tail] = splitProvider(id);
  const [namespace, ...rest] = tail;
  if (namespace === undefined) {
    return /\/resourceGroups\/[^/]+$/i.test(id) ? "Microsoft.Resources/resourceGroups" : "";
  }
  return [namespace, ...rest.filter((_, index) => index % 2 === 0)].join("/");
}

/** The name an id ends in. */
export function nameOfId(id: string): string {
  return id.split("/").at(-1) ?? "";
}

/** The resource above a child, as the virtual network of a subnet; `undefined` when there is none. */
export function parentOfId(id: string): string | undefined {
  const [head, tail] = splitProvider(id);
  if (tail.length <= 3) return undefined;
  return [...head, "providers", ...tail.slice(0, -2)].join("/");
}

/** The id of the resource group something is in; `undefined` outside of groups. */
export function groupOfId(id: string): string | undefined {
  return /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+/i.exec(id)?.[0];
}

function splitProvider(id: string): [string[], string[]] {
  const parts = id.split("/");
  const at = parts.map((part) => part.toLowerCase()).lastIndexOf("providers");
  return at < 0 ? [parts, []] : [parts.slice(0, at), parts.slice(at + 1)];
}
