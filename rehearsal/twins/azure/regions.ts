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
