import { isIPv4, isIPv6 } from "node:net";

/** An address as a number. */
function numberOf(address: string): bigint {
  const groups = isIPv4(address) ? address.split(".").map((octet) => Number(octet)) : groupsOf(address);
  const bits = isIPv4(address) ? 8n : 16n;
  return groups.reduce((sum, group) => (sum << bits) + BigInt(group), 0n);
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): readonly number[] {
  const parts = (text: string | undefined): number[] =>
    text === undefined || text === "" ? [] : text.split(":").map((group) => parseInt(group, 16));
  const [left, right] = address.split("::");
  const [before, after] = [parts(left), parts(right)];
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

/**
 * What is wrong with an IPv4 or IPv6 range in CIDR notation. It must start at its first address and not hold one family
 * in the other: Kubernetes refuses both in new objects from 1.36 on (KEP-4858), and where it does not, Azure's load
 * balancer passes over such a range and lets nobody in (cloud-provider-azure v1.29.3, "not valid network prefixes").
 */
export function rangeProblem(text: string): string | undefined {
  const general = "must be a range in CIDR notation such as 10.0.0.0/8";
  const [, address = "", length = ""] =
    /^([\d.]{1,15}|[\da-fA-F:]{1,39})\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const size = isIPv4(address) ? 32 : 128;
  if ((size === 128 && !isIPv6(address)) || Number(length) > size) return general;
  const host = BigInt(size - Number(length));
  return numberOf(address) % (1n << host) === 0n
    ? undefined
    : `must start at its first address, which ${address} is not with /${length}`;
}
