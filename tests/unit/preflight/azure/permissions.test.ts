import assert from "node:assert/strict";
import { roles } from "../../../../components/platform/aks/roles";
import { type Results, runAzureChecks } from "../../../support/arm/checks";
import { addGivenResources, addGroup } from "../../../support/arm/given-resources";
import { withArm } from "../../../support/arm/server";
import { configuredAks, givenIds, subscriptionId } from "../../../support/azure-configurations";

const subscription = `/subscriptions/${subscriptionId}`;
const owner = [{ actions: ["*"], notActions: [] as string[] }];
const contributor = [
  { actions: ["*"], notActions: ["Microsoft.Authorization/*/Write", "Microsoft.Authorization/*/Delete"] },
];
const reader = [{ actions: ["*/read"], notActions: [] as string[] }];
const ownerRole = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const administratorRole = "f58310d9-a9f6-439a-9e8d-f62e7b41a168";

describe("permissionsCheck", () => {
  const arm = withArm();
  const group = "azure.permissions.group";
  const conditions = "azure.permissions.conditions";
  const run = (config = configuredAks()): Promise<Results> =>
    runAzureChecks(arm, { config, only: "azure.permissions" });
  const grant = (scope: string, permissions: typeof reader): void => {
    arm.world().permissions.set(scope, permissions);
  };

  it("says that a contributor may not assign roles", async () => {
    grant(subscription, contributor);
    const results = await run();
    const fix = new RegExp(
      `^run \`az role assignment create --assignee-object-id dddddddd[0-9-]+ --assignee-principal-type ServicePrincipal --role "Role Based Access Control Administrator" --scope ${subscription}\`$`,
    );
    results.assert(
      group,
      "failed",
      /^no right to Microsoft.Authorization\/roleAssignments\/\{write,delete\} on/,
      fix,
    );
    results.assert("azure.permissions.ingressGroup", "failed", /roleAssignments/, fix);
  });

  it("says what a reader lacks, and names both roles", async () => {
    grant(subscription, reader);
    const fix = /--role "Contributor" --scope .* && .*--role "Role Based Access Control Administrator"/;
    (await run()).assert(
      group,
      "failed",
      /resourceGroups\/\{write,delete\}, .*flexibleServers\/\{write,delete\}/,
      fix,
    );
  });

  it("warns of what is left out without a right", async () => {
    addGroup(arm.world(), "spacelift-nodes");
    grant(subscription, [{ actions: ["Microsoft.Compute/*"], notActions: [] }]);
    (await run()).assert(
      "azure.permissions.nodeGroup",
      "warning",
      /no right to Microsoft\.Network\/publicIPAddresses\/read on .*: the output `egressAddresses` stays empty/,
      /--role "Contributor" --scope .*spacelift-nodes/,
    );
  });

  it("names the role that may lock, too, where locks are asked for", async () => {
    grant(subscription, contributor);
    const locks = "azure.permissions.group";
    const fix = /--role "User Access Administrator" --scope/;
    (await run(configuredAks({ aks: { locks: true } }))).assert(
      locks,
      "failed",
      /Microsoft\.Authorization\/locks\/\{write,delete\}/,
      fix,
    );
    assert.doesNotMatch((await run()).of(locks).reason, /locks/);
  });

  it("looks at the group itself once it exists", async () => {
    grant(subscription, reader);
    addGroup(arm.world(), "spacelift");
    grant(`${subscription}/resourceGroups/spacelift`, owner);
    const results = await run();
    results.assert(group, "passed", /on .*\/resourceGroups\/spacelift$/);
    results.assert("azure.permissions.ingressGroup", "failed", /publicIPAddresses\/\{write,delete\}/, /./);
  });

  it("does not ask for the right to create an existing group", async () => {
    const config = configuredAks({ aks: { resourceGroup: { name: "theirs", create: false } } });
    (await run(config)).assert(group, "skipped", /theirs does not exist/);
    addGroup(arm.world(), "theirs");
    const all = [{ actions: ["*"], notActions: ["Microsoft.Resources/*"] }];
    grant(subscription, all);
    (await run(config)).assert(group, "passed", /theirs$/);
    (await run()).assert(
      group,
      "failed",
      /^no right to Microsoft.Resources\/subscriptions\/resourceGroups\/\{read,write,delete\} on/,
      /Contributor/,
    );
  });

  it("looks at every given part where it is", async () => {
    addGivenResources(arm.world());
    const { nodeSubnet, databaseSubnet, publicIp, registry } = givenIds;
    const config = configuredAks({
      aks: {
        network: { nodeSubnetId: nodeSubnet, databaseSubnetId: databaseSubnet, publicIpId: publicIp },
        registry: { id: registry },
      },
    });
    grant(subscription, contributor);
    grant(nodeSubnet, owner);
    const results = await run(config);
    results.assert("azure.permissions.nodeSubnet", "passed", /aks$/);
    results.assert("azure.permissions.databaseSubnet", "passed", /postgres$/);
    results.assert(
      "azure.permissions.address",
      "failed",
      /roleAssignments\/\{write,delete\} on .*resourceGroups\/corporate$/,
      /--scope .*corporate`/,
    );
    results.assert(
      "azure.permissions.registry",
      "failed",
      /roleAssignments\/\{write,delete\} on .*registries\/corporate$/,
      /./,
    );
    assert.equal(
      results.all.some(({ id }) => id === "azure.permissions.ingressGroup"),
      false,
    );
  });

  it("warns of a condition that does not name the roles", async () => {
    const naming = (...ids: readonly string[]): string =>
      `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${ids.join(", ")}}))`;
    const all = Object.values(roles);
    arm.world().roleAssignments = [
      { role: administratorRole, scope: subscription, condition: naming(roles.acrPull) },
    ];
    (await run()).assert(conditions, "warning", /networkContributor/, /condition of the assignment/);
    assert.doesNotMatch((await run()).of(conditions).reason, /acrPull/);
    arm.world().roleAssignments = [
      { role: administratorRole, scope: subscription, condition: naming(...all) },
    ];
    (await run()).assert(conditions, "passed", /names every role/);
  });

  it("does not mind a condition beside a role without one", async () => {
    arm.world().roleAssignments.push({
      role: administratorRole,
      scope: subscription,
      condition: "roleAssignments/write",
    });
    (await run()).assert(conditions, "passed", /none/);
    arm.world().roleAssignments = [
      { role: "b24988ac-6180-42a0-ab88-20f7382dd24c", scope: subscription },
      {
        role: ownerRole,
        scope: subscription,
        condition: "ActionMatches{'Microsoft.Authorization/roleAssignments/write'}",
      },
    ];
    (await run()).assert(conditions, "warning", /acrPull/, /./);
  });

  it("minds no condition about something else", async () => {
    arm.world().roleAssignments = [
      { role: ownerRole, scope: subscription, condition: "@Resource[Microsoft.Storage/x]" },
    ];
    (await run()).assert(conditions, "passed", /none/);
  });
});
