import { z } from "zod";
import { fixedNames } from "../../components/platform/aks/names";
import { setCommand } from "../../config/problems";
import { type Finding, finding } from "../check";
import { AzureCheck } from "./check";
import { newPart } from "./parts";
import type { AzureContext } from "./session";

/** Whether AKS offers the version of Kubernetes, and the cluster of an earlier deployment can get to it. */
export const kubernetesCheck = new AzureCheck(
  "azure.kubernetes",
  "Kubernetes version",
  checkKubernetes,
  "cluster",
);

const stateCheck = finding("azure.kubernetes.cluster", "State of the cluster");

const key = "aks.cluster.kubernetesVersion";

const clusterSchema = z.object({
  id: z.string(),
  name: z.string(),
  location: z.string(),
  identity: z.object({ type: z.string() }).optional(),
  properties: z.object({
    provisioningState: z.string(),
    powerState: z.object({ code: z.string() }).optional(),
    kubernetesVersion: z.string(),
    currentKubernetesVersion: z.string().optional(),
    nodeResourceGroup: z.string().optional(),
    agentPoolProfiles: z
      .array(
        z.object({
          name: z.string(),
          count: z.number().default(0),
          vmSize: z.string().default(""),
          orchestratorVersion: z.string().optional(),
        }),
      )
      .default([]),
    oidcIssuerProfile: z
      .object({ enabled: z.boolean().optional(), issuerURL: z.string().optional() })
      .optional(),
    securityProfile: z
      .object({ workloadIdentity: z.object({ enabled: z.boolean().optional() }).optional() })
      .optional(),
    identityProfile: z.record(z.string(), z.object({ objectId: z.string().optional() })).optional(),
    networkProfile: z
      .object({ networkPolicy: z.string().optional(), networkDataplane: z.string().optional() })
      .optional(),
    disableLocalAccounts: z.boolean().optional(),
  }),
});

/** A cluster, as far as the checks look at it. */
export type ClusterState = z.output<typeof clusterSchema>;

/** Reads a cluster that may not exist. */
export const findCluster = ({ arm }: AzureContext, id: string): Promise<ClusterState | undefined> =>
  arm.find({ api: "containerService", path: id }, clusterSchema);

/** Id of the cluster that the program creates. */
export function ownClusterId({ group, section }: AzureContext): string {
  const { cluster } = fixedNames(section.prefix, section.resourceGroup.name);
  return `${group}/providers/Microsoft.ContainerService/managedClusters/${cluster}`;
}

/** The cluster of an earlier deployment; undefined before the first, and when an existing cluster is used. */
export const findOwnCluster = async (azure: AzureContext): Promise<ClusterState | undefined> =>
  azure.isNew.cluster ? findCluster(azure, ownClusterId(azure)) : undefined;

const versionsSchema = z.object({
  values: z.array(
    z.object({
      version: z.string(),
      isPreview: z.boolean().nullish(),
      capabilities: z.object({ supportPlan: z.array(z.string()).nullish() }).optional(),
    }),
  ),
});

/** The support that a tier comes with. */
const supportPlans = {
  Free: "KubernetesOfficial",
  Standard: "KubernetesOfficial",
  Premium: "AKSLongTermSupport",
} as const;

const minorOf = (version: string): number => Number(version.split(".")[1] ?? Number.NaN);
const versionOf = (minor: number): string => `1.${minor}`;

async function checkKubernetes(azure: AzureContext): Promise<readonly Finding[]> {
  const { arm, subscription, section, complete } = azure;
  const { kubernetesVersion: wanted, tier } = newPart(complete.cluster);
  const path = `${subscription}/providers/Microsoft.ContainerService/locations/${section.location}/kubernetesVersions`;
  const [{ values }, cluster] = await Promise.all([
    arm.get({ api: "containerService", path }, versionsSchema),
    azure.once(findOwnCluster),
  ]);
  const supported = values
    .filter(
      ({ isPreview, capabilities }) =>
        isPreview !== true && capabilities?.supportPlan?.includes(supportPlans[tier]) !== false,
    )
    .map(({ version }) => version)
    .sort((a, b) => minorOf(a) - minorOf(b));
  return cluster
    ? [upgradeFinding(wanted, supported, cluster), stateFinding(cluster)]
    : [offerFinding(wanted, supported, section.location)];
}

const offerFinding = (wanted: string, supported: readonly string[], location: string): Finding =>
  supported.includes(wanted)
    ? kubernetesCheck.passed(`${location} offers ${wanted}`)
    : kubernetesCheck.failed(
        `${location} offers ${supported.join(", ")}, not ${wanted}`,
        setCommand(key, supported.at(-2) ?? supported.at(-1) ?? "1.36"),
      );

function upgradeFinding(wanted: string, supported: readonly string[], { properties }: ClusterState): Finding {
  const now = minorOf(properties.currentKubernetesVersion ?? properties.kubernetesVersion);
  const target = minorOf(wanted);
  const from = versionOf(now);
  const next = setCommand(key, versionOf(now + 1));
  const back = setCommand(key, from);
  if (target === now) {
    return supported.includes(wanted)
      ? kubernetesCheck.passed(`the cluster runs ${wanted}`)
      : kubernetesCheck.warning(`the cluster runs ${wanted}, which AKS supports no longer`, next);
  }
  if (target < now) {
    return kubernetesCheck.failed(`the cluster runs ${from}, and AKS never goes back to ${wanted}`, back);
  }
  if (target > now + 1) {
    return kubernetesCheck.failed(
      `the cluster runs ${from}, and AKS takes one minor version at a time, not ${wanted} at once`,
      `${next}, deploy, and go on from there`,
    );
  }
  if (!supported.includes(wanted)) {
    return kubernetesCheck.failed(`AKS offers ${supported.join(", ")}, not ${wanted}`, back);
  }
  const behind = properties.agentPoolProfiles.filter(
    ({ orchestratorVersion }) =>
      orchestratorVersion !== undefined && target - minorOf(orchestratorVersion) > 3,
  );
  const pools = behind.map(({ name, orchestratorVersion = "" }) => `${name} (${orchestratorVersion})`);
  return pools.length === 0
    ? kubernetesCheck.passed(`the cluster can go from ${from} to ${wanted}`)
    : kubernetesCheck.failed(
        `nodes may be three minor versions behind ${wanted}, these are more: ${pools.join(", ")}`,
        "upgrade the pools with `az aks nodepool upgrade` first",
      );
}

function stateFinding({ id, properties: { provisioningState, powerState } }: ClusterState): Finding {
  if (powerState?.code === "Stopped") {
    return stateCheck.failed("the cluster is stopped", `run \`az aks start --ids ${id}\``);
  }
  if (provisioningState === "Succeeded") return stateCheck.passed("the cluster is at rest");
  return provisioningState === "Failed"
    ? stateCheck.warning(
        "the cluster's last change failed",
        `run \`az aks update --ids ${id}\`, which brings it back to what was asked for`,
      )
    : stateCheck.failed(
        `the cluster is busy (${provisioningState}), and takes no other change`,
        `wait: \`az aks wait --ids ${id} --updated\``,
      );
}
