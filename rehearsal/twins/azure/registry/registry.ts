import { at, stringAt, TwinError } from "../../framework";
import { pushedImages, registries } from "../../docker/tables";
import type { ArmType } from "../arm/definition";
import { invalidParameter, skuName } from "../arm/refusals";
import { loginServerOf, releaseLoginServer } from "./servers";

/** A container registry. */
export const registry: ArmType = {
  token: "azure-native:containerregistry:Registry",
  apiVersion: "2023-01-01-preview",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerRegistry/registries/{registryName}",
  contract: { library: "containerregistry", model: "Registry" },
  nameRule: {
    pattern: /^[a-zA-Z0-9]*$/,
    min: 5,
    max: 50,
    words: "letters and digits",
    fit: (name) => name.replace(/[^a-zA-Z0-9]/g, ""),
  },
  worldUnique: true,
  located: true,
  outputs: [
    "creationDate",
    "dataEndpointHostNames",
    "loginServer",
    "privateEndpointConnections",
    "provisioningState",
    "systemData",
  ],
  latency: { create: 20, update: 10, delete: 10 },
  validate({ inputs, id }) {
    const sku = skuName(inputs["sku"]);
    if (sku === "Classic")
      throw invalidParameter(`The sku Classic of ${id} can no longer be had.`, "InvalidSkuName");
    if (sku === "Basic" && inputs["anonymousPullEnabled"] === true)
      throw invalidParameter(
        `Anonymous pull is not supported for the sku Basic: ${id}.`,
        "AnonymousPullNotSupported",
      );
    const premiumOnly = [
      inputs["zoneRedundancy"] === "Enabled" ? "zone redundancy" : undefined,
      inputs["publicNetworkAccess"] === "Disabled" ? "closing the public network" : undefined,
      inputs["networkRuleSet"] === undefined ? undefined : "network rules",
      inputs["dataEndpointEnabled"] === true ? "data endpoints" : undefined,
      stringAt(inputs, "policies", "retentionPolicy", "status") === "enabled"
        ? "retention of untagged manifests"
        : undefined,
      at(inputs, "encryption", "keyVaultProperties") === undefined ? undefined : "keys of one's own",
    ].find((feature) => feature !== undefined);
    if (premiumOnly !== undefined && sku !== "Premium")
      throw new TwinError(`The sku ${sku} of ${id} does not support ${premiumOnly}.`, "SkuNotSupported");
  },
  compute: ({ state, name, now }, before) => ({
    loginServer: loginServerOf(state, name),
    creationDate: stringAt(before?.computed, "creationDate") ?? now.toISOString(),
    dataEndpointHostNames: [],
    privateEndpointConnections: [],
    provisioningState: "Succeeded",
    systemData: before?.computed["systemData"] ?? { createdAt: now.toISOString() },
  }),
  afterWrite({ state, inputs, id }, { computed }) {
    const address = stringAt(computed, "loginServer") ?? "";
    const isPrivate = inputs["anonymousPullEnabled"] !== true;
    registries.of(state).set(address, { isPrivate, resourceId: id, needsLogin: true });
  },
  afterDelete({ state, record }) {
    const address = stringAt(record.computed, "loginServer") ?? "";
    registries.of(state).delete(address);
    releaseLoginServer(state, record.name);
    for (const [reference] of pushedImages.of(state).entries())
      if (reference.startsWith(`${address}/`)) pushedImages.of(state).delete(reference);
  },
};
