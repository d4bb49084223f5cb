import { isIPv4 } from "node:net";

/** An IPv4 range: its first address as a number and the length of its prefix. */
export interface Range {
  readonly base: number;
  readonly prefix: number;
}

/** An IPv4 address as a number, or undefined for anything else. */
export function parseAddress(text: string): number | undefined {
  // Without leading zeros: to some, they make a number octal.
  if (!isIPv4(text)) return undefined;
  const octets = text.split(".").map(Number);
  return octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

/** A number as an IPv4 address. */
export const formatAddress = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");

export const addressCount = ({ prefix }: Range): number => 2 ** (32 - prefix);

/** Reads a range strictly: the address must be the first of the range, as Azure demands. */
export function parseRange(text: string): Range | undefined {
  const [address = "", length = "", ...rest] = text.split("/");
  const base = parseAddress(address);
  if (base === undefined || rest.length > 0 || !/^(?:0|[1-9]\d?)$/.test(length)) return undefined;
  const prefix = Number(length);
  if (prefix > 32 || base % 2 ** (32 - prefix) !== 0) return undefined;
  return { base, prefix };
}

const last = (range: Range): number => range.base + addressCount(range) - 1;

/** Whether two ranges share an address. */
export const overlaps = (a: Range, b: Range): boolean => a.base <= last(b) && b.base <= last(a);

/** Whether a range lies inside another, or is the same. */
export const contains = (outer: Range, inner: Range): boolean =>
  outer.base <= inner.base && last(inner) <= last(outer);

export const includes = (range: Range, address: number): boolean =>
  range.base <= address && address <= last(range);

/** Whether an address of a subnet can be given out: Azure keeps the first four and the last one. */
export const isFree = (range: Range, address: number): boolean =>
  includes(range, address) && address > range.base + 3 && includes(range, address + 1);

/** Addresses a subnet has for machines: Azure keeps five. */
export const subnetCapacity = (range: Range): number => Math.max(0, addressCount(range) - 5);

/** Nodes a pod range is enough for: the overlay gives each a /24. */
export const overlayNodes = ({ prefix }: Range): number => (prefix > 24 ? 0 : 2 ** (24 - prefix));

/** The conventional address of the cluster's DNS service: the tenth of the service range. */
export const defaultDnsServiceIp = (services: Range): string => formatAddress(services.base + 10);

/** Ranges that AKS uses itself and refuses for nodes, pods and services. */
export const reservedRanges = ["169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24"] as const;

/** Ranges of private networks (RFC 1918, RFC 6598). */
const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].flatMap(
  (text) => parseRange(text) ?? [],
);

export const isPrivate = (range: Range): boolean => privateRanges.some((each) => contains(each, range));

/** Whether no part of a range belongs to private networks. */
export const isPublic = (range: Range): boolean => !privateRanges.some((each) => overlaps(each, range));
