import { z } from "zod";
import { setCommand } from "../../../../../config/problems";
import { type Finding, failed, passed } from "../../../check";
import type { AzureAccess } from "../session";
import { givenPart } from "./given-part";

const part = givenPart("group", "resource group", "aks.resourceGroup.name");
const group = z.object({ location: z.string(), properties: z.object({ provisioningState: z.string() }) });

/** Whether the resource group that is not to be made is there. */
export async function resourceGroupFinding(access: AzureAccess): Promise<Finding> {
  const { arm, section } = access;
  const { name } = section.resourceGroup;
  const found = await arm.find({ api: "resources", path: access.group }, group);
  if (!found) {
    return failed(
      part,
      `${name} is not there`,
      `run \`az group create --subscription ${section.subscriptionId} --name ${name} --location ${section.location}\`, or ${setCommand("aks.resourceGroup.create", true)}`,
    );
  }
  const { provisioningState } = found.properties;
  if (provisioningState === "Succeeded") return passed(part, `${name} is there, in ${found.location}`);
  return failed(
    part,
    `${name} is ${provisioningState}`,
    `give another group, or wait: \`az group show --name ${name}\``,
  );
}
