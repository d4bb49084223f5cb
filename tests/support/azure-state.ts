import { subscriptionId } from "./azure-configurations";

type State = Readonly<Record<string, unknown>>;

/** A kubeconfig as Azure lists it: with a key, which must never be seen. */
export const listedKubeconfig = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: Q0E=
    server: https://spacelift-0123.hcp.polandcentral.azmk8s.io:443
  name: spacelift-aks
users:
- name: clusterUser
  user: {client-key-data: planted-client-key}
`;

const text = (inputs: State, key: string): string => String(inputs[key]);

/** What Azure adds to the inputs of a resource. */
export const azureComputed: Readonly<Record<string, (name: string, inputs: State) => State>> = {
  "random:index/randomString:RandomString": () => ({ result: "abc123" }),
  "azure-native:resources:ResourceGroup": (_, inputs) => ({ name: inputs["resourceGroupName"] }),
  "azure-native:network:VirtualNetwork": (_, inputs) => ({ name: inputs["virtualNetworkName"] }),
  "azure-native:network:PublicIPAddress": (name) => ({
    ipAddress: name.includes("egress") ? "198.51.100.7" : "198.51.100.4",
  }),
  "azure-native:privatedns:PrivateZone": (_, inputs) => ({ name: inputs["privateZoneName"] }),
  "azure-native:dbforpostgresql:Server": (_, inputs) => ({
    name: inputs["serverName"],
    fullyQualifiedDomainName: `${text(inputs, "serverName")}.postgres.database.azure.com`,
  }),
  "azure-native:dbforpostgresql:BackupsAutomaticAndOnDemand": (_, inputs) => ({
    name: inputs["backupName"],
    completedTime: "2026-01-01T00:00:00Z",
  }),
  "azure-native:dbforpostgresql:Database": (_, inputs) => ({ name: inputs["databaseName"] }),
  "azure-native:storage:StorageAccount": (_, inputs) => ({
    name: inputs["accountName"],
    primaryEndpoints: { blob: `https://${text(inputs, "accountName")}.blob.core.windows.net/` },
  }),
  "azure-native:storage:BlobContainer": (_, inputs) => ({ name: inputs["containerName"] }),
  "azure-native:containerregistry:Registry": (_, inputs) => ({
    name: inputs["registryName"],
    loginServer: `${text(inputs, "registryName")}.azurecr.io`,
  }),
  "azure-native:managedidentity:UserAssignedIdentity": (name, inputs) => ({
    name: inputs["resourceName"],
    principalId: `principal-of-${name}`,
    clientId: `client-of-${name}`,
  }),
  "azure-native:containerservice:ManagedCluster": (_, inputs) => ({
    name: inputs["resourceName"],
    oidcIssuerProfile: { enabled: true, issuerURL: "https://issuer.example.com/" },
    networkProfile: networkProfile(inputs),
  }),
};

/** With a load balancer for what leaves, AKS puts its address into the group of the nodes. */
function networkProfile({ networkProfile: declared, nodeResourceGroup }: State): State {
  const profile = declared as State;
  if (profile["outboundType"] !== "loadBalancer") return profile;
  const id = `/subscriptions/${subscriptionId}/resourceGroups/${String(nodeResourceGroup)}/providers/Microsoft.Network/publicIPAddresses/outbound`;
  return { ...profile, loadBalancerProfile: { effectiveOutboundIPs: [{ id }] } };
}

/** What Azure answers to a question of the program's. */
export const azureAnswers: Readonly<Record<string, (args: State) => State>> = {
  "azure-native:authorization:getClientToken": () => ({ token: "planted-azure-token" }),
  "azure-native:authorization:getClientConfig": () => ({
    clientId: "client-of-deployer",
    objectId: "object-of-deployer",
    tenantId: "tenant",
    subscriptionId,
  }),
  "azure-native:containerservice:listManagedClusterUserCredentials": () => ({
    kubeconfigs: [{ name: "clusterUser", value: Buffer.from(listedKubeconfig).toString("base64") }],
  }),
  "azure-native:containerservice:getManagedCluster": () => ({
    oidcIssuerProfile: { issuerURL: "https://issuer.example.com/" },
    securityProfile: { workloadIdentity: { enabled: true } },
    identity: { type: "SystemAssigned", principalId: "principal-of-given-cluster" },
    identityProfile: { kubeletidentity: { objectId: "principal-of-given-kubelet" } },
  }),
  "azure-native:containerregistry:getRegistry": ({ registryName }) => ({
    loginServer: `${String(registryName)}.azurecr.io`,
  }),
  "azure-native:storage:getStorageAccount": ({ accountName }) => ({
    primaryEndpoints: { blob: `https://${String(accountName)}.blob.core.windows.net/` },
  }),
  "azure-native:network:getPublicIPAddress": ({ publicIpAddressName }) => ({
    ipAddress: publicIpAddressName === "outbound" ? "198.51.100.8" : "198.51.100.9",
  }),
};
