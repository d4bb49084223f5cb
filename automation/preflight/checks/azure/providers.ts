import { z } from "zod";
import { setCommand } from "../../../../config/problems";
import {
  type Check,
  type Finding,
  type FindingName,
  type Subject,
  failed,
  passed,
  warning,
} from "../../check";
import { azureCheck } from "./azure-check";
import { madeParts } from "./made";
import type { AzureAccess, AzureSession } from "./session";

const name = { id: "azure.providers", title: "Resource providers" };
const feature = { id: "azure.providers.encryptionAtHost", title: "Feature EncryptionAtHost" };

const provider = z.object({ namespace: z.string(), registrationState: z.string() });
const registration = z.object({ properties: z.object({ state: z.string() }) });

/** The namespaces of what a configuration makes or uses. */
export function neededNamespaces(subject: Pick<Subject, "settings" | "secrets" | "aks">): readonly string[] {
  const made = madeParts(subject);
  const { aks } = subject;
  const logs = subject.settings.aks?.cluster.logAnalyticsWorkspaceId !== undefined;
  const needed = {
    Authorization: true,
    Compute: made.cluster,
    ContainerRegistry: true,
    ContainerService: true,
    DBforPostgreSQL: made.database,
    Insights: logs,
    ManagedIdentity: true,
    Network: true,
    OperationalInsights: logs,
    OperationsManagement: logs,
    // The add-on of Azure Policy reports to it.
    PolicyInsights: aks?.cluster.kind === "new" && aks.cluster.azurePolicy,
    Storage: true,
  };
  return Object.entries(needed)
    .filter(([, is]) => is)
    .map(([namespace]) => `Microsoft.${namespace}`);
}

/** Whether the resource providers are registered, without which Azure refuses to make anything of theirs. */
export const providersCheck = (session: AzureSession): Check =>
  azureCheck(session, {
    ...name,
    run: async (access, context) => {
      const states = await Promise.all(
        neededNamespaces(context).map(async (namespace) => ({
          namespace,
          state: await stateOf(access, namespace),
        })),
      );
      const { cluster } = access.complete;
      return [
        providersFinding(states, access.section.subscriptionId),
        ...(cluster.kind === "new" && cluster.encryptionAtHost ? [await featureFinding(access)] : []),
      ];
    },
  });

async function stateOf({ arm, subscription }: AzureAccess, namespace: string): Promise<string> {
  const path = `${subscription}/providers/${namespace}`;
  const found = await arm.find({ api: "resources", path }, provider);
  return found?.registrationState ?? "unknown";
}

function providersFinding(
  states: readonly { readonly namespace: string; readonly state: string }[],
  subscriptionId: string,
): Finding {
  const open = states.filter(({ state }) => state !== "Registered");
  if (open.length === 0) return passed(name, `${states.length} are registered`);
  const reason = open.map(({ namespace, state }) => `${namespace} is ${state}`).join(", ");
  if (open.every(({ state }) => state === "Registering")) {
    return warning(name, reason, "wait some minutes, then look again");
  }
  const commands = open.map(
    ({ namespace }) =>
      `az provider register --subscription ${subscriptionId} --namespace ${namespace} --wait`,
  );
  return failed(name, reason, `run \`${commands.join(" && ")}\``);
}

async function featureFinding({ arm, subscription, section }: AzureAccess): Promise<Finding> {
  const of: FindingName = feature;
  const path = `${subscription}/providers/Microsoft.Features/providers/Microsoft.Compute/features/EncryptionAtHost`;
  const found = await arm.find({ api: "features", path }, registration);
  const state = found?.properties.state ?? "unknown";
  if (state === "Registered") return passed(of, "is registered");
  const register = `az feature register --subscription ${section.subscriptionId} --namespace Microsoft.Compute --name EncryptionAtHost`;
  return failed(
    of,
    `is ${state}`,
    `run \`${register}\`, wait until it is Registered, and run \`az provider register --namespace Microsoft.Compute\`; or ${setCommand("aks.cluster.encryptionAtHost", false)}`,
  );
}
