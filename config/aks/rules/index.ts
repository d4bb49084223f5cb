import { parseResourceId } from "../formats";
import { hasZones } from "../regions";
import { type Problem, removeCommand, setCommand } from "../../problems";
import { aksAlertRules } from "./alerts";
import { aksClusterRules } from "./cluster";
import { aksDataRules } from "./data";
import { existingNetworkRules } from "./existing-network";
import { aksNetworkRules } from "./network";
import { aksPoolRules } from "./pools";
import { aksRule, type Rule, uselessKey } from "../../rules/rule";

const sections: Rule = (settings) => {
  const { target } = settings;
  if (target === undefined) return [];
  const problems: Problem[] = [];
  if (target === "aks" && "aks" in settings && settings.aks === undefined) {
    problems.push({
      key: "aks",
      problem: "is missing: it says which subscription and region to use",
      fix: setCommand("aks", {
        subscriptionId: "00000000-0000-0000-0000-000000000000",
        location: "polandcentral",
      }),
    });
  }
  const other = target === "aks" ? "onprem" : "aks";
  if (settings[other] !== undefined) {
    problems.push({
      key: other,
      problem: `has no use: \`target\` is ${target}`,
      fix: `${removeCommand(other)}, or ${setCommand("target", other)}`,
    });
  }
  return problems;
};

const zones = aksRule(({ section: { location, zones: chosen } }) =>
  chosen !== undefined && chosen.length > 0 && !hasZones(location)
    ? [
        {
          key: "aks.zones",
          problem: `must be left out: ${location} has no availability zones`,
          fix: `${removeCommand("aks.zones")}, or choose another \`location\``,
        },
      ]
    : [],
);

const subscription = aksRule(({ section }) => {
  const { network, cluster, storage, registry, dns } = section;
  const ids = {
    "network.nodeSubnetId": network.nodeSubnetId,
    "network.databaseSubnetId": network.databaseSubnetId,
    "network.ingressSubnetId": network.ingressSubnetId,
    "network.privateDnsZoneId": network.privateDnsZoneId,
    "network.publicIpId": network.publicIpId,
    "cluster.existingId": cluster.existingId,
    "storage.accountId": storage.accountId,
    "registry.id": registry.id,
    "dns.zoneId": dns.zoneId,
  };
  return Object.entries(ids).flatMap(([name, id]) => {
    const found = id === undefined ? undefined : parseResourceId(id)?.subscriptionId;
    return found === undefined || found === section.subscriptionId
      ? []
      : [
          {
            key: `aks.${name}`,
            problem: `must be in the subscription of \`aks.subscriptionId\`, got "${found}"`,
            fix: `set it to the id of a resource in ${section.subscriptionId}`,
          },
        ];
  });
});

const tags = aksRule(({ section: { tags: chosen } }) =>
  Object.keys(chosen).length > 15
    ? [
        {
          key: "aks.tags",
          problem: `must be at most 15, which is what a storage account takes, got ${Object.keys(chosen).length}`,
          fix: "remove some",
        },
      ]
    : [],
);

const dns = aksRule(({ section: { dns: own }, complete: { dnsZone }, settings }) => {
  const { domain, vcsGateway, mqtt, tls } = settings;
  const problems: Problem[] = [];
  const dns01 = tls?.mode === "acme" && tls.challenge === "dns01";
  if (!dnsZone && dns01) {
    problems.push({
      key: "aks.dns.zoneId",
      problem: "is missing: with `tls.challenge: dns01`, cert-manager proves itself in it",
      fix: `set it to the id of your DNS zone, or ${setCommand("tls.challenge", "http01")}`,
    });
  }
  if (!dnsZone) return problems;
  const zone = dnsZone.name.toLowerCase();
  const withoutZone = removeCommand("aks.dns.zoneId");
  const hosts: readonly (readonly [key: string, host: string | undefined, otherFix: string])[] = [
    ["domain", domain, withoutZone],
    ["vcsGateway.domain", vcsGateway?.domain, withoutZone],
    [
      "mqtt.domain",
      mqtt?.staticAddress && own.createRecords ? mqtt.domain : undefined,
      setCommand("aks.dns.createRecords", false),
    ],
  ];
  for (const [key, host, otherFix] of hosts) {
    if (host !== undefined && host !== zone && !host.endsWith(`.${zone}`)) {
      problems.push({
        key,
        problem: `must lie in the zone of \`aks.dns.zoneId\` (${zone}), got "${host}"`,
        fix: `choose a name below ${zone}, or ${otherFix}`,
      });
    }
  }
  if (!own.createRecords && !dns01) {
    problems.push({
      key: "aks.dns.zoneId",
      problem: "has no use: neither `createRecords` nor `tls.challenge: dns01` asks for it",
      fix: removeCommand("aks.dns.zoneId"),
    });
  }
  return problems;
});

const onpremChallenge: Rule = ({ target, tls }) =>
  target === "onprem" && tls?.mode === "acme" && tls.challenge === "dns01"
    ? [
        {
          key: "tls.challenge",
          problem: "must be http01: the on-premises target knows no DNS zone",
          fix: `${setCommand("tls.challenge", "http01")}, or use \`tls.mode: existingIssuer\``,
        },
      ]
    : [];

const onpremSecrets = aksRule(({ secrets }) =>
  (
    ["registryPassword", "minioAdminPassword", "minioSecretKey", "s3SecretKey", "s3AdminSecretKey"] as const
  ).flatMap((name) =>
    secrets[name] === undefined ? [] : [uselessKey(name, "only the target `onprem` reads it")],
  ),
);

const ingress = aksRule(({ section, settings }) => {
  const id = section.network.publicIpId;
  return settings.ingress?.mode === "existing" && id !== undefined
    ? [
        {
          key: "aks.network.publicIpId",
          problem: "contradicts `ingress.mode: existing`, whose controller has an address already",
          fix: removeCommand("aks.network.publicIpId"),
        },
      ]
    : [];
});

const images = aksRule(({ complete: { registry }, settings }) => {
  if (settings.images === undefined || settings.images.push) return [];
  const problems: Problem[] = [];
  if (registry.main.kind === "new") {
    problems.push({
      key: "images.push",
      problem: "must be true: a new registry holds no images yet",
      fix: `${setCommand("images.push", true)}, or set \`aks.registry.id\` to the id of the registry that has them`,
    });
  }
  if (registry.anonymousLauncher) {
    problems.push({
      key: "aks.registry.anonymousLauncher",
      problem:
        "contradicts `images.push: false`: nothing would bring the launcher into the registry it creates",
      fix: `${removeCommand("aks.registry.anonymousLauncher")}, or ${setCommand("images.push", true)}`,
    });
  }
  return problems;
});

export const aksRules: readonly Rule[] = [
  sections,
  zones,
  subscription,
  tags,
  dns,
  onpremChallenge,
  onpremSecrets,
  ingress,
  images,
  ...aksNetworkRules,
  ...existingNetworkRules,
  ...aksClusterRules,
  ...aksPoolRules,
  ...aksDataRules,
  ...aksAlertRules,
];
