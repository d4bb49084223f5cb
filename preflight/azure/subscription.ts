import { z } from "zod";
import { ArmError } from "../../automation/azure/arm-client";
import { CredentialProblem, methodNames } from "../../automation/azure/credentials";
import { setCommand } from "../../config/problems";
import { type Check, type CheckContext, type Finding, finding, type PreflightInput } from "../check";
import { AzureCheck, otherTarget, timeoutMs } from "./check";
import { newParts } from "./parts";
import type { AzureContext, AzureLogin, AzureSession } from "./session";

const loginCheck = finding("azure.credentials", "Login to Azure");

/** A deployment takes up to half an hour; a token that cannot be renewed should outlive it. */
const ENOUGH_MS = 40 * 60_000;

/** Whether the credentials that Pulumi's provider would use give a token, and whose. */
export const credentialsCheck = (session: AzureSession): Check => ({
  id: loginCheck.id,
  title: loginCheck.title,
  timeoutMs,
  skip: otherTarget,
  run: async (context) => {
    try {
      return [loginFinding(await session.login(context), context)];
    } catch (error) {
      if (error instanceof CredentialProblem) return [loginCheck.failed(error.message, error.fix)];
      throw error;
    }
  },
});

function loginFinding({ method, account }: AzureLogin, { env, now }: CheckContext): Finding {
  const { type, name, objectId, tenantId, expires } = account;
  const who = [type === "User" ? "user" : "application", name].join(" ").trim();
  const found = `${who} (object ${objectId}) of tenant ${tenantId}, by ${methodNames[method]}, until ${expires.toISOString()}`;
  const { ARM_TENANT_ID: wanted = "" } = env;
  if (wanted !== "" && wanted.toLowerCase() !== tenantId.toLowerCase()) {
    const fix = `set ARM_TENANT_ID to ${tenantId}, or log in to ${wanted}`;
    return loginCheck.failed(`ARM_TENANT_ID is ${wanted}, yet the login is that of ${found}`, fix);
  }
  const left = expires.getTime() - now().getTime();
  if (method === "oidc" && left < ENOUGH_MS) {
    const minutes = Math.max(0, Math.floor(left / 60_000));
    const fix = "start the job again right before the deployment";
    return loginCheck.warning(`the token ends in ${minutes} min: ${found}`, fix);
  }
  return loginCheck.passed(found);
}

/** Whether the subscription exists and can be deployed to. */
export const subscriptionCheck = new AzureCheck("azure.subscription", "Subscription", checkSubscription);

const key = "aks.subscriptionId";

const subscriptionSchema = z.object({
  subscriptionId: z.string(),
  displayName: z.string().default(""),
  state: z.string(),
});

async function checkSubscription(azure: AzureContext): Promise<readonly Finding[]> {
  try {
    const found = await azure.arm.get({ api: "subscriptions", path: azure.subscription }, subscriptionSchema);
    return [stateFinding(found)];
  } catch (error) {
    if (error instanceof ArmError) return [errorFinding(error, azure)];
    throw error;
  }
}

function stateFinding({ displayName, subscriptionId, state }: z.output<typeof subscriptionSchema>): Finding {
  const found = `${displayName} (${subscriptionId}) is in state ${state}`;
  switch (state) {
    case "Enabled":
      return subscriptionCheck.passed(found);
    case "Warned":
    case "PastDue":
      return subscriptionCheck.warning(
        found,
        "settle its bill before Azure disables it, or choose another subscription",
      );
    default:
      return subscriptionCheck.failed(
        found,
        `have it enabled again, or ${setCommand(key, "<id of another>")}`,
      );
  }
}

