import { methodNames } from "../../../azure/credential-choice";
import { CredentialProblem } from "../../../azure/credential-problem";
import { type Check, failed, passed, warning } from "../../check";
import { otherTarget } from "./azure-check";
import type { AzureSession } from "./session";

const name = { id: "azure.credentials", title: "Login to Azure" };

/** A deployment takes up to half an hour; a token that cannot be renewed should outlive it. */
const enoughMs = 40 * 60_000;

/** Whether the credentials that Pulumi's provider would use give a token, and whose. */
export const credentialsCheck = (session: AzureSession): Check => ({
  ...name,
  timeoutMs: 60_000,
  skip: otherTarget,
  run: async (context) => {
    try {
      const { method, account } = await session.login(context);
      const who = [account.type === "User" ? "user" : "application", account.name].join(" ").trim();
      const found = `${who} (object ${account.objectId}) of tenant ${account.tenantId}, by ${methodNames[method]}, until ${account.expires.toISOString()}`;
      const { ARM_TENANT_ID: wanted = "" } = context.env;
      if (wanted !== "" && wanted.toLowerCase() !== account.tenantId.toLowerCase()) {
        const fix = `set ARM_TENANT_ID to ${account.tenantId}, or log in to ${wanted}`;
        return [failed(name, `ARM_TENANT_ID is ${wanted}, yet the login is that of ${found}`, fix)];
      }
      const left = account.expires.getTime() - context.now().getTime();
      if (method === "oidc" && left < enoughMs) {
        const minutes = Math.max(0, Math.floor(left / 60_000));
        const fix = "begin the job anew right before the deployment";
        return [warning(name, `the token ends in ${minutes} min: ${found}`, fix)];
      }
      return [passed(name, found)];
    } catch (error) {
      if (error instanceof CredentialProblem) return [failed(name, error.message, error.fix)];
      throw error;
    }
  },
});
