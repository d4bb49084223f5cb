/** Regions without availability zones, as Azure lists them. A region missing here is taken to have three. */
const withoutZones: ReadonlySet<string> = new Set([
  "australiacentral",
  "australiacentral2",
  "australiasoutheast",
  "brazilsoutheast",
  "canadaeast",
  "chinaeast",
  "chinaeast2",
  "chinaeast3",
  "chinanorth",
  "chinanorth2",
  "francesouth",
  "germanynorth",
  "jioindiacentral",
  "jioindiawest",
  "koreasouth",
  "northcentralus",
  "norwaywest",
  "southafricawest",
  "southindia",
  "swedensouth",
  "switzerlandwest",
  "uaecentral",
  "ukwest",
  "usdodcentral",
  "usdodeast",
  "usgovarizona",
  "usgovtexas",
  "westcentralus",
  "westindia",
  "westus",
]);

/** Regions without a paired region, to which nothing can be replicated. */
const withoutPair: ReadonlySet<string> = new Set([
  "austriaeast",
  "belgiumcentral",
  "chilecentral",
  "indonesiacentral",
  "israelcentral",
  "italynorth",
  "malaysiawest",
  "mexicocentral",
  "newzealandnorth",
  "polandcentral",
  "qatarcentral",
  "spaincentral",
]);

export const hasZones = (location: string): boolean => !withoutZones.has(location);

/** Whether a region has a pair, for copies in another region. */
export const hasPair = (location: string): boolean => !withoutPair.has(location);

/** The Azure clouds: their endpoints differ, nothing else here does. */
export const clouds = ["public", "usgovernment", "china"] as const;

export type Cloud = (typeof clouds)[number];

/** Domain of PostgreSQL servers by cloud. Every other endpoint is read from what Azure answers. */
export const postgresDomains: Readonly<Record<Cloud, string>> = {
  public: "postgres.database.azure.com",
  usgovernment: "postgres.database.usgovcloudapi.net",
  china: "postgres.database.chinacloudapi.cn",
};
