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
