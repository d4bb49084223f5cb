import { z } from "zod";
import { fixedNames, seedLength } from "../../../../components/platform/aks/names";
import { setCommand } from "../../../../config/problems";
import { type Check, type Finding, type FindingName, failed, passed, skipped, warning } from "../../check";
import { azureCheck } from "./azure-check";
import { type AzureFacts, ownClusterId } from "./facts";
import { shortName } from "./locations";
import { type MadeParts, madeParts } from "./made";
import { type GroupResource, type OwnPart, findOwn, holdsInstallation } from "./own-resources";
import type { AzureAccess, AzureSession } from "./session";

const title = "Names";
const name = { id: "azure.names", title };

const group = z.object({
  name: z.string(),
  location: z.string(),
  managedBy: z.string().nullish(),
  properties: z.object({ provisioningState: z.string() }),
});

type Group = z.output<typeof group>;

/** Whether the names of what is made are free, or taken by an earlier deployment. */
export const namesCheck = (session: AzureSession, facts: AzureFacts): Check =>
  azureCheck(session, {
    ...name,
    run: async (access, context) => {
      const made = madeParts(context);
      const { section, subscription, arm } = access;
      const { resourceGroup, prefix } = section;
      const fixed = fixedNames(prefix, resourceGroup.name);
      const find = (of: string): Promise<Group | undefined> =>
        arm.find({ api: "resources", path: `${subscription}/resourceGroups/${of}` }, group);
      const [main, ingress, nodes, cluster, resources] = await Promise.all([
        find(resourceGroup.name),
        made.address ? find(fixed.ingressResourceGroup) : undefined,
        made.cluster ? find(fixed.nodeResourceGroup) : undefined,
        facts.ownCluster(access),
        facts.groupResources(access),
      ]);
      const installed = holdsInstallation(resources, prefix);
      return [
        ...(resourceGroup.create ? [groupFinding(main, installed, access)] : []),
        ...(made.address ? [ingressFinding(ingress, fixed.ingressResourceGroup, installed)] : []),
        ...(made.cluster
          ? [nodesFinding(nodes, fixed.nodeResourceGroup, ownClusterId(access), cluster !== undefined)]
          : []),
        ...seededFindings(made, resources, prefix),
      ];
    },
  });

const of = (part: string, what: string): FindingName => ({
  id: `${name.id}.${part}`,
  title: `${title}: ${what}`,
});

function groupFinding(found: Group | undefined, installed: boolean, { section }: AzureAccess): Finding {
  const finding = of("group", "resource group");
  const { name: wanted } = section.resourceGroup;
  if (!found) return passed(finding, `${wanted} is free`);
  const state = stateProblem(finding, found);
  if (state) return state;
  if (!installed) {
    return warning(
      finding,
      `${wanted} is there and holds nothing of an installation with prefix ${section.prefix}: unless an earlier deployment began it, making it fails`,
      `${setCommand("aks.resourceGroup.name", `${wanted}2`)}, or ${setCommand("aks.resourceGroup.create", false)} to use it as it is`,
    );
  }
  if (shortName(found.location) !== section.location) {
    return failed(
      finding,
      `the installation in ${wanted} is in ${found.location}, and cannot move to ${section.location}`,
      setCommand("aks.location", shortName(found.location)),
    );
  }
  return passed(finding, `${wanted} holds an installation`);
}

function ingressFinding(found: Group | undefined, wanted: string, installed: boolean): Finding {
  const finding = of("ingressGroup", "resource group of the address");
  if (!found) return passed(finding, `${wanted} is free`);
  const state = stateProblem(finding, found);
  if (state) return state;
  if (installed) return passed(finding, `${wanted} belongs to the installation`);
  return failed(
    finding,
    `${wanted} is there already, without an installation`,
    `remove it with \`az group delete --name ${wanted}\` if nothing needs it, or ${setCommand("aks.resourceGroup.name", "<another>")}`,
  );
}

function nodesFinding(
  found: Group | undefined,
  wanted: string,
  clusterId: string,
  installed: boolean,
): Finding {
  const finding = of("nodeGroup", "resource group of the nodes");
  if (!found) return passed(finding, `${wanted} is free`);
  if (installed && found.managedBy?.toLowerCase() === clusterId.toLowerCase()) {
    return passed(finding, `${wanted} belongs to the cluster`);
  }
  return failed(
    finding,
    `${wanted} is there already, and AKS takes no group that it did not make`,
    `remove it with \`az group delete --name ${wanted}\` if nothing needs it, or ${setCommand("aks.resourceGroup.name", "<another>")}`,
  );
}

function stateProblem(finding: FindingName, { name: found, properties }: Group): Finding | undefined {
  if (properties.provisioningState !== "Deleting") return undefined;
  return failed(finding, `${found} is being deleted`, `wait: \`az group wait --name ${found} --deleted\``);
}

const seededParts: readonly { readonly part: OwnPart & keyof MadeParts; readonly what: string }[] = [
  { part: "storage", what: "storage account" },
  { part: "registry", what: "registry" },
  { part: "launcherRegistry", what: "launcher's registry" },
  { part: "database", what: "PostgreSQL server" },
];

/** Names that are unique in the world are drawn at the first deployment: until then there is nothing to ask for. */
const seededFindings = (
  made: MadeParts,
  resources: readonly GroupResource[],
  prefix: string,
): readonly Finding[] =>
  seededParts
    .filter(({ part }) => made[part])
    .map(({ part, what }) => {
      const found = findOwn(resources, part, prefix);
      return found
        ? passed(of(part, what), `${found.name} belongs to the installation`)
        : skipped(of(part, what), `ends in ${seedLength} characters that are drawn when it is made`);
    });
