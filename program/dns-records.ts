import { isIP } from "node:net";
import type { Settings } from "../config/settings";

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

/** The record of the broker, whose address the cluster chooses; none where workers outside are told no name of it. */
export function brokerRecord({
  mqtt,
  namespace,
}: Pick<Settings, "mqtt" | "namespace">): DnsRecord | undefined {
  if (mqtt.domain === undefined) return undefined;
  const where =
    mqtt.serviceType === "NodePort"
      ? "the address of a node, or of a load balancer of yours in front of the port of"
      : "EXTERNAL-IP of";
  return dnsRecord(mqtt.domain, "", `${where} \`kubectl -n ${namespace.name} get service spacelift-mqtt\``);
}
