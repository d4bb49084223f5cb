import { createHash } from "node:crypto";
import { type Cloud, CLOUDS } from "./regions";
import { type Fields, flag, listOf, type Properties, stringAt, text } from "./../framework";

/** The one that deploys, and where to. */
export interface Client {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly objectId: string;
  /** What the one that deploys is: a service principal when the provider is given its secret, certificate or token. */
  readonly type: "User" | "ServicePrincipal";
  /** The cloud that is deployed to. */
  readonly cloud: Cloud;
  /** The location for resources that name none. */
  readonly location?: string;
}

/** The configuration of the Azure provider. */
export const configFields: Fields = {
  auxiliaryTenantIds: listOf(text()),
  clientCertificatePassword: text(),
  clientCertificatePath: text(),
  clientId: text(),
  clientSecret: text(),
  disablePulumiPartnerId: flag(),
  environment: text({ oneOf: CLOUDS }),
  location: text(),
  metadataHost: text(),
  msiEndpoint: text(),
  oidcAudience: text(),
  oidcRequestToken: text(),
  oidcRequestUrl: text(),
  oidcToken: text(),
  oidcTokenFilePath: text(),
  partnerId: text(),
  subscriptionId: text(),
  tenantId: text(),
  useDefaultAzureCredential: flag(),
  useMsi: flag(),
  useOidc: flag(),
};

/** What only an application or a managed identity logs in with. */
const APPLICATION = ["clientSecret", "clientCertificatePath", "useMsi", "useOidc", "oidcToken"];

/** Whom a provider configuration stands for; what it leaves open is made up, always the same. */
export function clientOf(config: Properties): Client {
  const location = stringAt(config, "location");
  return {
    subscriptionId: stringAt(config, "subscriptionId") ?? stableUuid("subscription"),
    tenantId: stringAt(config, "tenantId") ?? stableUuid("tenant"),
    clientId: stringAt(config, "clientId") ?? stableUuid("client"),
    objectId: stableUuid("deployer"),
    type: APPLICATION.some((key) => config[key] !== undefined && config[key] !== false)
      ? "ServicePrincipal"
      : "User",
    cloud: CLOUDS.find((cloud) => cloud === config["environment"]) ?? "public",
    ...(location === undefined || location === "" ? {} : { location }),
  };
}

/** A UUID that is the same whenever the same is asked for. */
export function stableUuid(...parts: string[]): string {
  const hex = createHash("sha256").update(parts.join("|")).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
