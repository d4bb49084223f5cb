import type { Finding } from "../check";
import { AzureCheck, type ExistingPart, orArmFinding } from "./check";
import { databaseSubnet, dnsZone, nodeSubnet, privateZone, publicAddress } from "./existing-network";
import { cluster, registry, resourceGroup, storageAccount, workspace } from "./existing-services";
import type { AzureContext } from "./session";

const parts: readonly ExistingPart[] = [
  resourceGroup,
  nodeSubnet,
  databaseSubnet,
  privateZone,
  publicAddress,
  dnsZone,
  cluster,
  registry,
  storageAccount,
  workspace,
];

/** Whether what the operator brings exists, and suits. */
export const existingPartsCheck = new AzureCheck("azure.given", "Given parts", checkExistingParts);

async function checkExistingParts(azure: AzureContext): Promise<readonly Finding[]> {
  const findings = parts.flatMap((part) => {
    const id = part.idIn(azure.section);
    if (id === undefined) return [];
    return [orArmFinding(existingPartsCheck.part(part.name, part.name), () => part.look(azure, id))];
  });
  return findings.length === 0
    ? [existingPartsCheck.skipped("every part is created")]
    : Promise.all(findings);
}