function errorFinding(error: ArmError, { login, section: { subscriptionId } }: AzureContext): Finding {
  const { method, account } = login;
  const { code, status, message, tenantId: other } = error;
  if (status === 401 && other !== undefined && other.toLowerCase() !== account.tenantId.toLowerCase()) {
    return subscriptionCheck.failed(
      `${subscriptionId} belongs to tenant ${other}, the login to ${account.tenantId}`,
      method === "cli" || method === "default"
        ? `run \`az login --tenant ${other}\``
        : `set ARM_TENANT_ID to ${other} and ARM_CLIENT_ID to an application there`,
    );
  }
  if (code === "SubscriptionNotFound" || code === "InvalidSubscriptionId") {
    return subscriptionCheck.failed(
      `the login knows no subscription ${subscriptionId}`,
      `${setCommand(key, "<id>")} with one that \`az account list --output table\` shows, or give object ${account.objectId} a role on it`,
    );
  }
  if (status === 403) {
    return subscriptionCheck.failed(
      `the login has no role on ${subscriptionId}: ${message}`,
      `run \`az role assignment create --assignee-object-id ${account.objectId} --assignee-principal-type ${account.type} --role Contributor --scope /subscriptions/${subscriptionId}\``,
    );
  }
  if (status === 429 || status === 503) return subscriptionCheck.skipped(`Azure is busy: ${message}`);
  return subscriptionCheck.failed(
    `cannot be read: ${message}`,
    code === "Unreachable"
      ? "let this machine reach Azure Resource Manager, or set HTTPS_PROXY"
      : "log in again, and see https://status.azure.com",
  );
}

/** Whether the resource providers are registered, without which Azure refuses to create anything of theirs. */
export const providersCheck = new AzureCheck("azure.providers", "Resource providers", checkProviders);

const featureCheck = finding("azure.providers.encryptionAtHost", "Feature EncryptionAtHost");

const providerSchema = z.object({ namespace: z.string(), registrationState: z.string() });
const featureSchema = z.object({ properties: z.object({ state: z.string() }) });

async function checkProviders(azure: AzureContext): Promise<readonly Finding[]> {
  const { arm, subscription, section, complete } = azure;
  const states = await Promise.all(
    neededNamespaces(azure).map(async (namespace) => {
      const path = `${subscription}/providers/${namespace}`;
      const found = await arm.find({ api: "resources", path }, providerSchema);
      return { namespace, state: found?.registrationState ?? "unknown" };
    }),
  );
  return [
    providersFinding(states, section.subscriptionId),
    ...(complete.cluster.kind === "new" && complete.cluster.encryptionAtHost
      ? [await findFeature(azure)]
      : []),
  ];
}

/** The namespaces of what a configuration creates or uses. */
export function neededNamespaces(
  input: Pick<PreflightInput, "settings" | "secrets" | "aks">,
): readonly string[] {
  const isNew = newParts(input);
  const { aks } = input;
  const logs = input.settings.aks?.cluster.logAnalyticsWorkspaceId !== undefined;
  const needed = {
    Authorization: true,
    Compute: isNew.cluster,
    ContainerRegistry: true,
    ContainerService: true,
    DBforPostgreSQL: isNew.database,
    Insights: logs || aks?.alerts !== undefined,
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

function providersFinding(
  states: readonly { readonly namespace: string; readonly state: string }[],
  subscriptionId: string,
): Finding {
  const open = states.filter(({ state }) => state !== "Registered");
  if (open.length === 0) return providersCheck.passed(`${states.length} are registered`);
  const reason = open.map(({ namespace, state }) => `${namespace} is ${state}`).join(", ");
  if (open.every(({ state }) => state === "Registering")) {
    return providersCheck.warning(reason, "wait some minutes, then look again");
  }
  const commands = open.map(
    ({ namespace }) =>
      `az provider register --subscription ${subscriptionId} --namespace ${namespace} --wait`,
  );
  return providersCheck.failed(reason, `run \`${commands.join(" && ")}\``);
}

async function findFeature({ arm, subscription, section }: AzureContext): Promise<Finding> {
  const path = `${subscription}/providers/Microsoft.Features/providers/Microsoft.Compute/features/EncryptionAtHost`;
  const found = await arm.find({ api: "features", path }, featureSchema);
  const state = found?.properties.state ?? "unknown";
  if (state === "Registered") return featureCheck.passed("is registered");
  const register = `az feature register --subscription ${section.subscriptionId} --namespace Microsoft.Compute --name EncryptionAtHost`;
  return featureCheck.failed(
    `is ${state}`,
    `run \`${register}\`, wait until it is Registered, and run \`az provider register --namespace Microsoft.Compute\`; or ${setCommand("aks.cluster.encryptionAtHost", false)}`,
  );
}
