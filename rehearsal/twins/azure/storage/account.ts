import { at, listAt, stringAt, TwinError } from "../../framework";
import type { ArmRequest, ArmType } from "../arm/definition";
import { invalidParameter, skuName } from "../arm/refusals";
import { findResource, isSettling, settle } from "../arm/tables";
import { cloudFacts, hasPair, hasZones } from "../regions";
import { isAddressOrRange } from "../network/ranges";

const SKUS = [
  "Standard_LRS",
  "Standard_GRS",
  "Standard_RAGRS",
  "Standard_ZRS",
  "Standard_GZRS",
  "Standard_RAGZRS",
  "Premium_LRS",
  "Premium_ZRS",
];

/** A storage account. */
export const storageAccount: ArmType = {
  token: "azure-native:storage:StorageAccount",
  apiVersion: "2024-01-01",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}",
  contract: { library: "storage", model: "StorageAccountCreateParameters" },
  nameRule: {
    pattern: /^[a-z0-9]+$/,
    min: 3,
    max: 24,
    words: "lower-case letters and digits",
    fit: (name) => name.toLowerCase().replace(/[^a-z0-9]/g, ""),
  },
  worldUnique: true,
  located: true,
  forceNew: ["isHnsEnabled"],
  outputs: [
    "creationTime",
    "primaryEndpoints",
    "primaryLocation",
    "privateEndpointConnections",
    "provisioningState",
    "statusOfPrimary",
  ],
  latency: { create: 25, update: 5, delete: 5 },
  defaults: () => ({ enableHttpsTrafficOnly: true, accessTier: "Hot" }),
  validate(request) {
    const { inputs, id, location } = request;
    const sku = skuName(inputs["sku"]);
    if (!SKUS.includes(sku))
      throw invalidParameter(`The sku ${sku} of ${id} is unknown.`, "InvalidValuesForRequestParameters");
    if ((/ZRS/.test(sku) && !hasZones(location)) || (/G/.test(sku) && !hasPair(location)))
      throw invalidParameter(
        `The requested storage account type ${sku} is not available in the location ${location ?? ""}.`,
        "RedundancyConfigurationNotAvailableInRegion",
      );
    const tls = stringAt(inputs, "minimumTlsVersion");
    if (tls !== undefined && tls !== "TLS1_2")
      throw invalidParameter(`The minimum TLS version ${tls} of ${id} is not accepted.`, "InvalidTlsVersion");
    for (const rule of listAt(inputs, "networkRuleSet", "ipRules")) {
      const range = stringAt(rule, "iPAddressOrRange") ?? "";
      if (!isAddressOrRange(range))
        throw invalidParameter(
          `The network rule ${range} of ${id} is no address and no range.`,
          "InvalidValuesForRequestParameters",
        );
      if (/\/3[12]$|^10\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\./.test(range))
        throw invalidParameter(
          `The network rule ${range} of ${id} is invalid: only public ranges of /30 and larger are accepted.`,
          "InvalidValuesForRequestParameters",
        );
    }
    requireServiceEndpoints(request);
  },
  validateUpdate({ inputs, before, id }) {
    const [old, now] = [skuName(before.properties["sku"]), skuName(inputs["sku"])];
    if (/ZRS/.test(old) !== /ZRS/.test(now) || /^Premium/.test(old) !== /^Premium/.test(now))
      throw invalidParameter(
        `The property 'sku.name' was specified in the input, but it cannot be updated from ${old} to ${now}: ${id}.`,
        "SkuConversionNotSupported",
      );
    const [oldKind, kind] = [before.properties, inputs].map((each) => stringAt(each, "kind"));
    if (oldKind !== kind && kind !== "StorageV2")
      throw invalidParameter(
        `The kind of ${id} cannot be changed from ${oldKind ?? ""} to ${kind ?? ""}.`,
        "AccountPropertyIsInvalid",
      );
    const [wasEncrypted, isEncrypted] = [before.properties, inputs].map((each) =>
      at(each, "encryption", "requireInfrastructureEncryption"),
    );
    if (isEncrypted !== undefined && wasEncrypted !== isEncrypted)
      throw invalidParameter(
        `The property 'encryption.requireInfrastructureEncryption' of ${id} cannot be changed.`,
        "RequireInfrastructureEncryptionCannotBeUpdated",
      );
  },
  compute: ({ name, location, now, client }, before) => ({
    creationTime: stringAt(before?.computed, "creationTime") ?? now.toISOString(),
    primaryEndpoints: Object.fromEntries(
      ["blob", "dfs", "file", "queue", "table"].map((service) => [
        service,
        `https://${name}.${service}.${cloudFacts[client.cloud].storage}/`,
      ]),
    ),
    primaryLocation: location ?? "",
    privateEndpointConnections: [],
    provisioningState: "Succeeded",
    statusOfPrimary: "available",
  }),
  refuseNow(request, operation) {
    if (operation !== "create") refuseWhileHeld(request, operation);
  },
  afterWrite({ state, id, now }, _record, before) {
    if (before === undefined) settle(state, id, { now, seconds: SETTLING_SECONDS });
  },
};

/** How long an account that has just been made is held by what made it, in simulated seconds. */
const SETTLING_SECONDS = 5;

/** Throws while an account is held by what made it: radius-project/radius#8172. The provider tries again by itself. */
export const refuseWhileHeld: NonNullable<ArmType["refuseNow"]> = ({ state, id, now }) => {
  const account = id.replace(/(\/storageAccounts\/[^/]+)\/.*$/i, "$1");
  if (!isSettling(state, account, now)) return;
  throw new TwinError(
    "An operation is currently performing on this storage account that requires exclusive access.",
    "StorageAccountOperationInProgress",
  );
};

/** A subnet that the firewall of an account lets in must reach storage by the network. */
function requireServiceEndpoints({ inputs, state }: ArmRequest): void {
  for (const rule of listAt(inputs, "networkRuleSet", "virtualNetworkRules")) {
    const id = stringAt(rule, "virtualNetworkResourceId");
    const subnet = findResource(state, id);
    const hasEndpoint = listAt(subnet?.properties, "serviceEndpoints").some((endpoint) =>
      stringAt(endpoint, "service")?.startsWith("Microsoft.Storage"),
    );
    if (subnet !== undefined && !hasEndpoint)
      throw invalidParameter(
        `Validation of network acls failure: SubnetsHaveNoServiceEndpointsConfigured:Subnet ${subnet.id} does not have ServiceEndpoints for Microsoft.Storage resources configured.`,
        "NetworkAclsValidationFailure",
      );
  }
}
