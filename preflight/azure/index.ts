import type { Check } from "../check";
import { asCheck, type AzureCheck } from "./check";
import { databaseServerCheck } from "./database";
import { existingPartsCheck } from "./existing";
import { kubernetesCheck } from "./kubernetes";
import { namesCheck } from "./names";
import { nodeSizesCheck } from "./nodes";
import { permissionsCheck } from "./permissions";
import { addressQuotaCheck, databaseQuotaCheck, nodeQuotaCheck, storageQuotaCheck } from "./quota";
import { regionCheck } from "./region";
import { type AzurePorts, AzureSession } from "./session";
import { credentialsCheck, providersCheck, subscriptionCheck } from "./subscription";

const checks: readonly AzureCheck[] = [
  subscriptionCheck,
  permissionsCheck,
  providersCheck,
  regionCheck,
  nodeSizesCheck,
  kubernetesCheck,
  databaseServerCheck,
  namesCheck,
  nodeQuotaCheck,
  addressQuotaCheck,
  storageQuotaCheck,
  databaseQuotaCheck,
  existingPartsCheck,
];

/**
 * The checks of Azure for one run: they share a login and what several of them look at, so that another run needs new ones.
 *
 * @param ports where Azure is. @default - Microsoft's clouds
 */
export function azureChecks(ports: AzurePorts = {}): readonly Check[] {
  const session = new AzureSession(ports);
  return [credentialsCheck(session), ...checks.map((check) => asCheck(check, session))];
}
