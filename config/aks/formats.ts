import { z } from "zod";
import { parseAddress, parseRange } from "./cidr";

/** A resource of Azure, taken apart. */
export interface ResourceId {
  readonly id: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** `Microsoft.Network/virtualNetworks/subnets`. */
  readonly type: string;
  /** Names from the outermost to the resource itself. */
  readonly names: readonly string[];
  readonly name: string;
}

const guidPattern = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
const pattern = new RegExp(
  `^/subscriptions/(${guidPattern})/resourceGroups/([-\\w._()]{1,90})/providers/([A-Za-z.]+)((?:/[A-Za-z]+/[^/\\s\\p{C}]+)+)$`,
  "iu",
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

/** A GUID, as subscriptions, tenants and Entra objects have. */
export const guid = z
  .string()
  .regex(
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    "must be a GUID in lower case such as 00000000-0000-0000-0000-000000000000",
  );

/** A region by its short name. */
export const location = z
  .string()
  .regex(/^[a-z]+[a-z0-9]*$/, 'must be the short name of a region such as "polandcentral"');

/** Beginning of every name: short enough for the strictest kind, a storage account. */
export const prefix = z
  .string()
  .regex(/^[a-z][a-z0-9]{1,11}$/, "must be 2 to 12 lower-case letters and digits, a letter first");

/** A resource group. AKS writes its name and that of the nodes' group into labels, hence 48 rather than 90 characters. */
export const resourceGroupName = z
  .string()
  .regex(
    /^[-\w.()]{0,47}[-\w()]$/,
    "must be 1 to 48 letters, digits and `-_.()`, without a period at the end",
  );

/** An IPv4 range whose address is the first of the range. */
export const ipv4Range = z
  .string()
  .refine(
    (text) => parseRange(text) !== undefined,
    "must be an IPv4 range that starts at its first address, such as 10.30.0.0/16",
  );

/** An IPv4 address. */
export const ipv4Address = z
  .string()
  .refine((text) => parseAddress(text) !== undefined, "must be an IPv4 address such as 10.245.0.10");

/**
 * The id of a resource of the given type.
 *
 * @param type `Microsoft.Network/publicIPAddresses`, compared without regard to case, as Azure does
 */
export function resourceId(type: string): z.ZodString {
  return z
    .string()
    .refine(
      (text) => parseResourceId(text)?.type.toLowerCase() === type.toLowerCase(),
      `must be the id of a resource of type ${type}`,
    );
}

/**
 * Tags of every resource, hence within the limits of a storage account
 * (https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations).
 */
export const tags = z.record(
  z
    .string()
    .regex(
      /^[^<>%&\\?/\p{Cc}]{1,128}$/u,
      "must be the name of a tag: at most 128 characters, none of `<>%&\\?/`",
    ),
  z.string().max(256, "must have at most 256 characters"),
);

/** An id to show in examples. */
export const exampleId = (type: string, ...names: readonly string[]): string => {
  const [namespace = "", ...types] = type.split("/");
  const path = types.map((each, index) => `${each}/${names[index] ?? ""}`).join("/");
  return `/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shared/providers/${namespace}/${path}`;
};

export const vmSize = z
  .string()
  .regex(/^Standard_[A-Z]+\d+[-a-z0-9]*(?:_v\d+)?$/, 'must be a size such as "Standard_D4ds_v5"');

/** A time of day in UTC, minutes in two digits. */
export const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as "02:00"');

/** A Kubernetes minor version: AKS picks the patch. */
export const kubernetesMinor = z
  .string()
  .regex(/^1\.\d{2}$/, 'must be a minor version such as "1.36", in quotes: AKS picks the patch');

/** Days of a week, in the order in which PostgreSQL servers count them from 0. */
export const weekdays = [
  "Sunday",
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
] as const;
