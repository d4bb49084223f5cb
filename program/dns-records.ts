import { isIP } from "node:net";

/** A DNS record to create. */
export interface DnsRecord {
  readonly name: string;
  readonly type: "A" | "AAAA" | "CNAME" | "A or CNAME";
  readonly value: string;
}

/** The record that leads a host name to an address, or to words that say where to find it. */
export function dnsRecord(name: string, address: string, hint: string): DnsRecord {
  if (address === "") return { name, type: "A or CNAME", value: hint };
  const version = isIP(address);
  if (version === 0) return { name, type: "CNAME", value: address };
  return { name, type: version === 4 ? "A" : "AAAA", value: address };
}
