import assert from "node:assert/strict";
import { configuredAks, givenIds } from "../../../support/azure-configurations";
import { configured } from "../../../support/configurations";
import { problemsOf, rejects, wrongFrom } from "../../../support/wrong-configurations";

const wrong = wrongFrom(configured);
const wrongAks = wrongFrom(configuredAks);
const remove = (key: string): string => `run \`pulumi config rm --path spacelift:${key}\``;
const set = (key: string, value: string): string =>
  `run \`pulumi config set --path spacelift:${key} ${value}\``;

const outside = { domain: "mqtt.example.com", serviceType: "LoadBalancer" };
const fixed = { ...outside, staticAddress: true };
const pipName = "service.beta.kubernetes.io/azure-pip-name";

describe("rules of the broker", () => {
  rejects([
    wrong(
      "workers outside the cluster without a way to the broker",
      { mqtt: { domain: "mqtt.example.com" } },
      `\`spacelift:mqtt.serviceType\`: must not be ClusterIP when \`mqtt.domain\` tells workers outside the cluster to connect; ${set("mqtt.serviceType", "LoadBalancer")}`,
    ),
    wrong(
      "ranges for a Service without load balancer",
      { mqtt: { ...outside, serviceType: "NodePort", allowedRanges: ["192.0.2.0/24"] } },
      `\`spacelift:mqtt.allowedRanges\`: has no use: a Service of type NodePort has no load balancer; ${remove("mqtt.allowedRanges")}`,
    ),
    wrong(
      "ranges that are none",
      { mqtt: { ...outside, allowedRanges: ["192.0.2.0/33"] } },
      "`spacelift:mqtt.allowedRanges[0]`: must be a range in CIDR notation such as 10.0.0.0/8, got \"192.0.2.0/33\"; run `pulumi config set --path 'spacelift:mqtt.allowedRanges[0]' '<value>'`",
    ),
    wrong(
      "the name of Spacelift for a load balancer of its own",
      { mqtt: { ...outside, domain: "spacelift.example.com" } },
      `\`spacelift:mqtt.domain\`: must be another host name than \`domain\`: the load balancer of the broker has an address of its own; ${set("mqtt.domain", "mqtt.spacelift.example.com")}`,
    ),
    wrong(
      "the name of the VCS gateway for a load balancer of its own",
      {
        mqtt: { ...outside, domain: "vcs.example.com" },
        vcsGateway: { domain: "vcs.example.com" },
        ingress: { controller: "traefik" },
      },
      `\`spacelift:mqtt.domain\`: must be another host name than \`vcsGateway.domain\`: the load balancer of the broker has an address of its own; ${set("mqtt.domain", "mqtt.spacelift.example.com")}`,
    ),
    wrong(
      "an address of a Service in the cluster",
      { mqtt: { address: "192.0.2.20" } },
      `\`spacelift:mqtt.address\`: has no use: a Service of type ClusterIP has no load balancer; ${remove("mqtt.address")}`,
    ),
    wrong(
      "an address without a name",
      { mqtt: { serviceType: "LoadBalancer", address: "192.0.2.20" } },
      `\`spacelift:mqtt.address\`: has no use: it is for the record of \`mqtt.domain\`, which is not set; ${remove("mqtt.address")}`,
    ),
    wrong(
      "an address of Azure on-prem",
      { mqtt: fixed },
      `\`spacelift:mqtt.staticAddress\`: has no use: on-prem, the load balancer is told by annotations of its own kind; ${remove("mqtt.staticAddress")}, put the annotation into \`mqtt.annotations\` and the address into \`mqtt.address\``,
    ),
    wrongAks(
      "a static address without load balancer",
      { mqtt: { ...fixed, serviceType: "NodePort" } },
      `\`spacelift:mqtt.staticAddress\`: has no use: a Service of type NodePort has no load balancer; ${remove("mqtt.staticAddress")}`,
    ),
    wrongAks(
      "a static address that no worker is told of",
      { mqtt: { ...fixed, domain: undefined } },
      `\`spacelift:mqtt.domain\`: is missing: workers outside the cluster are told a name, not \`mqtt.staticAddress\`; ${set("mqtt.domain", "mqtt.spacelift.example.com")}`,
    ),
    wrongAks(
      "a static address and another",
      { mqtt: { ...fixed, address: "192.0.2.20" } },
      `\`spacelift:mqtt.address\`: contradicts \`mqtt.staticAddress\`, with which the address is created; ${remove("mqtt.address")}, or ${remove("mqtt.staticAddress")}`,
    ),
    wrongAks(
      "a static address and an annotation with another",
      { mqtt: { ...fixed, annotations: { [pipName]: "mine" } } },
      `\`spacelift:mqtt.annotations\`: must not hold ${pipName} with \`mqtt.staticAddress\`, which writes the annotations of its address; take it out, or ${remove("mqtt.staticAddress")} and put the address into \`mqtt.address\``,
    ),
    wrongAks(
      "a name outside of the zone that takes the record",
      { mqtt: { ...fixed, domain: "mqtt.example.org" }, aks: { dns: { zoneId: givenIds.dnsZone } } },
      `\`spacelift:mqtt.domain\`: must lie in the zone of \`aks.dns.zoneId\` (example.com), got "mqtt.example.org"; choose a name below example.com, or ${set("aks.dns.createRecords", "false")}`,
    ),
  ]);

  it("accepts load balancers that share an address, and one of the operator's in front of a NodePort", () => {
    const domain = "spacelift.example.com";
    const right = [
      { ...outside, domain, annotations: { "metallb.io/allow-shared-ip": "spacelift" } },
      { domain, serviceType: "NodePort", address: "192.0.2.10" },
    ];
    for (const mqtt of right) assert.deepEqual(problemsOf(configured({ mqtt })), []);
    assert.deepEqual(problemsOf(configuredAks({ mqtt: fixed })), []);
    // A name elsewhere, where the program makes no record of it.
    assert.deepEqual(
      problemsOf(
        configuredAks({
          mqtt: { ...outside, domain: "mqtt.example.org" },
          aks: { dns: { zoneId: givenIds.dnsZone } },
        }),
      ),
      [],
    );
  });
});
