import { ArmError } from "../../../../azure/arm-error";
import { type Check, type CheckContext, type Finding, skipped } from "../../../check";
import { armFinding, azureCheck } from "../azure-check";
import type { AzureFacts } from "../facts";
import { holdsInstallation } from "../own-resources";
import type { AzureAccess, AzureSession } from "../session";
import { clusterFinding } from "./cluster";
import { registryFinding, storageFinding, workspaceFinding } from "./data-services";
import { dnsZoneFinding } from "./dns-zone";
import { privateZoneFinding } from "./private-zone";
import { publicIpFinding } from "./public-ip";
import { resourceGroupFinding } from "./resource-group";
import { databaseSubnetFinding, nodeSubnetFinding } from "./subnets";

const name = { id: "azure.given", title: "Given parts" };

/** Whether what the operator brings is there, and suits. */
export const givenCheck = (session: AzureSession, facts: AzureFacts): Check =>
  azureCheck(session, {
    ...name,
    run: async (access, context) => {
      const looks = givenLooks(access, context, facts);
      if (looks.length === 0) return [skipped(name, "everything is made")];
      return Promise.all(
        looks.map(async ([part, look]) => {
          try {
            return await look();
          } catch (error) {
            const of = { id: `${name.id}.${part}`, title: `${name.title}: ${part}` };
            if (error instanceof ArmError) return armFinding(of, error);
            throw error;
          }
        }),
      );
    },
  });

function givenLooks(
  access: AzureAccess,
  context: CheckContext,
  facts: AzureFacts,
): readonly (readonly [string, () => Promise<Finding>])[] {
  const { network, cluster, storage, registry, dns, resourceGroup, prefix } = access.section;
  const looks: (readonly [string, () => Promise<Finding>])[] = [];
  const add = (part: string, id: string | undefined, look: (id: string) => Promise<Finding>): void => {
    if (id !== undefined) looks.push([part, () => look(id)]);
  };
  if (!resourceGroup.create) looks.push(["group", () => resourceGroupFinding(access)]);
  add("nodeSubnet", network.nodeSubnetId, (id) => nodeSubnetFinding(access, id));
  add("databaseSubnet", network.databaseSubnetId, (id) => databaseSubnetFinding(access, id));
  add("privateZone", network.privateDnsZoneId, (id) => privateZoneFinding(access, id));
  add("address", network.publicIpId, (id) => publicIpFinding(access, id));
  add("dnsZone", dns.zoneId, async (id) => {
    const installed = holdsInstallation(await facts.groupResources(access), prefix);
    return dnsZoneFinding(access, context, id, installed);
  });
  add("cluster", cluster.existingId, (id) => clusterFinding(access, context, id));
  add("registry", registry.id, (id) => registryFinding(access, context, id));
  add("storage", storage.accountId, (id) => storageFinding(access, id));
  add("logAnalytics", cluster.logAnalyticsWorkspaceId, (id) => workspaceFinding(access, id));
  return looks;
}
