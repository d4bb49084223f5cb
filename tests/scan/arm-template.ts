import { type Inventory, type RecordedResource, SecretValue } from "../support/inventory";
import { type ArmType, armTypes } from "./arm/types";
import { type Body, wireBody } from "./arm/wire";

/** A resource of a template. */
export interface ArmResource extends Body {
  readonly type: string;
  readonly apiVersion: string;
  readonly name: string;
}

/** A deployment template of Azure Resource Manager. Ids are as recorded: it is there to be judged, not to be deployed. */
export interface ArmTemplate {
  readonly $schema: string;
  readonly contentVersion: "1.0.0.0";
  /** One for each secret, without a value. */
  readonly parameters: Readonly<Record<string, { readonly type: "securestring" }>>;
  readonly resources: readonly ArmResource[];
}

const schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";
const prefix = "azure-native:";
const outside: readonly string[] = ["location", "tags"];

/** The Azure resources of an inventory as a template. A type or a key that nobody has described yet is an error. */
export function armTemplate(inventory: Inventory): ArmTemplate {
  const parameters: Record<string, { readonly type: "securestring" }> = {};
  const declare = (name: string): string => {
    const parameter = name.replace(/\W+/g, "_");
    parameters[parameter] = { type: "securestring" };
    return `[parameters('${parameter}')]`;
  };
  const resources = inventory.resources
    .filter(({ type }) => type.startsWith(prefix))
    .map((resource) => armResource(resource, declare));
  return { $schema: schema, contentVersion: "1.0.0.0", parameters, resources };
}

function armResource(resource: RecordedResource, declare: (name: string) => string): ArmResource {
  const arm = armTypes[resource.type.slice(prefix.length)];
  if (!arm) throw new Error(`\`${resource.type}\`: has no type of Azure Resource Manager yet`);
  const inputs = Object.fromEntries(
    Object.entries(resource.inputs).map(([key, value]) => [
      key,
      plain(value, `${resource.name}_${key}`, declare),
    ]),
  );
  const taken = new Set(["resourceGroupName", arm.scope ?? ""]);
  const filled = (pattern: string): string =>
    pattern.replace(/\{(\w+)\}/g, (_, key: string) => {
      taken.add(key);
      const value = inputs[key];
      if (typeof value !== "string")
        throw new Error(`\`${resource.name}\`: has no \`${key}\` to be named by`);
      return value;
    });
  const [type, name] = [filled(arm.type), filled(arm.name ?? `[guid('${resource.name}')]`)];
  const body = Object.fromEntries(Object.entries(inputs).filter(([key]) => !taken.has(key)));
  return {
    type,
    apiVersion: arm.apiVersion,
    name,
    ...(arm.scope !== undefined && { scope: inputs[arm.scope] }),
    ...inPlace(arm, body),
  };
}

/** The inputs under the names and at the places that Resource Manager has for them. */
function inPlace({ body: description }: ArmType, inputs: Body): Body {
  if ("library" in description) return wireBody(description.library, description.model, inputs);
  const entries = Object.entries(inputs);
  const properties = entries
    .filter(([key]) => !outside.includes(key))
    .map(([key, value]) => [description.renamed[key] ?? key, value]);
  return {
    ...Object.fromEntries(entries.filter(([key]) => outside.includes(key))),
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) as Body }),
  };
}

/**
 * A value without secrets, which become parameters. Switches of the cluster's add-ons are texts for Azure, while those
 * who judge templates look for booleans.
 */
function plain(value: unknown, path: string, declare: (name: string) => string, switches = false): unknown {
  if (value instanceof SecretValue) return declare(path);
  if (Array.isArray(value)) return value.map((each, index) => plain(each, `${path}_${index}`, declare));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [
        key,
        plain(each, `${path}_${key}`, declare, path.endsWith("_config")),
      ]),
    );
  }
  if (switches && (value === "true" || value === "false")) return value === "true";
  // A bracket in front would make it an expression.
  return typeof value === "string" && value.startsWith("[") ? `[${value}` : value;
}
