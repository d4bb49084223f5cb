import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { roles } from "../../components/platform/aks/roles";
import { typeOfId } from "../../rehearsal/twins/azure/arm/resource-id";
import { azureCases, type AzureRun, withAzureRuns } from "../support/azure-cases";

/** Azure's names of the roles (its reference of built-in roles), by their ids. */
const roleNames: Readonly<Record<string, string>> = {
  "4d97b98b-1d4f-4787-a291-c67834d212e7": "Network Contributor",
  "f1a07417-d97a-45cb-824c-7a7467783830": "Managed Identity Operator",
  "7f951dda-4ed3-4680-a7ca-43fe172d538d": "AcrPull",
  "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
  "db58b8e5-c6ad-4a2a-8342-4190687cbf4a": "Storage Blob Delegator",
  "befefa01-2a29-4197-83a8-272ff33ce314": "DNS Zone Contributor",
  "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b": "Azure Kubernetes Service RBAC Cluster Admin",
};

/** Whose principals the mocks give, by how these are called. */
const holders: readonly (readonly [RegExp, string])[] = [
  [/^principal-of-(platform-cluster-identity|given-cluster)$/, "control plane"],
  [/^principal-of-(platform-cluster-kubelet|given-kubelet)$/, "nodes"],
  [/^principal-of-platform-backend-identity$/, "Spacelift"],
  [/^principal-of-platform-dns-cert-manager-identity$/, "cert-manager"],
  [/^object-of-deployer$/, "whoever deploys"],
];

const places: Readonly<Record<string, string>> = {
  "Microsoft.Resources/resourceGroups": "resource group",
  "Microsoft.Network/virtualNetworks/subnets": "subnet",
  "Microsoft.Network/dnsZones": "DNS zone",
  "Microsoft.ManagedIdentity/userAssignedIdentities": "identity of the nodes",
  "Microsoft.ContainerRegistry/registries": "registry",
  "Microsoft.ContainerService/managedClusters": "cluster",
  "Microsoft.Storage/storageAccounts": "storage account",
  "Microsoft.Storage/storageAccounts/blobServices/containers": "container",
};

interface Assignment {
  readonly principalId: string;
  readonly roleDefinitionId: string;
  readonly scope: string;
}

/** `nodes: AcrPull on registry`. */
function words({ principalId, roleDefinitionId, scope }: Assignment): string {
  const [, who = principalId] = holders.find(([principal]) => principal.test(principalId)) ?? [];
  const role = roleNames[roleDefinitionId.split("/").at(-1) ?? ""] ?? roleDefinitionId;
  return `${who}: ${role} on ${places[typeOfId(scope)] ?? scope}`;
}

const assignmentsOf = ({ inventory }: AzureRun): readonly Assignment[] =>
  inventory
    .all("azure-native:authorization:RoleAssignment")
    .map(({ inputs }) => inputs as unknown as Assignment);

/** The assignments that docs/azure.md gives a reason for. */
function explained(): readonly string[] {
  const page = readFileSync(join(__dirname, "../../docs/azure.md"), "utf8");
  const [, table = ""] = /^## Roles that are assigned$([\s\S]+?)^## /m.exec(page) ?? [];
  return table
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter((cells) => cells.length === 6 && !/^(-+|Who)$/.test(cells[1] ?? ""))
    .map(([, who, role, where, why]) => {
      assert.ok(why, `${who ?? ""} has no reason`);
      return `${who ?? ""}: ${role ?? ""} on ${where ?? ""}`;
    });
}

// That a role is the narrowest is judged by people, from the vendors' pages that the table names.
describe("the roles that the program assigns in Azure", () => {
  const runCase = withAzureRuns();
  const seen = new Set<string>();

  for (const [what, azureCase] of Object.entries(azureCases)) {
    it(`have a reason each, once, in ${what}`, async () => {
      const assignments = assignmentsOf(await runCase(azureCase));
      assert.ok(assignments.length > 0);
      const reasons = explained();
      for (const assignment of assignments) {
        seen.add(words(assignment));
        const found = reasons.filter((reason) => reason === words(assignment));
        assert.equal(found.length, 1, words(assignment));
      }
      const exact = assignments.map((each) =>
        [each.principalId, each.roleDefinitionId, each.scope].join(" "),
      );
      assert.deepEqual(exact, [...new Set(exact)]);
    });
  }

  it("are all that a reason is given for", () => {
    assert.deepEqual([...explained()].sort(), [...seen].sort());
  });

  it("are those that checks and conditions are told of", () => {
    assert.deepEqual(Object.values(roles).sort(), Object.keys(roleNames).sort());
  });
});
