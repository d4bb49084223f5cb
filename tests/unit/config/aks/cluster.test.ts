import { configuredAks, givenIds } from "../../../support/azure-configurations";
import { samples } from "../../../support/configurations";
import { rejects, section, wrongFrom } from "../../../support/wrong-configurations";

const wrong = wrongFrom(configuredAks);
const aks = section("aks");
const cluster = section("aks", "cluster");

describe("rules of the cluster on Azure", () => {
  rejects([
    wrong(
      "a retired version of Kubernetes",
      cluster({ kubernetesVersion: "1.30" }),
      '`spacelift:aks.cluster.kubernetesVersion`: must be one of 1.34, 1.35, 1.36, 1.37, which AKS supports, got "1.30"; run `pulumi config set --path spacelift:aks.cluster.kubernetesVersion 1.36`',
    ),
    wrong(
      "a patch version of Kubernetes",
      cluster({ kubernetesVersion: "1.36.2" }),
      '`spacelift:aks.cluster.kubernetesVersion`: must be a minor version such as "1.36", in quotes: AKS picks the patch, got "1.36.2"; run `pulumi config set --path spacelift:aks.cluster.kubernetesVersion 1.36`',
    ),
    wrong(
      "a version of Kubernetes as a number",
      cluster({ kubernetesVersion: 1.36 }),
      "`spacelift:aks.cluster.kubernetesVersion`: must be a string, got 1.36; run `pulumi config set --path spacelift:aks.cluster.kubernetesVersion 1.36`",
    ),
    wrong(
      "nobody said to reach the API server",
      cluster({ authorizedRanges: undefined }),
      '`spacelift:aks.cluster.authorizedRanges`: is missing: with size `prod`, say who reaches the API server; set `authorizedRanges: ["203.0.113.0/24"]` there in the stack file, with "0.0.0.0/0" for everybody',
    ),
    wrong(
      "an empty list of who reaches the API server",
      cluster({ authorizedRanges: [] }),
      '`spacelift:aks.cluster.authorizedRanges`: must not be empty, which would let in everybody without saying so; set `authorizedRanges: ["0.0.0.0/0"]` there in the stack file',
    ),
    wrong(
      "everybody beside others who reach the API server",
      cluster({ authorizedRanges: ["203.0.113.0/24", "0.0.0.0/0"] }),
      '`spacelift:aks.cluster.authorizedRanges`: must be 0.0.0.0/0 alone or without it, which lets in everybody; set `authorizedRanges: ["0.0.0.0/0"]` there in the stack file',
    ),
    wrong(
      "ranges for a private cluster",
      cluster({ private: true }),
      "`spacelift:aks.cluster.authorizedRanges`: contradicts `private`: a private API server has no public address to guard; run `pulumi config rm --path spacelift:aks.cluster.authorizedRanges`",
    ),
    wrong(
      "Entra ID that lets nobody in",
      cluster({ entra: { azureRbac: false } }),
      '`spacelift:aks.cluster.entra.adminGroupIds`: is missing: without `azureRbac`, nobody could log in; set `adminGroupIds: ["00000000-0000-0000-0000-000000000000"]` there in the stack file',
    ),
    wrong(
      "a group by its name",
      cluster({ entra: { adminGroupIds: ["admins"] } }),
      "`spacelift:aks.cluster.entra.adminGroupIds[0]`: must be a GUID in lower case such as 00000000-0000-0000-0000-000000000000, got \"admins\"; run `pulumi config set --path 'spacelift:aks.cluster.entra.adminGroupIds[0]' 00000000-0000-0000-0000-000000000000`",
    ),
    wrong(
      "maintenance of everything on one day",
      cluster({ maintenance: { day: "Saturday" } }),
      '`spacelift:aks.database.maintenance.day`: must be another day than `aks.cluster.maintenance.day`, got "Saturday"; run `pulumi config set --path spacelift:aks.database.maintenance.day Monday`',
    ),
    wrong(
      "a time without minutes",
      cluster({ maintenance: { startTime: "2am" } }),
      '`spacelift:aks.cluster.maintenance.startTime`: must be a time such as "02:00", got "2am"; run `pulumi config set --path spacelift:aks.cluster.maintenance.startTime 02:00`',
    ),
    wrong(
      "a maintenance window too short for Azure",
      cluster({ maintenance: { hours: 1 } }),
      "`spacelift:aks.cluster.maintenance.hours`: must be at least 4, got 1; run `pulumi config set --path spacelift:aks.cluster.maintenance.hours 4`",
    ),
    wrong(
      "a version for a cluster that is given",
      {
        ...aks({
          network: { databaseSubnetId: givenIds.databaseSubnet },
          cluster: { existingId: givenIds.cluster, authorizedRanges: undefined, kubernetesVersion: "1.36" },
        }),
      },
      "`spacelift:aks.cluster.kubernetesVersion`: has no use: the cluster exists already; run `pulumi config rm --path spacelift:aks.cluster.kubernetesVersion`",
    ),
    ...["private", "encryptionAtHost"].map((name) =>
      wrong(
        `${name} for a cluster that is given`,
        cluster({ existingId: givenIds.cluster, authorizedRanges: undefined, [name]: true }),
        `\`spacelift:aks.cluster.${name}\`: has no use: the cluster exists already; run \`pulumi config rm --path spacelift:aks.cluster.${name}\``,
      ),
    ),
    wrong(
      "a system pool for a cluster that is given",
      cluster({ existingId: givenIds.cluster, authorizedRanges: undefined, systemPool: { maxCount: 5 } }),
      "`spacelift:aks.cluster.systemPool.maxCount`: has no use: the cluster exists already; run `pulumi config rm --path spacelift:aks.cluster.systemPool.maxCount`",
    ),
    ...["podCidr", "serviceCidr"].map((name) =>
      wrong(
        `${name} for a cluster that is given`,
        aks({
          cluster: { existingId: givenIds.cluster, authorizedRanges: undefined },
          network: { [name]: "10.250.0.0/16" },
        }),
        `\`spacelift:aks.network.${name}\`: has no use: the cluster exists already; run \`pulumi config rm --path spacelift:aks.network.${name}\``,
      ),
    ),
    wrong(
      "a range of a network for a cluster that is given",
      aks({
        cluster: { existingId: givenIds.cluster, authorizedRanges: undefined },
        network: { nodeCidr: "10.30.0.0/22" },
      }),
      "`spacelift:aks.network.nodeCidr`: has no use: the network exists already; run `pulumi config rm --path spacelift:aks.network.nodeCidr`",
      { databaseUrl: samples.databaseUrl },
    ),
    wrong(
      "a region of logs without a workspace",
      cluster({ logAnalyticsLocation: "westeurope" }),
      "`spacelift:aks.cluster.logAnalyticsLocation`: has no use: there is no `logAnalyticsWorkspaceId`; run `pulumi config rm --path spacelift:aks.cluster.logAnalyticsLocation`",
    ),
    wrong(
      "no roles for a cluster that is made",
      cluster({ assignRoles: false }),
      "`spacelift:aks.cluster.assignRoles`: must be true: new identities have no roles yet; run `pulumi config rm --path spacelift:aks.cluster.assignRoles`",
    ),
    wrong(
      "a database out of reach of the given cluster",
      cluster({ existingId: givenIds.cluster, authorizedRanges: undefined }),
      "`spacelift:aks.network.databaseSubnetId`: is missing: the database must be in a network that the existing cluster reaches; set it to the id of a subnet delegated to Microsoft.DBforPostgreSQL/flexibleServers, or give the secret `databaseUrl`",
    ),
    wrong(
      "a kubeconfig for a cluster that is made",
      {},
      "`spacelift:kubeconfig`: has no use: the cluster is created, and its kubeconfig with it; run `pulumi config rm spacelift:kubeconfig`",
      { kubeconfig: "clusters: []\nusers: []\n" },
    ),
  ]);
});
