import { z } from "zod";
import { nameOf, STACK_TYPE, type StackState, type StateResource } from "../engine/protocol";
import type { Run } from "./run";
import type { OpenStack } from "./workspace/open-stack";

const SECRET_MARK = "4dabf18193072939515e22adb298388d";
/** Marks a secret in a state. */
const SECRET = { [SECRET_MARK]: "1b47061264138c4ac30d75fd1eb44270" };

const operationsSchema = z
  .array(z.looseObject({ resource: z.looseObject({ urn: z.string(), type: z.string() }), type: z.string() }))
  .nullish()
  .transform((operations) => operations ?? []);

/** Creations that a killed run had begun, and of which the state does not know the end. */
export const begunCreations = (state: StackState): readonly StateResource[] =>
  creationsIn(state).filter(({ urn }) => inState(state, urn).length === 0);

/**
 * What a killed run had begun to create in place of something that is in the state, as what is to be deleted: the next run
 * gives what it creates another name, so that nothing else would ever take this one away.
 */
export function begunReplacements(state: StackState): readonly StateResource[] {
  return creationsIn(state).flatMap((resource) => {
    const replaced = inState(state, resource.urn);
    const id = idOf(resource, state);
    if (id === undefined || replaced.length === 0 || replaced.some((each) => each.id === id)) return [];
    return [{ ...asCreated(resource, id), delete: true }];
  });
}

const creationsIn = ({ deployment }: StackState): readonly StateResource[] =>
  operationsSchema
    .parse(deployment["pending_operations"])
    .filter(({ type }) => type === "creating")
    .map(({ resource }) => resource);

const inState = ({ deployment }: StackState, urn: string): readonly StateResource[] =>
  (deployment.resources ?? []).filter((each) => each.urn === urn);

const group = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";
const inGroup = (path: string): string => `${group}/providers/${path}`;
const network = (path: string): string => inGroup(`Microsoft.Network/${path}`);
const cluster = inGroup("Microsoft.ContainerService/managedClusters/{resourceName}");
const database = inGroup("Microsoft.DBforPostgreSQL/flexibleServers/{serverName}");
const account = inGroup("Microsoft.Storage/storageAccounts/{accountName}");
const identity = inGroup("Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}");

/**
 * The id of what a creation makes, by the type of the resource: of each type whose creation is refused when there is such a
 * thing already, or whose service would make a second one. Any other is simply made again. The forms are those of the
 * providers: the paths of Azure Resource Manager that azure-native has in its schema, and the name of a bucket.
 */
export const idsByType: Readonly<Record<string, string>> = {
  "azure-native:authorization:ManagementLockByScope":
    "{scope}/providers/Microsoft.Authorization/locks/{lockName}",
  "azure-native:authorization:RoleAssignment":
    "{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
  "azure-native:containerregistry:Registry": inGroup("Microsoft.ContainerRegistry/registries/{registryName}"),
  "azure-native:containerservice:AgentPool": `${cluster}/agentPools/{agentPoolName}`,
  "azure-native:containerservice:MaintenanceConfiguration": `${cluster}/maintenanceConfigurations/{configName}`,
  "azure-native:containerservice:ManagedCluster": cluster,
  "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra": `${database}/administrators/{objectId}`,
  "azure-native:dbforpostgresql:BackupsAutomaticAndOnDemand": `${database}/backups/{backupName}`,
  "azure-native:dbforpostgresql:Database": `${database}/databases/{databaseName}`,
  "azure-native:dbforpostgresql:Server": database,
  "azure-native:dns:RecordSet": network("dnsZones/{zoneName}/{recordType}/{relativeRecordSetName}"),
  "azure-native:managedidentity:FederatedIdentityCredential": `${identity}/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}`,
  "azure-native:managedidentity:UserAssignedIdentity": identity,
  "azure-native:monitor:ActionGroup": inGroup("Microsoft.Insights/actionGroups/{actionGroupName}"),
  "azure-native:monitor:DataCollectionRule": inGroup(
    "Microsoft.Insights/dataCollectionRules/{dataCollectionRuleName}",
  ),
  "azure-native:monitor:DataCollectionRuleAssociation":
    "{resourceUri}/providers/Microsoft.Insights/dataCollectionRuleAssociations/{associationName}",
  "azure-native:monitor:DiagnosticSetting":
    "{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
  "azure-native:monitor:MetricAlert": inGroup("Microsoft.Insights/metricAlerts/{ruleName}"),
  "azure-native:network:NatGateway": network("natGateways/{natGatewayName}"),
  "azure-native:network:NetworkSecurityGroup": network("networkSecurityGroups/{networkSecurityGroupName}"),
  "azure-native:network:PublicIPAddress": network("publicIPAddresses/{publicIpAddressName}"),
  "azure-native:network:Subnet": network("virtualNetworks/{virtualNetworkName}/subnets/{subnetName}"),
  "azure-native:network:VirtualNetwork": network("virtualNetworks/{virtualNetworkName}"),
  "azure-native:privatedns:PrivateZone": network("privateDnsZones/{privateZoneName}"),
  "azure-native:privatedns:VirtualNetworkLink": network(
    "privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}",
  ),
  "azure-native:resources:ResourceGroup": group,
  "azure-native:storage:BlobContainer": `${account}/blobServices/default/containers/{containerName}`,
  "azure-native:storage:StorageAccount": account,
  "minio:index/s3Bucket:S3Bucket": "{bucket}",
};

