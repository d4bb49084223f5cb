import { z } from "zod";
import { setCommand } from "../../../../config/problems";
import { type Check, type Finding, failed, passed, warning } from "../../check";
import { azureCheck } from "./azure-check";
import type { ClusterState } from "./cluster-state";
import type { AzureFacts } from "./facts";
import { madeParts, newPart } from "./made";
import type { AzureSession } from "./session";

const names = {
  version: { id: "azure.kubernetes", title: "Kubernetes version" },
  cluster: { id: "azure.kubernetes.cluster", title: "State of the cluster" },
} as const;
const key = "aks.cluster.kubernetesVersion";

const offered = z.object({
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

/** Whether AKS offers the version of Kubernetes, and the cluster that is there can get to it. */
export const kubernetesCheck = (session: AzureSession, facts: AzureFacts): Check =>
  azureCheck(session, {
    ...names.version,
    skip: (subject) => (madeParts(subject).cluster ? undefined : "the cluster is given"),
    run: async (access) => {
      const { arm, subscription, section } = access;
      const { kubernetesVersion: wanted, tier } = newPart(access.complete.cluster);
      const path = `${subscription}/providers/Microsoft.ContainerService/locations/${section.location}/kubernetesVersions`;
      const [{ values }, cluster] = await Promise.all([
        arm.get({ api: "containerService", path }, offered),
        facts.ownCluster(access),
      ]);
      const supported = values
        .filter(
          ({ isPreview, capabilities }) =>
            isPreview !== true && capabilities?.supportPlan?.includes(supportPlans[tier]) !== false,
        )
        .map(({ version }) => version)
        .sort((a, b) => minorOf(a) - minorOf(b));
      if (!cluster) return [newCluster(wanted, supported, section.location)];
      return [upgrade(wanted, supported, cluster), stateFinding(cluster)];
    },
  });

function newCluster(wanted: string, supported: readonly string[], location: string): Finding {
  if (supported.includes(wanted)) return passed(names.version, `${location} offers ${wanted}`);
  return failed(
    names.version,
    `${location} offers ${supported.join(", ")}, not ${wanted}`,
    setCommand(key, supported.at(-2) ?? supported.at(-1) ?? "1.36"),
  );
}

function upgrade(wanted: string, supported: readonly string[], { properties }: ClusterState): Finding {
  const now = minorOf(properties.currentKubernetesVersion ?? properties.kubernetesVersion);
  const target = minorOf(wanted);
  if (target === now) {
    if (supported.includes(wanted)) return passed(names.version, `the cluster runs ${wanted}`);
    return warning(
      names.version,
      `the cluster runs ${wanted}, which AKS supports no longer`,
      setCommand(key, versionOf(now + 1)),
    );
  }
  const from = versionOf(now);
  if (target < now) {
    return failed(
      names.version,
      `the cluster runs ${from}, and AKS never goes back to ${wanted}`,
      setCommand(key, from),
    );
  }
  if (target > now + 1) {
    return failed(
      names.version,
      `the cluster runs ${from}, and AKS takes one minor version at a time, not ${wanted} at once`,
      `${setCommand(key, versionOf(now + 1))}, deploy, and go on from there`,
    );
  }
  if (!supported.includes(wanted)) {
    return failed(names.version, `AKS offers ${supported.join(", ")}, not ${wanted}`, setCommand(key, from));
  }
  const behind = properties.agentPoolProfiles.filter(
    ({ orchestratorVersion }) =>
      orchestratorVersion !== undefined && target - minorOf(orchestratorVersion) > 3,
  );
  if (behind.length > 0) {
    const pools = behind.map((pool) => `${pool.name} (${pool.orchestratorVersion ?? ""})`).join(", ");
    return failed(
      names.version,
      `nodes may be three minor versions behind ${wanted}, these are more: ${pools}`,
      "upgrade the pools with `az aks nodepool upgrade` first",
    );
  }
  return passed(names.version, `the cluster can go from ${from} to ${wanted}`);
}

function stateFinding({ id, properties }: ClusterState): Finding {
  const { provisioningState, powerState } = properties;
  if (powerState?.code === "Stopped") {
    return failed(names.cluster, "the cluster is stopped", `run \`az aks start --ids ${id}\``);
  }
  if (provisioningState === "Succeeded") return passed(names.cluster, "the cluster is at rest");
  if (provisioningState === "Failed") {
    return warning(
      names.cluster,
      "the cluster's last change failed",
      `run \`az aks update --ids ${id}\`, which brings it back to what was asked for`,
    );
  }
  return failed(
    names.cluster,
    `the cluster is busy (${provisioningState}), and takes no other change`,
    `wait: \`az aks wait --ids ${id} --updated\``,
  );
}
