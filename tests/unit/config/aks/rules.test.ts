import assert from "node:assert/strict";
import { configuredAks, fullAks, givenIds, minimalAks } from "../../../support/azure-configurations";
import { problemsOf, rejects, section, wrongFrom } from "../../../support/wrong-configurations";

const wrong = wrongFrom(configuredAks);
const aks = section("aks");
const network = section("aks", "network");

describe("rules of the Azure target", () => {
  rejects([
    wrong(
      "no section for the target",
      { aks: undefined },
      '`spacelift:aks`: is missing: it says which subscription and region to use; put `spacelift:aks: {"subscriptionId":"00000000-0000-0000-0000-000000000000","location":"polandcentral"}` into the stack file',
    ),
    wrong(
      "a section of the other target",
      {
        onprem: {
          registry: { address: "registry.example.com" },
          objectStorage: { endpoint: "minio.example.com" },
        },
      },
      "`spacelift:onprem`: has no use: `target` is aks; run `pulumi config rm spacelift:onprem`, or run `pulumi config set spacelift:target onprem`",
    ),
    wrong(
      "no subscription",
      aks({ subscriptionId: undefined }),
      "`spacelift:aks.subscriptionId`: is missing; run `pulumi config set --path spacelift:aks.subscriptionId 00000000-0000-0000-0000-000000000000`",
    ),
    wrong(
      "a subscription by its name",
      aks({ subscriptionId: "production" }),
      '`spacelift:aks.subscriptionId`: must be a GUID in lower case such as 00000000-0000-0000-0000-000000000000, got "production"; run `pulumi config set --path spacelift:aks.subscriptionId 00000000-0000-0000-0000-000000000000`',
    ),
    wrong(
      "no region",
      aks({ location: undefined }),
      "`spacelift:aks.location`: is missing; run `pulumi config set --path spacelift:aks.location polandcentral`",
    ),
    wrong(
      "a region by its display name",
      aks({ location: "Poland Central" }),
      '`spacelift:aks.location`: must be the short name of a region such as "polandcentral", got "Poland Central"; run `pulumi config set --path spacelift:aks.location polandcentral`',
    ),
    wrong(
      "an unknown size",
      aks({ size: "huge" }),
      '`spacelift:aks.size`: must be one of dev, prod, ha, got "huge"; run `pulumi config set --path spacelift:aks.size prod`',
    ),
    wrong(
      "a prefix with a hyphen",
      aks({ prefix: "acme-spacelift" }),
      '`spacelift:aks.prefix`: must be 2 to 12 lower-case letters and digits, a letter first, got "acme-spacelift"; run `pulumi config set --path spacelift:aks.prefix spacelift`',
    ),
    wrong(
      "a prefix that leaves no room for the seed",
      aks({ prefix: "spaceliftproduction" }),
      '`spacelift:aks.prefix`: must be 2 to 12 lower-case letters and digits, a letter first, got "spaceliftproduction"; run `pulumi config set --path spacelift:aks.prefix spacelift`',
    ),
    wrong(
      "a resource group that ends in a period",
      aks({ resourceGroup: { name: "spacelift." } }),
      '`spacelift:aks.resourceGroup.name`: must be 1 to 48 letters, digits and `-_.()`, without a period at the end, got "spacelift."; run `pulumi config set --path spacelift:aks.resourceGroup.name spacelift`',
    ),
    wrong(
      "a mistyped key two levels down",
      network({ podCird: "10.244.0.0/16" }),
      "`spacelift:aks.network.podCird`: is not a known key, did you mean `podCidr`; run `pulumi config rm --path spacelift:aks.network.podCird`",
    ),
    wrong(
      "zones in a region without any",
      aks({ location: "westus", zones: [1] }),
      "`spacelift:aks.zones`: must be left out: westus has no availability zones; run `pulumi config rm --path spacelift:aks.zones`, or choose another `location`",
    ),
    wrong(
      "a zone that does not exist",
      aks({ zones: [4] }),
      "`spacelift:aks.zones[0]`: must be one of 1, 2, 3, got 4; run `pulumi config set --path 'spacelift:aks.zones[0]' 1`",
    ),
    wrong(
      "more tags than a storage account takes",
      aks({ tags: Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`tag${index}`, "x"])) }),
      "`spacelift:aks.tags`: must be at most 15, which is what a storage account takes, got 16; remove some",
    ),
    wrong(
      "an id of another type",
      network({ publicIpId: givenIds.registry }),
      '`spacelift:aks.network.publicIpId`: must be the id of a resource of type Microsoft.Network/publicIPAddresses, got "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/corporate…; run `pulumi config set --path spacelift:aks.network.publicIpId /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shared/providers/Microsoft.Network/publicIPAddresses/spacelift`',
    ),
    wrong(
      "a name where an id is wanted",
      network({ nodeSubnetId: "nodes" }),
      '`spacelift:aks.network.nodeSubnetId`: must be the id of a resource of type Microsoft.Network/virtualNetworks/subnets, got "nodes"; run `pulumi config set --path spacelift:aks.network.nodeSubnetId /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shared/providers/Microsoft.Network/virtualNetworks/corporate/subnets/aks`',
    ),
    wrong(
      "an id from another subscription",
      network({ publicIpId: givenIds.publicIp.replaceAll("1", "2") }),
      '`spacelift:aks.network.publicIpId`: must be in the subscription of `aks.subscriptionId`, got "22222222-2222-3333-4444-555555555555"; set it to the id of a resource in 11111111-2222-3333-4444-555555555555',
    ),
    wrong(
      "an address for a controller that has one",
      { ingress: { mode: "existing", className: "nginx" }, ...network({ publicIpId: givenIds.publicIp }) },
      "`spacelift:aks.network.publicIpId`: contradicts `ingress.mode: existing`, whose controller has an address already; run `pulumi config rm --path spacelift:aks.network.publicIpId`",
    ),
    wrong(
      "a secret of the other target",
      {},
      "`spacelift:registryPassword`: has no use: only the target `onprem` reads it; run `pulumi config rm spacelift:registryPassword`",
      { registryPassword: "planted" },
    ),
    wrong(
      "a launcher that nothing brings into its registry",
      {
        images: { push: false, archive: undefined },
        ...aks({ registry: { id: givenIds.registry, anonymousLauncher: true } }),
      },
      "`spacelift:aks.registry.anonymousLauncher`: contradicts `images.push: false`: nothing would bring the launcher into the registry it creates; run `pulumi config rm --path spacelift:aks.registry.anonymousLauncher`, or run `pulumi config set --path spacelift:images.push true`",
    ),
    wrong(
      "images that are in a registry not made yet",
      { images: { push: false, archive: undefined } },
      "`spacelift:images.push`: must be true: a new registry holds no images yet; run `pulumi config set --path spacelift:images.push true`, or set `aks.registry.id` to the id of the registry that has them",
    ),
    wrong(
      "a host outside of its zone",
      { domain: "spacelift.example.org", ...aks({ dns: { zoneId: givenIds.dnsZone } }) },
      '`spacelift:domain`: must lie in the zone of `aks.dns.zoneId` (example.com), got "spacelift.example.org"; choose a name below example.com, or run `pulumi config rm --path spacelift:aks.dns.zoneId`',
    ),
    wrong(
      "a gateway outside of its zone",
      { vcsGateway: { domain: "vcs.example.org" }, ...aks({ dns: { zoneId: givenIds.dnsZone } }) },
      '`spacelift:vcsGateway.domain`: must lie in the zone of `aks.dns.zoneId` (example.com), got "vcs.example.org"; choose a name below example.com, or run `pulumi config rm --path spacelift:aks.dns.zoneId`',
    ),
    wrong(
      "DNS-01 without a zone",
      { tls: { challenge: "dns01" } },
      "`spacelift:aks.dns.zoneId`: is missing: with `tls.challenge: dns01`, cert-manager proves itself in it; set it to the id of your DNS zone, or run `pulumi config set --path spacelift:tls.challenge http01`",
    ),
    wrong(
      "a zone that nothing uses",
      aks({ dns: { zoneId: givenIds.dnsZone, createRecords: false } }),
      "`spacelift:aks.dns.zoneId`: has no use: neither `createRecords` nor `tls.challenge: dns01` asks for it; run `pulumi config rm --path spacelift:aks.dns.zoneId`",
    ),
  ]);

  it("takes the smallest and the fullest configuration", () => {
    assert.deepEqual(problemsOf(minimalAks), []);
    assert.deepEqual(problemsOf(fullAks("./self-hosted-v4.0.0.tar.gz")), []);
  });

  it("takes every size in regions that lack zones or a pair", () => {
    for (const size of ["dev", "prod", "ha"]) {
      for (const location of ["westeurope", "polandcentral", "westus"]) {
        assert.deepEqual(problemsOf(configuredAks(aks({ size, location }))), [], `${size} in ${location}`);
      }
    }
  });

  it("reports the problems of every section at once", () => {
    const config = configuredAks({
      aks: {
        location: "polandcentral",
        network: { podCidr: "10.244.0.0/20" },
        cluster: { authorizedRanges: undefined },
        database: { geoRedundantBackup: true },
        storage: { sku: "Standard_GRS" },
        registry: { sku: "Basic", anonymousLauncher: true },
      },
    });
    const keys = problemsOf(config).map((line) => /`spacelift:([^`]+)`/.exec(line)?.[1]);
    assert.deepEqual(keys, [
      "aks.cluster.authorizedRanges",
      "aks.database.geoRedundantBackup",
      "aks.network.podCidr",
      "aks.registry.sku",
      "aks.storage.sku",
    ]);
  });
});
