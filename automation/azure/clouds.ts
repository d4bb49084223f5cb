import type { Cloud } from "../../config/aks/regions";

/** Where the services of an Azure cloud answer, without trailing slashes. */
export interface CloudEndpoints {
  /** What `az cloud set --name` calls the cloud. */
  readonly name: string;
  /** Origin of Azure Resource Manager. */
  readonly resourceManager: string;
  /** Origin of Entra ID's token service. */
  readonly authority: string;
}

/** The endpoints of each cloud that a configuration may name. */
export const cloudEndpoints: Readonly<Record<Cloud, CloudEndpoints>> = {
  public: {
    name: "AzureCloud",
    resourceManager: "https://management.azure.com",
    authority: "https://login.microsoftonline.com",
  },
  usgovernment: {
    name: "AzureUSGovernment",
    resourceManager: "https://management.usgovcloudapi.net",
    authority: "https://login.microsoftonline.us",
  },
  china: {
    name: "AzureChinaCloud",
    resourceManager: "https://management.chinacloudapi.cn",
    authority: "https://login.chinacloudapi.cn",
  },
};
