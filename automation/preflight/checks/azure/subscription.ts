import { z } from "zod";
import { ArmError } from "../../../azure/arm-error";
import { setCommand } from "../../../../config/problems";
import { type Check, type Finding, failed, passed, skipped, warning } from "../../check";
import { azureCheck } from "./azure-check";
import type { AzureAccess, AzureSession } from "./session";

const name = { id: "azure.subscription", title: "Subscription" };
const key = "aks.subscriptionId";

const subscription = z.object({
  subscriptionId: z.string(),
  displayName: z.string().default(""),
  state: z.string(),
});

/** Whether the subscription is there and can be deployed to. */
export const subscriptionCheck = (session: AzureSession): Check =>
  azureCheck(session, {
    ...name,
    run: async (access) => {
      try {
        const found = await access.arm.get({ api: "subscriptions", path: access.subscription }, subscription);
        return [stateFinding(found)];
      } catch (error) {
        if (error instanceof ArmError) return [problemFinding(error, access)];
        throw error;
      }
    },
  });

function stateFinding({ displayName, subscriptionId, state }: z.output<typeof subscription>): Finding {
  const found = `${displayName} (${subscriptionId}) is in state ${state}`;
  switch (state) {
    case "Enabled":
      return passed(name, found);
    case "Warned":
    case "PastDue":
      return warning(name, found, "settle its bill before Azure disables it, or choose another subscription");
    default:
      return failed(name, found, `have it enabled again, or ${setCommand(key, "<id of another>")}`);
  }
}

function problemFinding(error: ArmError, { login, section }: AzureAccess): Finding {
  const { subscriptionId } = section;
  const { account } = login;
  const other = error.tenantId;
  if (error.status === 401 && other !== undefined && other.toLowerCase() !== account.tenantId.toLowerCase()) {
    const fix =
      login.method === "cli" || login.method === "default"
        ? `run \`az login --tenant ${other}\``
        : `set ARM_TENANT_ID to ${other} and ARM_CLIENT_ID to an application there`;
    return failed(
      name,
      `${subscriptionId} belongs to tenant ${other}, the login to ${account.tenantId}`,
      fix,
    );
  }
  if (error.code === "SubscriptionNotFound" || error.code === "InvalidSubscriptionId") {
    return failed(
      name,
      `the login knows no subscription ${subscriptionId}`,
      `${setCommand(key, "<id>")} with one that \`az account list --output table\` shows, or give object ${account.objectId} a role on it`,
    );
  }
  if (error.status === 403) {
    return failed(
      name,
      `the login has no role on ${subscriptionId}: ${error.message}`,
      `run \`az role assignment create --assignee-object-id ${account.objectId} --assignee-principal-type ${account.type} --role Contributor --scope /subscriptions/${subscriptionId}\``,
    );
  }
  if (error.status === 429 || error.status === 503) {
    return skipped(name, `Azure is busy: ${error.message}`);
  }
  const fix =
    error.code === "Unreachable"
      ? "let this machine reach Azure Resource Manager, or set HTTPS_PROXY"
      : "log in again, and see https://status.azure.com";
  return failed(name, `cannot be read: ${error.message}`, fix);
}
