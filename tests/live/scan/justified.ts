/** Examples that are scanned: the guide's values in two sizes. */
export type ScannedSize = "dev" | "prod";

/** A failure that stays, and why. */
export interface Justification {
  readonly check: string;
  /** Type and name as checkov has them. */
  readonly resource: string;
  /** Sizes it is seen in. @default - both */
  readonly sizes?: readonly ScannedSize[];
  readonly reason: string;
  /** Key with which an operator who sees it otherwise makes the failure go away. */
  readonly remedy?: string;
}

const registry = "Microsoft.ContainerRegistry/registries.spaceliftacrabc123";
const account = "Microsoft.Storage/storageAccounts.spaceliftstabc123";
const cluster = "Microsoft.ContainerService/managedClusters.spacelift-aks";
const pool = (name: string): string =>
  `Microsoft.ContainerService/managedClusters/agentPools.spacelift-aks/${name}`;

const encryption = {
  check: "CKV_AZURE_227",
  reason:
    "Encryption at host takes a feature that must be registered for the subscription first. Disks are encrypted at rest without it.",
  remedy: "aks.cluster.encryptionAtHost",
} as const;

/** Every failure of the scan that is accepted. One that is not here, or no longer seen, fails the test. */
export const justified: readonly Justification[] = [
  {
    check: "CKV_AZURE_4",
    resource: cluster,
    reason: "Logs go to a Log Analytics workspace of the operator's, which the guide has none of.",
    remedy: "aks.cluster.logAnalyticsWorkspaceId",
  },
  {
    check: "CKV_AZURE_6",
    resource: cluster,
    reason:
      "The example lets everybody reach the API server, because it cannot know the operator's ranges, and says so. There is no default: sizes other than dev insist on a choice.",
    remedy: "aks.cluster.authorizedRanges",
  },
  {
    check: "CKV_AZURE_8",
    resource: cluster,
    reason:
      "It asks for a dashboard that is switched off. AKS dropped the add-on with Kubernetes 1.19, and clouds other than the public one refuse its name.",
  },
  {
    check: "CKV_AZURE_141",
    resource: cluster,
    reason:
      "The guide's kubeconfig is that of a local account. Without one, kubelogin must be there wherever the program runs.",
    remedy: "aks.cluster.entra",
  },
  {
    check: "CKV_AZURE_172",
    resource: cluster,
    reason:
      "The add-on whose secrets would be rotated is not installed: Spacelift reads Kubernetes secrets, and a changed one restarts its pods.",
  },
  { ...encryption, resource: cluster },
  { ...encryption, resource: pool("apps"), sizes: ["prod"] },
  { ...encryption, resource: pool("runs"), sizes: ["prod"] },
  {
    check: "CKV_AZURE_35",
    resource: account,
    reason:
      "Browsers and workers fetch and put objects themselves, with signed URLs, and from addresses that only the operator knows.",
    remedy: "aks.storage.allowedRanges",
  },
  {
    check: "CKV_AZURE_59",
    resource: account,
    reason:
      "Signed URLs lead browsers and workers to the public address of the account. Anonymous access and shared keys are off.",
    remedy: "aks.storage.accountId",
  },
  {
    check: "CKV_AZURE_206",
    resource: account,
    reason:
      "Objects are copied to three zones. The example's region has no pair in which further copies could be.",
    remedy: "aks.storage.sku",
  },
  {
    check: "CKV_AZURE_139",
    resource: registry,
    reason:
      "The program pushes the images from where it runs, and a registry without a public address takes the Premium tier and a private endpoint.",
    remedy: "aks.registry.id",
  },
  {
    check: "CKV_AZURE_166",
    resource: registry,
    reason:
      "Quarantine holds back every image until a scanner of the operator's releases it; without one, no pod would ever start.",
    remedy: "aks.registry.id",
  },
  {
    check: "CKV_AZURE_233",
    resource: registry,
    reason:
      "Azure keeps every registry in several zones by itself, in all tiers and all regions that have zones. The property is from when that was a choice.",
  },
];
