import type { Check } from "../../check";
import { credentialsCheck } from "./credentials";
import { databaseServerCheck } from "./database";
import { azureFacts } from "./facts";
import { givenCheck } from "./given";
import { kubernetesCheck } from "./kubernetes";
import { namesCheck } from "./names";
import { nodesCheck } from "./nodes";
import { permissionsCheck } from "./permissions";
import { providersCheck } from "./providers";
import { addressQuotaCheck, databaseQuotaCheck, nodeQuotaCheck, storageQuotaCheck } from "./quota";
import { regionCheck } from "./region";
import { type AzurePorts, AzureSession } from "./session";
import { subscriptionCheck } from "./subscription";

/**
 * The checks of Azure for one run: they share a login and what several of them look at, so that another run needs new ones.
 *
 * @param ports where Azure is. @default - Microsoft's clouds
 */
export function azureChecks(ports: AzurePorts = {}): readonly Check[] {
  const session = new AzureSession(ports);
  const facts = azureFacts();
  return [
    credentialsCheck(session),
    subscriptionCheck(session),
    permissionsCheck(session),
    providersCheck(session),
    regionCheck(session, facts),
    nodesCheck(session, facts),
    kubernetesCheck(session, facts),
    databaseServerCheck(session),
    namesCheck(session, facts),
    nodeQuotaCheck(session, facts),
    addressQuotaCheck(session, facts),
    storageQuotaCheck(session, facts),
    databaseQuotaCheck(session),
    givenCheck(session, facts),
  ];
}
