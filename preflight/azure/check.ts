import { ArmError } from "../../automation/azure/arm-client";
import { CredentialProblem } from "../../automation/azure/credentials";
import { setCommand } from "../../config/problems";
import type { AksSection } from "../../config/aks/settings";
import { type Check, type Finding, FindingBuilder, type PreflightInput } from "../check";
import { newParts } from "./parts";
import type { AzureContext, AzureSession } from "./session";

export const timeoutMs = 60_000;

const existing = {
  cluster: "`aks.cluster.existingId` names an existing cluster",
  storage: "`aks.storage.accountId` names an existing storage account",
  database: "the secret `databaseUrl` names an existing database",
} as const;

/** A check that reads from Azure: its id, its title and a function. */
export class AzureCheck extends FindingBuilder {
  constructor(
    id: string,
    title: string,
    readonly run: (azure: AzureContext) => Promise<readonly Finding[]>,
    /** The part it is about, when there is nothing to look at unless that part is new. */
    readonly newPart?: keyof typeof existing,
  ) {
    super(id, title);
  }
}

/** Says that a check is for the target `aks` alone. */
export const otherTarget = ({ settings }: PreflightInput): string | undefined =>
  settings.target === "aks" ? undefined : "the target is not Azure";

function existingPart({ newPart }: AzureCheck, input: PreflightInput): string | undefined {
  return newPart === undefined || newParts(input)[newPart] ? undefined : existing[newPart];
}

/** A check of one that reads from Azure: without a login or a subscription there is nothing to read. */
export const asCheck = (check: AzureCheck, session: AzureSession): Check => ({
  id: check.id,
  title: check.title,
  timeoutMs,
  skip: (input) => otherTarget(input) ?? existingPart(check, input),
  run: async (context) => {
    try {
      return await check.run(await session.open(context));
    } catch (error) {
      if (error instanceof CredentialProblem) {
        return [check.skipped("not looked at: there is no token, see azure.credentials")];
      }
      return [armFinding(check, error)];
    }
  },
});

/** Makes a finding of an error of Azure Resource Manager that a look did not expect. */
export async function orArmFinding(check: FindingBuilder, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    return armFinding(check, error);
  }
}

// What is wrong with the login or the subscription is said once, by the checks that look at these.
const subscriptionCodes = new Set([
  "SubscriptionNotFound",
  "InvalidSubscriptionId",
  "InvalidAuthenticationToken",
  "InvalidAuthenticationTokenTenant",
  "ExpiredAuthenticationToken",
]);

function armFinding(check: FindingBuilder, error: unknown): Finding {
  if (!(error instanceof ArmError)) throw error;
  const { code, status, message } = error;
  if (subscriptionCodes.has(code)) {
    return check.skipped("not looked at: the subscription cannot be read, see azure.subscription");
  }
  if (code === "Unreachable") return check.skipped(`not looked at: ${message}`);
  if (code === "MissingSubscriptionRegistration") {
    return check.skipped("not looked at: a resource provider is not registered, see azure.providers");
  }
  if (status === 403) {
    return check.warning(
      `could not be looked at: ${message}`,
      "run `az role assignment create --assignee <object id> --role Reader --scope /subscriptions/<id>`, or have somebody look who may",
    );
  }
  if (status === 429 || status === 503) {
    return check.warning(`could not be looked at: Azure is busy, ${message}`, "try again later");
  }
  return check.failed(`could not be looked at: ${message}`, "try again; see https://status.azure.com");
}

/** A region's name as any service writes it, `West Europe` or `westeurope`, in the short form. */
export const shortName = (region: string): string => region.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

/** A part of the platform that the operator brings. */
export class ExistingPart extends FindingBuilder {
  constructor(
    readonly name: string,
    what: string,
    /** Key of its setting: `aks.registry.id`. */
    readonly key: string,
    /** Its id, where the operator brings it. */
    readonly idIn: (section: AksSection) => string | undefined,
    readonly look: (azure: AzureContext, id: string) => Promise<Finding>,
  ) {
    super(`azure.given.${name}`, `Existing ${what}`);
  }

  /** Azure does not have it, or does not show it. */
  absent(id: string): Finding {
    return this.failed(
      `${id} does not exist, or the deploying identity may not read it`,
      `${setCommand(this.key, "<id>")} with an id that \`az resource show --ids <id>\` finds`,
    );
  }

  /** It is in another region, where it cannot be used. */
  elsewhere(region: string, { location }: AksSection): Finding | undefined {
    const found = shortName(region);
    if (found === location) return undefined;
    return this.failed(
      `is in ${found}, the installation in ${location}`,
      `use one in ${location}, or ${setCommand("aks.location", found)}`,
    );
  }
}
