import assert from "node:assert/strict";
import { requiredRights, type RequiredRight } from "../../preflight/azure/required-rights";
import { openWorld } from "../../rehearsal/twins";
import { addExisting } from "../../rehearsal/twins/azure/existing";
import { allOfType } from "../../rehearsal/twins/azure/arm/tables";
import { unaskedActions, unusedRights, UsedActions } from "../support/arm/used-actions";
import type { RehearsedStack, RehearsedStackOptions } from "../support/rehearsed-stack";
import { subjectOfStack } from "../support/stack-subject";
import { inOrder, operationTimeout, rehearsalOf } from "./support";

const subscriptionId = "00000000-0000-0000-0000-000000000000";
const corporate = `/subscriptions/${subscriptionId}/resourceGroups/corporate/providers`;
const network = `${corporate}/Microsoft.Network`;
const given = {
  vnet: `${network}/virtualNetworks/corporate`,
  nodes: `${network}/virtualNetworks/corporate/subnets/aks`,
  database: `${network}/virtualNetworks/corporate/subnets/postgres`,
  address: `${network}/publicIPAddresses/spacelift`,
  zone: `${network}/dnsZones/mycompany.com`,
  registry: `${corporate}/Microsoft.ContainerRegistry/registries/corporate`,
  actionGroup: `${corporate}/Microsoft.Insights/actionGroups/on-call`,
  workspace: `${corporate}/Microsoft.OperationalInsights/workspaces/platform`,
};

/** The simulated registries are on ports of this machine, which Azure tells like any login server. */
const registryAt = ({ folders }: RehearsedStack, host: string): string | undefined =>
  openWorld(folders.world)
    .read((state) => allOfType(state, "Microsoft.ContainerRegistry/registries"))
    .find(({ computed }) => computed["loginServer"] === host)?.id;

/** A life of a stack on AKS, in which the simulated Azure takes down what it is asked for. */
function describeRights(
  title: string,
  options: Pick<RehearsedStackOptions, "config" | "secrets">,
  life: {
    /** What there is before. */
    readonly prepare?: (stack: RehearsedStack) => void;
    /** What is changed once it stands. */
    readonly changes: readonly Parameters<RehearsedStack["configure"]>[0][];
  },
): void {
  describe(title, function () {
    this.timeout(5 * operationTimeout);
    inOrder();
    const used = new UsedActions(subscriptionId, (host) => registryAt(stack(), host));
    const stack = rehearsalOf({
      stack: "aks",
      onOperation: ({ type, operation, inputs }) => {
        used.operation(type, operation, inputs);
      },
      onCall: ({ token, args }) => {
        used.call(token, args);
      },
      ...options,
    });
    const asked: RequiredRight[] = [];

    it("is created, changed and destroyed", async () => {
      life.prepare?.(stack());
      await stack().up();
      asked.push(...requiredRights(await subjectOfStack(stack())));
      for (const change of life.changes) {
        stack().configure(change);
        await stack().up({ args: ["--refresh"] });
        asked.push(...requiredRights(await subjectOfStack(stack())));
      }
      stack().setConfig("protectData", false);
      await stack().up();
      await stack().destroy();
    });

    it("has been asked for every right that this took, and for no other", () => {
      assert.ok(used.all.length > 50, String(used.all.length));
      assert.deepEqual(unaskedActions(used.all, asked), []);
      assert.deepEqual(unusedRights(used.all, asked), []);
    });
  });
}

describeRights(
  "the rights that an installation on AKS takes, which grows",
  { config: { "aks.size": "dev" } },
  { changes: [{ config: { "aks.size": "prod", version: "v4.1.0" } }] },
);

describeRights(
  "the rights that an installation on AKS with everything takes",
  {
    config: {
      "aks.locks": true,
      "aks.network.natGateway": true,
      "aks.storage.allowedRanges": ["203.0.113.0/24"],
      "aks.registry.anonymousLauncher": true,
      "aks.database.readReplica": true,
      "aks.database.parameters": { log_checkpoints: "on" },
      "aks.database.entraAdmin": {
        objectId: "99999999-2222-3333-4444-555555555555",
        principalName: "admins",
      },
      "aks.cluster.entra": { adminGroupIds: ["99999999-2222-3333-4444-555555555555"] },
      "aks.cluster.logAnalyticsWorkspaceId": given.workspace,
      "aks.dns.zoneId": given.zone,
      "aks.alerts": { emails: ["platform@example.com"], actionGroupIds: [given.actionGroup] },
      "tls.challenge": "dns01",
    },
  },
  {
    prepare: ({ folders }) => {
      addExisting(openWorld(folders.world), given.workspace, { location: "polandcentral" });
      addExisting(openWorld(folders.world), given.zone);
      addExisting(openWorld(folders.world), given.actionGroup);
    },
    changes: [
      {
        config: { "aks.tags": { team: "platform" }, "aks.database.parameters": undefined, version: "v4.1.0" },
      },
    ],
  },
);

describeRights(
  "the rights that an installation on AKS takes in parts of the operator's",
  {
    config: {
      "aks.size": "dev",
      "aks.network": {
        nodeSubnetId: given.nodes,
        databaseSubnetId: given.database,
        publicIpId: given.address,
      },
      "aks.registry.id": given.registry,
    },
  },
  {
    prepare: ({ folders }) => {
      const world = openWorld(folders.world);
      const location = "polandcentral";
      addExisting(world, given.vnet, { location });
      addExisting(world, given.nodes, { inputs: { addressPrefix: "10.30.0.0/22" } });
      addExisting(world, given.database, {
        inputs: {
          addressPrefix: "10.30.4.0/26",
          delegations: [{ name: "postgres", serviceName: "Microsoft.DBforPostgreSQL/flexibleServers" }],
        },
      });
      addExisting(world, given.address, { location });
      addExisting(world, given.registry, { location });
    },
    changes: [{ config: { version: "v4.1.0" } }],
  },
);
