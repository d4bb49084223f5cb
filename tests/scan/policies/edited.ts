import { Inventory } from "../../support/inventory";

const put = (value: unknown, path: readonly string[], wanted: unknown): unknown => {
  const [key, ...rest] = path;
  if (key === undefined) return wanted;
  if (Array.isArray(value)) {
    return value.map((each: unknown, index) => (String(index) === key ? put(each, rest, wanted) : each));
  }
  const object = typeof value === "object" && value !== null ? value : {};
  return { ...object, [key]: put(Reflect.get(object, key), rest, wanted) };
};

/** An inventory in which the resource of a logical name has something else at a path such as `policy.rules.0.name`. */
export function edited(inventory: Inventory, name: string, path: string, wanted: unknown): Inventory {
  if (!inventory.resources.some((resource) => resource.name === name)) {
    throw new Error(`nothing is called \`${name}\``);
  }
  return new Inventory(
    inventory.resources.map((resource) => {
      if (resource.name !== name) return resource;
      // An object with a key of its own stays an object.
      const inputs = put(resource.inputs, path.split("."), wanted) as Readonly<Record<string, unknown>>;
      return { ...resource, inputs };
    }),
  );
}