/** The id of what a creation makes; undefined when it can be made again, or its inputs do not say. */
export function idOf({ type, inputs = {}, provider }: StateResource, state: StackState): string | undefined {
  if (type.startsWith("kubernetes:")) return type.includes(":helm.sh/") ? undefined : objectId(inputs);
  // `<URN>::<id>`
  const urn = typeof provider === "string" ? provider.slice(0, provider.lastIndexOf("::")) : "";
  const settings = state.deployment.resources?.find((each) => each.urn === urn)?.inputs;
  const values: Readonly<Record<string, unknown>> = { ...settings, ...inputs };
  const template = idsByType[type];
  if (template === undefined) return undefined;
  const parts = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => values[name]);
  if (parts.some((part) => typeof part !== "string")) return undefined;
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
}

const metadataSchema = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
});

function objectId(inputs: unknown): string | undefined {
  const { name, namespace } = metadataSchema.safeParse(inputs).data?.metadata ?? {};
  return namespace === undefined || name === undefined ? name : `${namespace}/${name}`;
}

/** A resource as its provider would have recorded it, had its creation ended. */
export function asCreated(resource: StateResource, id: string): StateResource {
  const { inputs = {} } = resource;
  const plaintext = JSON.stringify(inputs);
  // Providers keep their inputs in a secret of their own. The engine decrypts nothing inside of one that is imported, so what
  // has secrets of its own goes without, and the provider reads it as it does a resource that is imported.
  const kept = plaintext.includes(SECRET_MARK) ? {} : { __inputs: { ...SECRET, plaintext } };
  return { ...resource, id, outputs: { ...inputs, ...kept } };
}

/** Says what was begun and not ended; nothing when nothing was. */
export function sayBegun(run: Run, state: StackState): void {
  const named = (resources: readonly StateResource[]): string =>
    resources.map(({ urn }) => nameOf(urn)).join(", ");
  const [created, replaced] = [named(begunCreations(state)), named(begunReplacements(state))];
  if (created !== "")
    run.warn(
      `A run that did not end was creating ${created}. What exists of this is taken into the state; what does not is created as usual.`,
    );
  if (replaced !== "")
    run.warn(
      `A run that did not end was creating replacements of ${replaced}. What exists of them is deleted.`,
    );
}

/**
 * Takes into the state what was begun and exists, beside releases that were adopted, and forgets what was begun as pending:
 * the engine by itself does neither. Mostly there is nothing to do.
 *
 * @returns the state then
 */
export async function settleCreations(
  run: Run,
  open: OpenStack,
  adopted: readonly StateResource[] = [],
): Promise<StackState> {
  if (!hasPending(open.before) && adopted.length === 0) return open.before;
  const look = (target: string[]): Promise<unknown> =>
    run.operate("refresh", { otherwise: "SPACELIFT_REFRESH_FAILED" }, (listeners) =>
      open.stack.refresh({ ...listeners, target }),
    );
  // What is pending may be what another run is at. This takes the lock for a moment, so that the stack is refused while there is
  // such a run; none can begin and end before the state that is read next is written back.
  const root = open.before.deployment.resources?.find(({ type }) => type === STACK_TYPE);
  if (root !== undefined) await look([root.urn]);
  const before = await open.exportState();
  const found = begunCreations(before).flatMap((resource) => {
    const id = idOf(resource, before);
    if (id === undefined) return [];
    // Until somebody has looked, its next update must not be left out as needless.
    return [{ ...asCreated(resource, id), initErrors: ["its creation was not seen to end"] }];
  });
  const settled = withCreated(before, [...adopted, ...found, ...begunReplacements(before)]);
  await run.call("SPACELIFT_ENGINE_FAILED", () => importState(open, settled, run.signal));
  const known = new Set(settled.deployment.resources?.map(({ urn }) => urn));
  const target = found.map(({ urn }) => urn).filter((urn) => known.has(urn));
  if (target.length === 0) return settled;
  // What does not exist leaves the state again.
  await look(target);
  return open.exportState();
}

const hasPending = ({ deployment }: StackState): boolean =>
  operationsSchema.parse(deployment["pending_operations"]).length > 0;

/** The state with what was created, and with nothing pending. */
export function withCreated(state: StackState, created: readonly StateResource[]): StackState {
  const { deployment } = state;
  const resources = [...(deployment.resources ?? [])];
  const known = new Set(resources.map(({ urn }) => urn));
  for (const resource of created) {
    const { urn, parent = "", dependencies = [] } = resource;
    const leansOn = [...(parent === "" ? [] : [parent]), ...dependencies];
    // What it leans on was there when its creation began; without that, the engine would refuse the state.
    const isNew = resource["delete"] === true || !known.has(urn);
    if (!isNew || !leansOn.every((each) => known.has(each))) continue;
    resources.push(resource);
    known.add(urn);
  }
  return { ...state, deployment: { ...deployment, resources, pending_operations: [] } };
}

/** Writes a state; its secrets are encrypted, and stay so. */
async function importState(
  { stack, engine }: OpenStack,
  state: StackState,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { workDir } = stack.workspace;
  await engine.run(
    ["stack", "import", "--stack", stack.name],
    workDir,
    {},
    undefined,
    undefined,
    signal,
    JSON.stringify(state),
  );
}
