import { z } from "zod";
import { fixedNames, seedLength } from "../../components/platform/aks/names";
import { setCommand } from "../../config/problems";
import { type Finding, type FindingBuilder, firstOf } from "../check";
import { AzureCheck, shortName } from "./check";
import { findOwnCluster, ownClusterId } from "./kubernetes";
import { findOwn, type GroupResource, holdsInstallation, listGroupResources } from "./parts";
import type { AzureContext } from "./session";

/** Whether the names of what is created are free, or taken by an earlier deployment. */
export const namesCheck = new AzureCheck("azure.names", "Names", checkNames);

const mainGroupCheck = namesCheck.part("group", "resource group");
const ingressGroupCheck = namesCheck.part("ingressGroup", "resource group of the address");
const brokerGroupCheck = namesCheck.part("brokerGroup", "resource group of the broker's address");
const nodeGroupCheck = namesCheck.part("nodeGroup", "resource group of the nodes");

const groupSchema = z.object({
  name: z.string(),
  location: z.string(),
  managedBy: z.string().nullish(),
  properties: z.object({ provisioningState: z.string() }),
});

type Group = z.output<typeof groupSchema>;

async function checkNames(azure: AzureContext): Promise<readonly Finding[]> {
  const { section, subscription, arm, isNew } = azure;
  const { resourceGroup, prefix } = section;
  const { ingressResourceGroup, brokerResourceGroup, nodeResourceGroup } = fixedNames(
    prefix,
    resourceGroup.name,
  );
  const find = (name: string): Promise<Group | undefined> =>
    arm.find({ api: "resources", path: `${subscription}/resourceGroups/${name}` }, groupSchema);
  const [main, ingress, broker, nodes, cluster, resources] = await Promise.all([
    find(resourceGroup.name),
    isNew.address ? find(ingressResourceGroup) : undefined,
    isNew.brokerAddress ? find(brokerResourceGroup) : undefined,
    isNew.cluster ? find(nodeResourceGroup) : undefined,
    azure.once(findOwnCluster),
    azure.once(listGroupResources),
  ]);
  const installed = holdsInstallation(resources, prefix);
  return [
    ...(resourceGroup.create ? [mainGroupFinding(main, installed, azure)] : []),
    ...(isNew.address
      ? [addressGroupFinding(ingressGroupCheck, ingress, ingressResourceGroup, installed)]
      : []),
    ...(isNew.brokerAddress
      ? [addressGroupFinding(brokerGroupCheck, broker, brokerResourceGroup, installed)]
      : []),
    ...(isNew.cluster ? [nodeGroupFinding(nodes, nodeResourceGroup, cluster && ownClusterId(azure))] : []),
    ...seededFindings(azure, resources),
  ];
}

function mainGroupFinding(found: Group | undefined, installed: boolean, { section }: AzureContext): Finding {
  const { name } = section.resourceGroup;
  if (!found) return mainGroupCheck.passed(`${name} is free`);
  const location = shortName(found.location);
  return firstOf(
    deletionFinding(mainGroupCheck, found),
    !installed &&
      mainGroupCheck.warning(
        `${name} exists and holds nothing of an installation with prefix ${section.prefix}: unless an earlier deployment began it, creating it fails`,
        `${setCommand("aks.resourceGroup.name", `${name}2`)}, or ${setCommand("aks.resourceGroup.create", false)} to use it as it is`,
      ),
    location !== section.location &&
      mainGroupCheck.failed(
        `the installation in ${name} is in ${found.location}, and cannot move to ${section.location}`,
        setCommand("aks.location", location),
      ),
    mainGroupCheck.passed(`${name} holds an installation`),
  );
}

function addressGroupFinding(
  check: FindingBuilder,
  found: Group | undefined,
  name: string,
  installed: boolean,
): Finding {
  if (!found) return check.passed(`${name} is free`);
  return firstOf(
    deletionFinding(check, found),
    installed && check.passed(`${name} belongs to the installation`),
    check.failed(`${name} exists already, without an installation`, otherGroup(name)),
  );
}

/** @param clusterId the cluster of an earlier deployment */
function nodeGroupFinding(found: Group | undefined, name: string, clusterId: string | undefined): Finding {
  if (!found) return nodeGroupCheck.passed(`${name} is free`);
  return clusterId !== undefined && found.managedBy?.toLowerCase() === clusterId.toLowerCase()
    ? nodeGroupCheck.passed(`${name} belongs to the cluster`)
    : nodeGroupCheck.failed(
        `${name} exists already, and AKS takes no group that it did not create`,
        otherGroup(name),
      );
}

const otherGroup = (name: string): string =>
  `remove it with \`az group delete --name ${name}\` if nothing needs it, or ${setCommand("aks.resourceGroup.name", "<another>")}`;

function deletionFinding(check: FindingBuilder, { name, properties }: Group): Finding | undefined {
  if (properties.provisioningState !== "Deleting") return undefined;
  return check.failed(`${name} is being deleted`, `wait: \`az group wait --name ${name} --deleted\``);
}

const seededParts = {
  storage: "storage account",
  registry: "registry",
  launcherRegistry: "launcher's registry",
  database: "PostgreSQL server",
} as const;

/** Names that are unique in the world are drawn at the first deployment: until then there is nothing to ask for. */
const seededFindings = (
  { isNew, section }: AzureContext,
  resources: readonly GroupResource[],
): readonly Finding[] =>
  (Object.keys(seededParts) as readonly (keyof typeof seededParts)[])
    .filter((part) => isNew[part])
    .map((part) => {
      const check = namesCheck.part(part, seededParts[part]);
      const found = findOwn(resources, part, section.prefix);
      return found
        ? check.passed(`${found.name} belongs to the installation`)
        : check.skipped(`ends in ${seedLength} characters that are drawn when it is created`);
    });
