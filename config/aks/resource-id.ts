/** A resource of Azure, taken apart. */
export interface ResourceId {
  readonly id: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** `Microsoft.Network/virtualNetworks/subnets`. */
  readonly type: string;
  /** Names from the outermost to the resource itself. */
  readonly names: readonly string[];
  /** Name of the resource itself. */
  readonly name: string;
}

const guid = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
const pattern = new RegExp(
  `^/subscriptions/(${guid})/resourceGroups/([-\\w._()]{1,90})/providers/([A-Za-z.]+)((?:/[A-Za-z]+/[^/\\s]+)+)$`,
  "i",
);

/** Takes a resource's id apart, or gives undefined for anything that is not one. */
export function parseResourceId(id: string): ResourceId | undefined {
  const [, subscriptionId, resourceGroup, namespace, path] = pattern.exec(id) ?? [];
  if (subscriptionId === undefined || resourceGroup === undefined || path === undefined) return undefined;
  const parts = path.split("/").slice(1);
  const names = parts.filter((_, index) => index % 2 === 1);
  const types = parts.filter((_, index) => index % 2 === 0);
  const name = names.at(-1);
  if (name === undefined) return undefined;
  return {
    id,
    subscriptionId: subscriptionId.toLowerCase(),
    resourceGroup,
    type: [namespace, ...types].join("/"),
    names,
    name,
  };
}

/** The id of the resource a nested one lies in: the virtual network of a subnet. */
export const parentId = (id: string): string => id.split("/").slice(0, -2).join("/");
