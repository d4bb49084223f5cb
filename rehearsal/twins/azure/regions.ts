/** The clouds of Azure, as the provider calls them. */
export const CLOUDS = ["public", "usgovernment", "china"] as const;

/** A cloud of Azure. */
export type Cloud = (typeof CLOUDS)[number];

/** What differs in a cloud: the domains that its services answer in, and the add-ons that AKS does not know there. */
export interface CloudFacts {
  readonly databases: string;
  readonly storage: string;
  /** Below it, each region has its own: `hcp.westeurope.<domain>`. */
  readonly clusters: string;
  /** Refused even when they are switched off. */
  readonly unknownAddons: readonly string[];
  readonly isRegion: (location: string) => boolean;
}

// Domains from Microsoft's lists of endpoints (for clusters, the outbound rules of AKS). Add-ons from what azurerm strips
// from requests and answers (hashicorp/terraform-provider-azurerm #5510, #5960, #7136, #7487).
export const cloudFacts: Readonly<Record<Cloud, CloudFacts>> = {
  public: {
    databases: "postgres.database.azure.com",
    storage: "core.windows.net",
    clusters: "azmk8s.io",
    unknownAddons: [],
    isRegion: (location) => !/^(usgov|china)/.test(location),
  },
  usgovernment: {
    databases: "postgres.database.usgovcloudapi.net",
    storage: "core.usgovcloudapi.net",
    clusters: "cx.aks.containerservice.azure.us",
    unknownAddons: ["httpApplicationRouting", "kubeDashboard"],
    isRegion: (location) => location.startsWith("usgov"),
  },
  china: {
    databases: "postgres.database.chinacloudapi.cn",
    storage: "core.chinacloudapi.cn",
    clusters: "cx.prod.service.azk8s.cn",
    unknownAddons: ["aciConnectorLinux", "httpApplicationRouting", "kubeDashboard"],
    isRegion: (location) => location.startsWith("china"),
  },
};

/** Regions whose data centres come in zones. */
const WITH_ZONES: ReadonlySet<string> = new Set(
  [
    "australiaeast austriaeast belgiumcentral brazilsouth canadacentral centralindia centralus chilecentral eastasia eastus",
    "eastus2 francecentral germanywestcentral indonesiacentral israelcentral italynorth japaneast japanwest koreacentral",
    "malaysiawest mexicocentral newzealandnorth northeurope norwayeast polandcentral qatarcentral southafricanorth",
    "southcentralus southeastasia spaincentral swedencentral switzerlandnorth uaenorth uksouth westeurope westus2 westus3",
    "usgovvirginia chinanorth3",
  ]
    .join(" ")
    .split(" "),
);

const WITHOUT_ZONES: ReadonlySet<string> = new Set(
  [
    "australiacentral australiacentral2 australiasoutheast brazilsoutheast canadaeast francesouth germanynorth jioindiacentral",
    "jioindiawest koreasouth northcentralus norwaywest southafricawest southindia swedensouth switzerlandwest uaecentral ukwest",
    "westcentralus westindia westus usgovarizona usgovtexas chinaeast chinaeast2 chinaeast3 chinanorth chinanorth2",
  ]
    .join(" ")
    .split(" "),
);

/** Regions without a partner for copies of backups. */
const UNPAIRED: ReadonlySet<string> = new Set(
  "austriaeast belgiumcentral chilecentral indonesiacentral israelcentral italynorth malaysiawest mexicocentral newzealandnorth polandcentral qatarcentral spaincentral".split(
    " ",
  ),
);

/** Short names of all regions. */
export const regions: readonly string[] = [...WITH_ZONES, ...WITHOUT_ZONES];

/** Whether Azure has a region of this short name. */
export function isRegion(location: string): boolean {
  return WITH_ZONES.has(location) || WITHOUT_ZONES.has(location);
}

/** Whether a region, by its short name, has availability zones. */
export function hasZones(location: string | undefined): boolean {
  return location !== undefined && WITH_ZONES.has(location);
}

/** Whether backups of a region can be copied to a partner. */
export function hasPair(location: string | undefined): boolean {
  return location !== undefined && isRegion(location) && !UNPAIRED.has(location);
}
