import { ArmError } from "../../../azure/arm-error";
import { CredentialProblem } from "../../../azure/credential-problem";
import {
  type Check,
  type CheckContext,
  type Finding,
  type FindingName,
  failed,
  skipped,
  warning,
} from "../../check";
import type { AzureAccess, AzureSession } from "./session";

/** A check that reads from Azure. */
export interface AzureCheck {
  readonly id: string;
  readonly title: string;
  /** Says why the check does not apply to a configuration of the target `aks`. */
  readonly skip?: Check["skip"];
  readonly run: (access: AzureAccess, context: CheckContext) => Promise<readonly Finding[]>;
}

const timeoutMs = 60_000;

// What is wrong with the login or the subscription is said once, by the checks that look at these.
const subscriptionCodes = new Set([
  "SubscriptionNotFound",
  "InvalidSubscriptionId",
  "InvalidAuthenticationToken",
  "InvalidAuthenticationTokenTenant",
  "ExpiredAuthenticationToken",
  "Unreachable",
]);

/** Says that a check is for the target `aks` alone. */
export const otherTarget: NonNullable<Check["skip"]> = ({ settings }) =>
  settings.target === "aks" ? undefined : "the target is not Azure";

/** Makes a check of one that reads from Azure: without a login or a subscription there is nothing to read. */
export function azureCheck(session: AzureSession, check: AzureCheck): Check {
  const name = { id: check.id, title: check.title };
  return {
    ...name,
    timeoutMs,
    skip: (subject) => otherTarget(subject) ?? check.skip?.(subject),
    run: async (context) => {
      try {
        return await check.run(await session.access(context), context);
      } catch (error) {
        if (error instanceof CredentialProblem) {
          return [skipped(name, "not looked at: there is no token, see azure.credentials")];
        }
        if (error instanceof ArmError) return [armFinding(name, error)];
        throw error;
      }
    },
  };
}

/** What an error of Azure Resource Manager means for a check that did not expect it. */
export function armFinding(name: FindingName, error: ArmError): Finding {
  const { code, status, message } = error;
  if (subscriptionCodes.has(code)) {
    return skipped(name, "not looked at: the subscription cannot be read, see azure.subscription");
  }
  if (code === "MissingSubscriptionRegistration") {
    return skipped(name, "not looked at: a resource provider is not registered, see azure.providers");
  }
  if (status === 403) {
    return warning(
      name,
      `could not be looked at: ${message}`,
      "run `az role assignment create --assignee <object id> --role Reader --scope /subscriptions/<id>`, or have somebody look who may",
    );
  }
  if (status === 429 || status === 503) {
    return warning(name, `could not be looked at: Azure is busy, ${message}`, "try again later");
  }
  return failed(name, `could not be looked at: ${message}`, "try again; see https://status.azure.com");
}
