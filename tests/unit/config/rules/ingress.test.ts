import assert from "node:assert/strict";
import { configuredAks, givenIds } from "../../../support/azure-configurations";
import { configured } from "../../../support/configurations";
import { problemsOf, rejects, section, wrongFrom } from "../../../support/wrong-configurations";

const wrong = wrongFrom(configured);
const wrongAks = wrongFrom(configuredAks);
const network = section("aks", "network");
const azure = (name: string): string => `service.beta.kubernetes.io/azure-${name}`;
const dns01 = { challenge: "dns01" };
const remove = (key: string): string => `run \`pulumi config rm --path spacelift:${key}\``;
const otherProof =
  "run `pulumi config set --path spacelift:tls.challenge dns01` and set `aks.dns.zoneId` to the id of your DNS zone";
const unknown = "Let's Encrypt, which proves the domain by HTTP-01 from addresses that nobody knows";

describe("rules of the ingress controller and its load balancer", () => {
  rejects([
    wrong(
      "an existing controller without its class",
      { ingress: { className: undefined } },
      "`spacelift:ingress.className`: is missing: with an existing controller, it says which one answers; run `pulumi config set --path spacelift:ingress.className nginx`",
    ),
    wrong(
      "values for a controller that is not installed",
      { ingress: { helmValues: { a: 1 } } },
      "`spacelift:ingress.helmValues`: has no use: the existing controller is not installed by this program; run `pulumi config rm --path spacelift:ingress.helmValues`",
    ),
    wrong(
      "an existing namespace for a controller that is not installed",
      { ingress: { createNamespace: false } },
      "`spacelift:ingress.createNamespace`: has no use: the existing controller is not installed by this program; run `pulumi config rm --path spacelift:ingress.createNamespace`",
    ),
    wrong(
      "a kind for a controller that is installed",
      { ingress: { mode: "traefik", controller: "traefik" } },
      "`spacelift:ingress.controller`: contradicts `ingress.mode: traefik`, which says what the controller is; run `pulumi config rm --path spacelift:ingress.controller`",
    ),
    wrong(
      "a VCS gateway behind a controller nobody knows",
      { vcsGateway: { domain: "vcs.example.com" } },
      "`spacelift:ingress.controller`: is missing: the VCS gateway speaks gRPC, which every controller is told in its own way; run `pulumi config set --path spacelift:ingress.controller ingress-nginx` (or traefik), or say it in `ingress.vcsGatewayAnnotations`",
    ),
    wrong(
      "a VCS gateway on Spacelift's own domain",
      { vcsGateway: { domain: "spacelift.example.com" }, ingress: { controller: "traefik" } },
      "`spacelift:vcsGateway.domain`: must be another host name than `domain`: gRPC and HTTP need an Ingress each; run `pulumi config set --path spacelift:vcsGateway.domain vcs-gateway.spacelift.example.com`",
    ),
    wrong(
      "a number of replicas for a controller that is not installed",
      { ingress: { replicas: 3 } },
      `\`spacelift:ingress.replicas\`: has no use: the existing controller is not installed by this program; ${remove("ingress.replicas")}`,
    ),
    wrong(
      "a type for the Service of a controller that is not installed",
      { ingress: { serviceType: "NodePort" } },
      `\`spacelift:ingress.serviceType\`: has no use: the existing controller is not installed by this program; ${remove("ingress.serviceType")}`,
    ),
    wrong(
      "annotations of a VCS gateway that there is not",
      { ingress: { vcsGatewayAnnotations: { a: "b" } } },
      `\`spacelift:ingress.vcsGatewayAnnotations\`: has no use: there is no VCS gateway without \`vcsGateway.domain\`; ${remove("ingress.vcsGatewayAnnotations")}`,
    ),
    wrong(
      "ranges for a Service without load balancer",
      {
        ingress: { mode: "traefik", serviceType: "NodePort", allowedRanges: ["203.0.113.0/24"] },
        tls: { mode: "selfSigned", email: undefined },
      },
      `\`spacelift:ingress.allowedRanges\`: has no use: a Service of type NodePort has no load balancer; ${remove("ingress.allowedRanges")}`,
    ),
    wrong(
      "a traffic policy for a Service that nothing from outside reaches",
      { ingress: { mode: "traefik", serviceType: "ClusterIP", externalTrafficPolicy: "Local" } },
      `\`spacelift:ingress.externalTrafficPolicy\`: has no use: nothing from outside reaches a Service of type ClusterIP; ${remove("ingress.externalTrafficPolicy")}`,
    ),
    wrong(
      "ranges that keep Let's Encrypt out, on-prem",
      { ingress: { mode: "traefik", allowedRanges: ["203.0.113.0/24"] } },
      `\`spacelift:ingress.allowedRanges\`: keeps out ${unknown}; use \`tls.mode\` existingIssuer, ca or provided, or ${remove("ingress.allowedRanges")}`,
    ),
    wrong(
      "an internal load balancer of a cluster whose kind nobody knows",
      { ingress: { mode: "traefik", internal: true }, tls: { mode: "selfSigned", email: undefined } },
      `\`spacelift:ingress.internal\`: has no use: on-prem, the load balancer is told by annotations of its own kind; ${remove("ingress.internal")}, and put the annotation into \`ingress.serviceAnnotations\``,
    ),
    wrongAks(
      "ranges that keep Let's Encrypt out, on Azure",
      { ingress: { allowedRanges: ["203.0.113.0/24"] } },
      `\`spacelift:ingress.allowedRanges\`: keeps out ${unknown}; ${otherProof}, or ${remove("ingress.allowedRanges")}`,
    ),
    wrongAks(
      "a private address that keeps Let's Encrypt out",
      { ingress: { internal: true } },
      `\`spacelift:ingress.internal\`: keeps out ${unknown}; ${otherProof}, or ${remove("ingress.internal")}`,
    ),
    wrongAks(
      "an internal load balancer by hand",
      { ingress: { serviceAnnotations: { [azure("load-balancer-internal")]: "true" } } },
      `\`spacelift:ingress.serviceAnnotations\`: must not hold ${azure("load-balancer-internal")}, which alone would leave addresses and DNS records as they are; take it out, and run \`pulumi config set --path spacelift:ingress.internal true\``,
    ),
    wrongAks(
      "a public address by hand",
      { ingress: { serviceAnnotations: { [azure("pip-name")]: "mine" } } },
      `\`spacelift:ingress.serviceAnnotations\`: must not hold ${azure("pip-name")}, which alone would leave addresses and DNS records as they are; take it out, and set \`aks.network.publicIpId\` to the id of the address`,
    ),
    wrongAks(
      "a public address for an internal load balancer",
      { ingress: { internal: true }, ...network({ publicIpId: givenIds.publicIp }) },
      `\`spacelift:aks.network.publicIpId\`: contradicts \`ingress.internal\`, with which the load balancer has no public address; ${remove("aks.network.publicIpId")}, or ${remove("ingress.internal")}`,
    ),
    wrongAks(
      "a private address that is not one",
      { ingress: { internal: true, address: "ingress.example.com" } },
      `\`spacelift:ingress.address\`: must be an IPv4 address with \`ingress.internal\`, got "ingress.example.com"; ${remove("ingress.address")}`,
    ),
    ...["10.30.0.3", "10.30.3.255", "10.31.0.10"].map((address) =>
      wrongAks(
        `${address} as the private address in 10.30.0.0/22`,
        { ingress: { internal: true, address } },
        `\`spacelift:ingress.address\`: must lie in \`aks.network.nodeCidr\` (10.30.0.0/22) between 10.30.0.4 and 10.30.3.254, got "${address}"; ${remove("ingress.address")}`,
      ),
    ),
    wrongAks(
      "no private address in a subnet that is there",
      {
        ingress: { internal: true },
        ...network({ nodeSubnetId: givenIds.nodeSubnet, databaseSubnetId: givenIds.databaseSubnet }),
      },
      "`spacelift:ingress.address`: is missing: with `ingress.internal`, it is the address of the load balancer, free in its subnet; run `pulumi config set --path spacelift:ingress.address 10.0.0.200`",
    ),
    wrongAks(
      "a subnet for a load balancer with a public address",
      network({
        nodeSubnetId: givenIds.nodeSubnet,
        databaseSubnetId: givenIds.databaseSubnet,
        ingressSubnetId: givenIds.nodeSubnet,
      }),
      `\`spacelift:aks.network.ingressSubnetId\`: has no use: only a load balancer with \`ingress.internal\` is in a subnet; ${remove("aks.network.ingressSubnetId")}`,
    ),
    wrongAks(
      "a subnet for the load balancer of a network that is made",
      { ingress: { internal: true }, ...network({ ingressSubnetId: givenIds.nodeSubnet }) },
      `\`spacelift:aks.network.ingressSubnetId\`: has no use: the network is created here, and the load balancer is with the nodes; ${remove("aks.network.ingressSubnetId")}`,
    ),
    wrongAks(
      "a subnet for the load balancer in another network",
      {
        ingress: { internal: true, address: "10.0.0.200" },
        ...network({
          nodeSubnetId: givenIds.nodeSubnet,
          databaseSubnetId: givenIds.databaseSubnet,
          ingressSubnetId: givenIds.nodeSubnet.replace(/virtualNetworks\/[^/]+/, "virtualNetworks/other"),
        }),
      },
      `\`spacelift:aks.network.ingressSubnetId\`: must be in the virtual network of \`nodeSubnetId\`; set it to the id of a subnet of that network, or ${remove("aks.network.ingressSubnetId")}`,
    ),
    wrongAks(
      "an address that the records in the zone would not lead to",
      {
        domain: "spacelift.example.com",
        ingress: { address: "192.0.2.10" },
        aks: { dns: { zoneId: givenIds.dnsZone } },
      },
      "`spacelift:ingress.address`: contradicts `aks.dns.zoneId`, whose records lead to the address that is created; run `pulumi config rm --path spacelift:ingress.address`, or run `pulumi config set --path spacelift:aks.dns.createRecords false`",
    ),
  ]);

  const accepted: Readonly<Record<string, ReturnType<typeof configured>>> = {
    "ranges with DNS-01": configuredAks({
      ingress: { allowedRanges: ["203.0.113.0/24"] },
      tls: dns01,
      aks: { dns: { zoneId: givenIds.dnsZone } },
    }),
    "a private address with DNS-01": configuredAks({
      ingress: { internal: true, address: "10.30.3.250" },
      tls: dns01,
      aks: { dns: { zoneId: givenIds.dnsZone } },
    }),
    // It may be inside the ranges.
    "ranges with an ACME server of one's own": configuredAks({
      ingress: { allowedRanges: ["10.0.0.0/8"], internal: true },
      tls: { server: "https://ca.example.com/acme/directory" },
    }),
    "ranges that hold everybody": configuredAks({ ingress: { allowedRanges: ["0.0.0.0/0"] } }),
  };
  for (const [title, config] of Object.entries(accepted)) {
    it(`accepts ${title}`, () => {
      assert.deepEqual(problemsOf(config), []);
    });
  }
});
